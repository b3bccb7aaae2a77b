"""The stories of a moving window: where each new article belongs, decided online and reversibly.

An article joins the story that it most likely belongs to (``decision``), or founds one; then its story may turn out
to be the same event as another, and the two merge. Every decision depends only on the articles in the window and
the stories they are in, so an index rebuilt from the archive decides as the one that was lost would have.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from heapq import nlargest
from typing import NamedTuple

from monitor.stories.decision import JUDGES, ONE_EVENT, Judges
from monitor.stories.duplicates import resemblance, same_text_at
from monitor.stories.likeness import Likeness, Scale, likeness, scale_of
from monitor.stories.model import ArticleId, Evidence, Merge, Placement, StoryArticle, StoryView
from monitor.stories.profiles import Profile, profile_of
from monitor.stories.records import Record, record_of, seconds
from monitor.stories.signature import HASH_BITS, Kind, Signature, read_signature
from monitor.stories.window import Window

WINDOW = timedelta(days=7)
_REACH = timedelta(hours=96).total_seconds()
_LATEST = 32
_RAREST = 14
_CANDIDATES = 8
_SHARED_AT_LEAST = 0.02
_MERGE_CANDIDATES = 5
# A story that the article hardly likens is not merged with because of it.
_MERGE_FROM = 0.05
_MOST_SHARED = 8
# A headline of fewer words is printed again for other events ("Weather tomorrow"): a copy of it only while fresh.
_SHORT = 12
_SHORT_REACH = timedelta(hours=48).total_seconds()


class Judged(NamedTuple):
    """A story held against an article: how alike they are, and how likely it is the article's."""

    probability: float
    story: int
    likeness: Likeness
    profile: Profile


class StoryIndex:
    """The articles of the window and their stories. Story numbers are given here, from ``first_story`` up.

    Not thread-safe. What it placed cannot be taken back: after a transaction that failed, build it anew (``restore``).
    """

    def __init__(self, first_story: int = 1, judges: Judges = JUDGES) -> None:
        self._judges = judges
        self._next_story = first_story
        self._window = Window()
        self._apart: set[tuple[int, int]] = set()

    def __len__(self) -> int:
        return len(self._window.records)

    def __contains__(self, article: ArticleId) -> bool:
        return self._window.records.number(article) is not None

    def place_all(self, articles: Iterable[StoryArticle]) -> list[Placement]:
        """Place the articles of one poll; their order does not matter: see ``by_time``."""
        return [self.place(article) for article in sorted(articles, key=by_time)]

    def place(self, article: StoryArticle) -> Placement:
        """Put an article into a story. Raises ValueError if its id is already in the window."""
        if article.id in self:
            raise ValueError(f"article {article.id!r} is in the window already")
        signature = read_signature(article)
        record = record_of(article, signature)
        original, copied = self._original(record)
        if original is not None:
            story = self._window.records.story(original)
            evidence = Evidence((), 1.0, self._apart_by(record, story), copied)
            number = self._window.add(record, story)
            self._window.originals[number] = self._first(original)
            return self._placement(number, evidence, [])
        scale = scale_of(record, self._window.postings)
        judged = self._judge(record, scale)
        best = judged[0] if judged and judged[0].probability > ONE_EVENT else None
        if best is None:
            story = self._next_story
            self._next_story += 1
            evidence = Evidence()
        else:
            story = best.story
            evidence = self._evidence(signature, record, best)
        number = self._window.add(record, story)
        merges = self._merge_onward(record, story, signature, judged, scale)
        if best is None and merges:
            evidence = merges[0].evidence
        return self._placement(number, evidence, merges, founded=best is None)

    def restore(self, article: StoryArticle, story: int, duplicate_of: ArticleId | None = None) -> None:
        """Take in an article whose story is known, as at a restart; articles come in the order they were placed."""
        number = self._window.add(record_of(article, read_signature(article)), story)
        if duplicate_of is not None:
            self._window.originals[number] = duplicate_of
        self.reserve(story)

    def reserve(self, story: int) -> None:
        """Never give this story number, nor a lower one, to a new story."""
        self._next_story = max(self._next_story, story + 1)

    def forget(self, before: datetime) -> int:
        """Let go of the articles that came before the first one from ``before`` or later, and say how many.

        They go in the order they came, never from between others: so an index that ran on is like one that was built
        anew. Their stories keep their numbers.
        """
        return self._window.forget(seconds(before))

    def story_of(self, article: ArticleId) -> int | None:
        """The story of an article in the window."""
        number = self._window.records.number(article)
        return None if number is None else self._window.records.story(number)

    def nearest(self, article: StoryArticle) -> list[Judged]:
        """The stories that an article would be held against, the likeliest first; changes nothing."""
        record = record_of(article, read_signature(article))
        return self._judge(record, scale_of(record, self._window.postings))

    def compare(self, one: int, other: int) -> Likeness:
        """How alike two stories of the window are. Raises KeyError for one that is not in it."""
        window = self._window
        scale = scale_of(window.members(one)[-1], window.postings)
        return likeness(window.profile(one), window.profile(other), window.postings, scale)

    def view(self, story: int) -> StoryView | None:
        """A story as it stands in the window, None if no article of it is left there."""
        window = self._window
        records = window.members(story)
        if not records:
            return None
        return StoryView(
            story,
            tuple(record.id for record in records),
            tuple(dict.fromkeys(window.origin(number) for number in window.numbers_of(story))),
            tuple(dict.fromkeys(record.outlet for record in records if record.outlet)),
            tuple(dict.fromkeys(record.lang for record in records)),
            datetime.fromtimestamp(min(record.at for record in records), UTC),
            datetime.fromtimestamp(max(record.at for record in records), UTC),
        )

    def merge(self, gone: int, into: int) -> None:
        """Make two stories one, as an operator says."""
        self._move(list(self._window.numbers_of(gone)), gone, into)

    def split(self, articles: Iterable[ArticleId]) -> int:
        """Make a story of its own of some articles, as an operator says; it never merges back by itself."""
        window = self._window
        records = window.records
        numbers = [number for article in articles if (number := records.number(article)) is not None]
        story = self._next_story
        self._next_story += 1
        for left in records.stories(numbers):
            for other in {left, *self._kept_from(left)}:
                self.keep_apart(other, story)
        window.move(numbers, story)
        return story

    def keep_apart(self, one: int, other: int) -> None:
        """Never merge two stories again, as after a split; to be repeated at a restart."""
        self._apart.add(_pair(one, other))

    def _kept_from(self, story: int) -> set[int]:
        """The stories that must not merge with this one."""
        return {one + other - story for one, other in self._apart if story in (one, other)}

    def _move(self, numbers: Sequence[int], gone: int, into: int) -> None:
        """Let a story go on in another, which is then kept apart from what either was kept apart from."""
        for other in self._kept_from(gone) - {into}:
            self.keep_apart(into, other)
        self._apart = {pair for pair in self._apart if gone not in pair}
        self._window.move(numbers, into)

    def _first(self, number: int) -> ArticleId:
        return self._window.originals.get(number, self._window.records.id(number))

    def _original(self, record: Record) -> tuple[int | None, float]:
        """The oldest candidate that carries the same text in the same language, and how much of it."""
        for number in self._window.texts.candidates(record.sketch):
            other = self._window.records[number]
            if other.lang != record.lang:
                continue
            words = min(record.words, other.words)
            if words < _SHORT and abs(record.at - other.at) > _SHORT_REACH:
                continue
            alike = resemblance(record.sketch, other.sketch)
            if alike >= same_text_at(words):
                return number, alike
        return None, 0.0

    def _judge(self, record: Record, scale: Scale) -> list[Judged]:
        """The likeliest of the stories that share something rare, best first, ties to the older story."""
        window = self._window
        own = profile_of([record])
        judged = []
        for story in self._candidates(record):
            if window.apart(record.at, story) <= _REACH:
                profile = window.profile(story, own)
                alike = likeness(own, profile, window.postings, scale)
                judged.append(Judged(self._judges.join(alike), story, alike, profile))
        return sorted(judged, key=lambda each: (-each.probability, each.story))

    def _candidates(self, record: Record) -> list[int]:
        """The stories that share most with an article, by its rarest features."""
        window = self._window
        weights = window.postings.weights
        features = sorted(record.features)
        words = bisect_left(features, Kind.NAME << HASH_BITS)
        # Words stay within a language: the other half is looked up for the reports in other languages.
        rarest = [
            *sorted(features[:words], key=weights.__getitem__, reverse=True)[:_RAREST],
            *sorted(features[words:], key=weights.__getitem__, reverse=True)[:_RAREST],
        ]
        found: dict[int, float] = {}
        shared_so_far = found.get
        for feature in rarest:
            weight = weights[feature]
            for story in window.records.stories(window.postings.latest(feature, _LATEST)):
                found[story] = shared_so_far(story, 0.0) + weight
        enough = _SHARED_AT_LEAST * sum([weights[feature] for feature in rarest])
        # Hundreds share something; only those that share as much as the last one taken need to be ranked.
        enough = max([enough, *nlargest(_CANDIDATES, found.values())[_CANDIDATES - 1 :]])
        ranked = nlargest(_CANDIDATES, [(weight, -story) for story, weight in found.items() if weight >= enough])
        return [-story for _, story in ranked]

    def _merge_onward(
        self, record: Record, story: int, signature: Signature, judged: Sequence[Judged], scale: Scale
    ) -> list[Merge]:
        """Merge the story of a new article with others like it, while they are likely to be the same event."""
        merges: list[Merge] = []
        near = [each for each in judged[: _MERGE_CANDIDATES + 1] if each.probability >= _MERGE_FROM]
        rest = [each for each in near if each.story != story]
        while rest:
            own, postings = self._window.profile(story), self._window.postings
            # Of a story of one, what was compared for joining still holds; only what is rare has changed.
            others = [each.profile if own.size == 1 else self._window.profile(each.story, own) for each in rest]
            again = [
                each._replace(probability=self._judges.merge(likeness(own, other, postings, scale)))
                for each, other in zip(rest, others, strict=True)
            ]
            best = min(again, key=lambda each: (-each.probability, each.story))
            if best.probability <= ONE_EVENT:
                break
            rest = [each for each in rest if each.story != best.story]
            if _pair(best.story, story) in self._apart:
                continue
            into, gone = _pair(best.story, story)
            moved = list(self._window.numbers_of(gone))
            articles = tuple(self._window.records.id(number) for number in moved)
            merges.append(Merge(gone, into, self._evidence(signature, record, best), articles))
            self._move(moved, gone, into)
            story = into
        return merges

    def _placement(
        self, number: int, evidence: Evidence, merges: Sequence[Merge], *, founded: bool = False
    ) -> Placement:
        window = self._window
        return Placement(
            window.records.id(number),
            window.records.story(number),
            not founded or bool(merges),
            evidence,
            window.origin(number),
            window.originals.get(number),
            tuple(merges),
        )

    def _evidence(self, signature: Signature, record: Record, judged: Judged) -> Evidence:
        weights = self._window.postings.weights
        both = judged.profile.features.keys() & set(record.features)
        shared = sorted(sorted(both), key=weights.__getitem__, reverse=True)
        names = tuple(dict.fromkeys(signature.labels[feature] for feature in shared))
        return Evidence(names[:_MOST_SHARED], judged.probability, self._apart_by(record, judged.story))

    def _apart_by(self, record: Record, story: int) -> timedelta:
        return timedelta(seconds=self._window.apart(record.at, story))


def by_time(article: StoryArticle) -> tuple[datetime, str, str, str, str]:
    """The order in which the articles of one poll are taken: by what they say, not by how a feed lists them."""
    return article.at, article.title, article.body, article.outlet, str(article.id)


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)
