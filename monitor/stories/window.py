"""What the index remembers of the articles of its window: who is in which story, and everything to compare by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile

from monitor.stories.duplicates import TextKeys
from monitor.stories.model import ArticleId, Origin
from monitor.stories.pairs import Pairs
from monitor.stories.postings import Postings
from monitor.stories.profiles import Profile, profile_of
from monitor.stories.records import Record, Records

# A story is compared by its latest articles: what a long one was about a week ago is not what it is about now.
_SUMMED = 16
_LARGE = 4
_PROFILES = 256


class Window:
    """Articles by ascending numbers, in the order they came, and their stories.

    Its state is a function of the articles in it, their order and their stories alone: what was there before them
    leaves no trace that a decision could see. For that they leave in the order they came.
    """

    def __init__(self) -> None:
        self.records = Records()
        self.originals: dict[int, ArticleId] = {}
        self.postings = Postings()
        self.texts = TextKeys()
        self._members = Pairs()
        self._profiles: dict[int, Profile] = {}

    def add(self, record: Record, story: int) -> int:
        """Take an article in, into a story, and give its number."""
        number = self.records.add(record, story)
        self._members.add(story, number)
        self._profiles.pop(story, None)
        self.postings.add(number, record.features, record.grams)
        self.texts.add(number, record.sketch)
        return number

    def forget(self, before: int) -> int:
        """Take the articles out that came before the first one from ``before`` (seconds) or later; says how many."""
        old = list(takewhile(lambda number: self.records.at(number) < before, self.records.numbers()))
        for number in old:
            record = self.records[number]
            self.originals.pop(number, None)
            self.postings.remove(number, record.features, record.grams)
            self.texts.remove(number, record.sketch)
            self._leave(number)
        self.records.forget(len(old))
        return len(old)

    def move(self, numbers: Iterable[int], story: int) -> None:
        """Put articles into another story, new or not."""
        for number in numbers:
            self._leave(number)
            self._members.add(story, number)
            self.records.move(number, story)
        self._profiles.pop(story, None)

    def numbers_of(self, story: int) -> Sequence[int]:
        """A story's articles, in the order they came; none if it has none in the window."""
        return self._members.of(story)

    def members(self, story: int) -> list[Record]:
        """The records of a story's articles, in the order they came."""
        return [self.records[number] for number in self._members.of(story)]

    def profile(self, story: int, beside: Profile | None = None) -> Profile:
        """The sums over a story's latest articles, at least of what ``beside`` has too.

        Those of large stories, which one topic compares with again and again, are whole and kept while they are in
        use; to make only what is needed is quicker for the others.
        """
        latest = self._members.of(story)[-_SUMMED:]
        if len(latest) < _LARGE:
            return profile_of([self.records[number] for number in latest], beside)
        profile = self._profiles.pop(story, None)
        if profile is None:
            profile = profile_of([self.records[number] for number in latest])
            if len(self._profiles) >= _PROFILES:
                del self._profiles[next(iter(self._profiles))]
        self._profiles[story] = profile
        return profile

    def apart(self, at: int, story: int) -> int:
        """How far a time is from a story's latest articles, in seconds; 0 between the first and the last of them."""
        times = [self.records.at(number) for number in self._members.of(story)[-_SUMMED:]]
        return max(0, at - max(times), min(times) - at)

    def origin(self, number: int) -> Origin:
        """Who wrote an article's text first, as far as the window knows."""
        records = self.records
        first = self.originals.get(number, records.id(number))
        original = records.number(first)
        agency = records.agency(number) or ("" if original is None else records.agency(original))
        return Origin(agency, agency) if agency else Origin(f"text:{first}")

    def _leave(self, number: int) -> None:
        story = self.records.story(number)
        self._members.remove(story, number)
        self._profiles.pop(story, None)
