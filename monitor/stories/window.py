"""What the index remembers of the articles of its window: who is in which story, and everything to compare by."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from struct import Struct

from monitor.stories.duplicates import TextKeys, sketch
from monitor.stories.likeness import Profile
from monitor.stories.model import ArticleId, Origin, StoryArticle
from monitor.stories.origins import credited_agency
from monitor.stories.postings import Postings
from monitor.stories.priors import Lengths, lengths_of
from monitor.stories.signature import Signature

_PROFILES = 512
# A story is compared by its latest articles: what a long one was about a week ago is not what it is about now.
_SUMMED = 16


# How long the text is; its ``Lengths``; how many features and 4-grams follow, before the sketch.
_HEAD = Struct("<HHHIIIII???HH")


@dataclass(slots=True)
class Record:
    """An article as it is kept; ``at`` in seconds since 1970. Everything that was text is hashes by now.

    The hashes lie in one string of bytes: a window has a hundred thousand records.
    """

    id: ArticleId
    story: int
    at: int
    lang: str
    outlet: str
    agency: str
    packed: bytes

    @property
    def words(self) -> int:
        """How many words the text has."""
        return int.from_bytes(self.packed[:2], "little")

    @property
    def lengths(self) -> Lengths:
        """The lengths of its signature."""
        return Lengths._make(_HEAD.unpack_from(self.packed)[1:-2])

    @property
    def features(self) -> array[int]:
        """Its signature's features."""
        return array("I", self.packed[_HEAD.size : self._bounds()[0]])

    @property
    def grams(self) -> array[int]:
        """Its title's character 4-grams."""
        return array("H", self.packed[slice(*self._bounds())])

    @property
    def sketch(self) -> array[int]:
        """The sketch of its text."""
        return array("I", self.packed[self._bounds()[1] :])

    def _bounds(self) -> tuple[int, int]:
        """Where the 4-grams begin and end."""
        *_, features, grams = _HEAD.unpack_from(self.packed)
        begin = _HEAD.size + 4 * features
        return begin, begin + 2 * grams


def record_of(article: StoryArticle, signature: Signature) -> Record:
    """The record of an article that is in no story yet."""
    text = sketch(article.title, article.body)
    head = _HEAD.pack(text.words, *lengths_of(signature), len(signature.features), len(signature.grams))
    hashes = (signature.features.tobytes(), signature.grams.tobytes(), text.hashes.tobytes())
    return Record(
        article.id,
        0,
        seconds(article.at),
        article.lang,
        article.outlet,
        credited_agency(article.author, article.body),
        b"".join((head, *hashes)),
    )


def seconds(at: datetime) -> int:
    """Whole seconds since 1970."""
    return int(at.timestamp())


class Window:
    """Articles by ascending numbers, in the order they came, and their stories.

    Its state is a function of the articles in it, their order and their stories alone: what was there before them
    leaves no trace that a decision could see. For that they leave in the order they came.
    """

    def __init__(self) -> None:
        self.records: dict[int, Record] = {}
        self.numbers: dict[ArticleId, int] = {}
        # Of a story of one article, which most are, just that one.
        self._stories: dict[int, int | array[int]] = {}
        self.originals: dict[int, ArticleId] = {}
        self.postings = Postings()
        self.texts = TextKeys()
        self._profiles: dict[int, Profile] = {}
        self._next = 1

    def add(self, record: Record) -> int:
        """Take an article in, into the story that its record names, and give its number."""
        number = self._next
        self._next += 1
        self.records[number] = record
        self.numbers[record.id] = number
        members = self._stories.get(record.story)
        if members is None:
            self._stories[record.story] = number
        elif isinstance(members, int):
            self._stories[record.story] = array("I", (members, number))
        else:
            members.append(number)
        self.postings.add(number, record.features, record.grams)
        self.texts.add(number, record.sketch)
        profile = self._profiles.get(record.story)
        if profile is not None and profile.size < _SUMMED:
            _count(profile, record)
        else:
            self._profiles.pop(record.story, None)
        return number

    def drop(self, number: int) -> None:
        """Take the oldest article out."""
        record = self.records.pop(number)
        del self.numbers[record.id]
        self.originals.pop(number, None)
        self.postings.remove(number, record.features, record.grams)
        self.texts.remove(number, record.sketch)
        self._leave(number, record.story)

    def move(self, numbers: Iterable[int], story: int) -> None:
        """Put articles into another story, new or not."""
        moved = [number for number in numbers if self.records[number].story != story]
        for number in moved:
            self._leave(number, self.records[number].story)
            self.records[number].story = story
        if moved:
            self._stories[story] = array("I", sorted([*self.numbers_of(story), *moved]))
        self._profiles.pop(story, None)

    def numbers_of(self, story: int) -> Sequence[int]:
        """A story's articles, in the order they came; none if it has none in the window."""
        members = self._stories.get(story, ())
        return (members,) if isinstance(members, int) else members

    def members(self, story: int) -> list[Record]:
        """The records of a story's articles, in the order they came."""
        return [self.records[number] for number in self.numbers_of(story)]

    def profile(self, story: int) -> Profile:
        """The sums over a story's latest articles; those of the stories in use are kept."""
        profile = self._profiles.pop(story, None)
        if profile is None:
            profile = profile_of([self.records[number] for number in self.numbers_of(story)[-_SUMMED:]])
            if profile.size == 1:
                return profile
            if len(self._profiles) >= _PROFILES:
                del self._profiles[next(iter(self._profiles))]
        self._profiles[story] = profile
        return profile

    def origin(self, number: int) -> Origin:
        """Who wrote an article's text first, as far as the window knows."""
        record = self.records[number]
        first = self.originals.get(number, record.id)
        original = self.numbers.get(first)
        agency = record.agency or ("" if original is None else self.records[original].agency)
        return Origin(agency, agency) if agency else Origin(f"text:{first}")

    def _leave(self, number: int, story: int) -> None:
        members = self._stories[story]
        if not isinstance(members, int):
            members.remove(number)
        if isinstance(members, int) or not members:
            del self._stories[story]
        self._profiles.pop(story, None)


def profile_of(records: Sequence[Record]) -> Profile:
    """The sums over some articles."""
    profile = Profile()
    for record in records:
        _count(profile, record)
    return profile


def _count(profile: Profile, record: Record) -> None:
    profile.add(record, record.lang, record.at)
