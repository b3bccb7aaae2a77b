"""The stories of a moving window: where each new article belongs, decided online and reversibly.

An article joins the story that it most likely belongs to (``decision``), or founds one; then its story may turn out
to be the same event as another, and the two merge. Every decision depends only on the articles in the window and
the stories they are in, so an index rebuilt from the archive decides as the one that was lost would have.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import nlargest
from typing import NamedTuple

from monitor.stories.decision import JOIN_AT, MERGE_AT, probability_of_joining, probability_of_merging
from monitor.stories.duplicates import Sketch, TextKeys, resemblance, same_text_at, sketch
from monitor.stories.likeness import Likeness, Profile, likeness
from monitor.stories.model import ArticleId, Evidence, Merge, Origin, Placement, StoryArticle, StoryView
from monitor.stories.origins import credited_agency
from monitor.stories.postings import Postings
from monitor.stories.signature import Signature, read_signature

WINDOW = timedelta(days=7)
_REACH = timedelta(hours=96)
_LATEST = 64
_CANDIDATES = 12
_MERGE_CANDIDATES = 6
_PROFILES = 1500
_SHORT = 12
_SHORT_REACH = timedelta(hours=48)


@dataclass(slots=True)
class _Record:
    id: ArticleId
    story: int
    at: int
    lang: str
    outlet: str
    agency: str
    words: int
    features: array[int]
    grams: array[int]
    sketch: array[int]


class _Judged(NamedTuple):
    probability: float
    story: int


class StoryIndex:
    """The articles of the window and their stories. Story numbers are given by the index, from ``first_story`` up."""

    def __init__(self, first_story: int = 1) -> None:
        self._next_story = first_story
        self._next = 1
        self._records: dict[int, _Record] = {}
        self._numbers: dict[ArticleId, int] = {}
        self._stories: dict[int, array[int]] = {}
        self._copies: dict[int, ArticleId] = {}
        self._apart: set[tuple[int, int]] = set()
        self._postings = Postings()
        self._texts = TextKeys()
        self._profiles: dict[int, Profile] = {}

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, article: ArticleId) -> bool:
        return article in self._numbers

    def place_all(self, articles: Iterable[StoryArticle]) -> list[Placement]:
        """Place the articles of one poll; their order does not matter: they are taken by time, then by id."""
        return [self.place(article) for article in sorted(articles, key=_by_time)]

    def place(self, article: StoryArticle) -> Placement:
        """Put an article into a story. Raises ValueError if its id is already in the window."""
        if article.id in self._numbers:
            raise ValueError(f"article {article.id!r} is in the window already")
        signature, text = read_signature(article), sketch(article.title, article.body)
        record = _record(article, signature, text)
        original, copied = self._original(record)
        if original is not None:
            story = self._records[original].story
            evidence = Evidence(score=1.0, apart=self._apart_by(record, story), copied=copied)
            judged = []
        else:
            judged = self._judge(self._profile_of(record), record.features, probability_of_joining, _CANDIDATES)
            best = judged[0] if judged else _Judged(0.0, 0)
            story = best.story if best.probability >= JOIN_AT else 0
            evidence = self._evidence(signature, record, best) if story else Evidence()
        founded = not story
        if founded:
            story = self._next_story
            self._next_story += 1
        record.story = story
        number = self._add(record)
        if original is not None:
            self._copies[number] = self._copies.get(original, self._records[original].id)
        merges = self._merge_onward(number, signature)
        story = record.story
        return Placement(
            article.id,
            story,
            not founded or bool(merges),
            evidence if not (founded and merges) else merges[0].evidence,
            self._origin(number),
            self._copies.get(number),
            tuple(merges),
        )

    def undo(self, placements: Sequence[Placement]) -> None:
        """Take back placements that could not be stored, with the merges they caused."""
        for placement in reversed(placements):
            for merge in reversed(placement.merges):
                self._unmerge(merge)
            self.remove([placement.article])

    def restore(self, article: StoryArticle, story: int, duplicate_of: ArticleId | None = None) -> None:
        """Take in an article whose story is known, as at a restart; articles come in the order they were placed."""
        record = _record(article, read_signature(article), sketch(article.title, article.body))
        record.story = story
        number = self._add(record)
        if duplicate_of is not None:
            self._copies[number] = duplicate_of
        self._next_story = max(self._next_story, story + 1)

    def remove(self, articles: Iterable[ArticleId]) -> None:
        """Take articles out of the window; unknown ones are ignored."""
        for article in articles:
            number = self._numbers.get(article)
            if number is not None:
                self._drop(number)

    def forget(self, before: datetime) -> int:
        """Let go of the articles from before a time and say how many; their stories keep their numbers."""
        limit = _seconds(before)
        old = [number for number, record in self._records.items() if record.at < limit]
        for number in old:
            self._drop(number)
        return len(old)

    def story_of(self, article: ArticleId) -> int | None:
        """The story of an article in the window."""
        number = self._numbers.get(article)
        return None if number is None else self._records[number].story

    def view(self, story: int) -> StoryView | None:
        """A story as it stands in the window, None if no article of it is left there."""
        numbers = self._stories.get(story)
        if not numbers:
            return None
        records = [self._records[number] for number in numbers]
        return StoryView(
            story,
            tuple(record.id for record in records),
            tuple(dict.fromkeys(self._origin(number) for number in numbers)),
            tuple(dict.fromkeys(record.outlet for record in records if record.outlet)),
            tuple(dict.fromkeys(record.lang for record in records)),
            datetime.fromtimestamp(min(record.at for record in records), UTC),
            datetime.fromtimestamp(max(record.at for record in records), UTC),
        )

    def merge(self, gone: int, into: int) -> None:
        """Make two stories one, as an operator says."""
        self._apart.discard((min(gone, into), max(gone, into)))
        self._move(self._stories.get(gone, array("I")), into)

    def split(self, articles: Iterable[ArticleId]) -> int:
        """Make a story of its own of some articles, as an operator says; it never merges back by itself."""
        numbers = [self._numbers[article] for article in articles if article in self._numbers]
        story = self._next_story
        self._next_story += 1
        for left in {self._records[number].story for number in numbers}:
            self.keep_apart(left, story)
        self._move(numbers, story)
        return story

    def keep_apart(self, one: int, other: int) -> None:
        """Never merge two stories again, as after a split; to be repeated at a restart."""
        self._apart.add((min(one, other), max(one, other)))

    def _original(self, record: _Record) -> tuple[int | None, float]:
        """The oldest candidate that carries the same text in the same language, and how much of it."""
        for number in self._texts.candidates(record.sketch):
            other = self._records.get(number)
            if other is None or other.lang != record.lang:
                continue
            words = min(record.words, other.words)
            if words < _SHORT and abs(record.at - other.at) > _SHORT_REACH.total_seconds():
                continue
            alike = resemblance(record.sketch, other.sketch)
            if alike >= same_text_at(words):
                return number, alike
        return None, 0.0

    def _judge(
        self, profile: Profile, features: Iterable[int], probability: Callable[[Likeness], float], most: int
    ) -> list[_Judged]:
        """The likeliest of the stories that share something rare, best first, ties to the older story."""
        found: dict[int, float] = {}
        for feature in features:
            weight = self._postings.weight(feature)
            for story in {self._records[number].story for number in self._postings.latest(feature, _LATEST)}:
                found[story] = found.get(story, 0.0) + weight
        reach = _REACH.total_seconds()
        judged = []
        for story in nlargest(most, found, key=lambda story: (found[story], -story)):
            other = self._profile(story)
            if other is profile or max(profile.first - other.last, other.first - profile.last) > reach:
                continue
            judged.append(_Judged(probability(likeness(profile, other, self._postings)), story))
        return sorted(judged, key=lambda each: (-each.probability, each.story))

    def _merge_onward(self, number: int, signature: Signature) -> list[Merge]:
        """Merge the story of a new article with others while they are likely to be the same event."""
        merges: list[Merge] = []
        record = self._records[number]
        while True:
            own = self._profile(record.story)
            judged = self._judge(own, record.features, probability_of_merging, _MERGE_CANDIDATES)
            fit = [
                each
                for each in judged
                if each.probability >= MERGE_AT
                and (min(each.story, record.story), max(each.story, record.story)) not in self._apart
            ]
            if not fit:
                return merges
            gone, into = max(record.story, fit[0].story), min(record.story, fit[0].story)
            evidence = self._evidence(signature, record, fit[0])
            moved = self._stories[gone]
            merges.append(Merge(gone, into, evidence, tuple(self._records[each].id for each in moved)))
            self._move(moved, into)

    def _unmerge(self, merge: Merge) -> None:
        numbers = [self._numbers[article] for article in merge.articles if article in self._numbers]
        self._move([number for number in numbers if self._records[number].story == merge.into], merge.gone)

    def _evidence(self, signature: Signature, record: _Record, judged: _Judged) -> Evidence:
        features = self._profile(judged.story).features
        shared = [feature for feature in record.features if feature in features]
        shared.sort(key=lambda feature: (-self._postings.weight(feature), feature))
        names = dict.fromkeys(signature.labels[feature] for feature in shared)
        return Evidence(tuple(names)[:8], judged.probability, self._apart_by(record, judged.story))

    def _apart_by(self, record: _Record, story: int) -> timedelta:
        profile = self._profile(story)
        return timedelta(seconds=max(0, record.at - profile.last, profile.first - record.at))

    def _origin(self, number: int) -> Origin:
        record = self._records[number]
        original = self._numbers.get(self._copies.get(number, record.id))
        agency = record.agency or ("" if original is None else self._records[original].agency)
        return Origin(agency, agency) if agency else Origin(f"text:{self._copies.get(number, record.id)}")

    def _profile(self, story: int) -> Profile:
        profile = self._profiles.pop(story, None)
        if profile is None:
            profile = self._profile_of(*(self._records[number] for number in self._stories[story]))
            if len(self._profiles) >= _PROFILES:
                del self._profiles[next(iter(self._profiles))]
        self._profiles[story] = profile
        return profile

    def _profile_of(self, *records: _Record) -> Profile:
        profile = Profile()
        for record in records:
            profile.add(record.features, record.grams, record.lang, record.at)
        return profile

    def _add(self, record: _Record) -> int:
        number = self._next
        self._next += 1
        self._records[number] = record
        self._numbers[record.id] = number
        self._stories.setdefault(record.story, array("I")).append(number)
        self._postings.add(number, record.features, record.grams)
        self._texts.add(number, record.sketch)
        profile = self._profiles.get(record.story)
        if profile is not None:
            profile.add(record.features, record.grams, record.lang, record.at)
        return number

    def _drop(self, number: int) -> None:
        record = self._records.pop(number)
        del self._numbers[record.id]
        self._copies.pop(number, None)
        self._postings.remove(number, record.features, record.grams)
        self._texts.remove(number, record.sketch)
        self._leave(number, record.story)

    def _leave(self, number: int, story: int) -> None:
        members = self._stories[story]
        members.remove(number)
        if not members:
            del self._stories[story]
        self._profiles.pop(story, None)

    def _move(self, numbers: Iterable[int], story: int) -> None:
        for number in list(numbers):
            record = self._records[number]
            if record.story != story:
                self._leave(number, record.story)
                record.story = story
                self._stories[story] = array("I", sorted([*self._stories.get(story, ()), number]))
        self._profiles.pop(story, None)


def _record(article: StoryArticle, signature: Signature, text: Sketch) -> _Record:
    return _Record(
        article.id,
        0,
        _seconds(article.at),
        article.lang,
        article.outlet,
        credited_agency(article),
        text.words,
        signature.features,
        signature.grams,
        text.hashes,
    )


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _by_time(article: StoryArticle) -> tuple[datetime, str]:
    return article.at, str(article.id)
