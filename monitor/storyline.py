"""The stories in memory and in the archive, kept the same: joins articles inside a poll's transaction.

The index knows only what the database knows. Before it is used it looks whether what it placed last was committed (the
disk may have been full) and whether somebody merged or split stories by hand; if so it is built anew from the archive,
which gives the same decisions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.alerts.state import StoryCounts
from monitor.store import Transaction, journal, stories, story_counts, story_steps
from monitor.store.story_steps import Step, StoryMerge
from monitor.store.story_values import StoryMember
from monitor.store.values import Event, EventKind, StoredArticle
from monitor.stories.index import StoryIndex
from monitor.stories.model import Evidence, Placement, StoryArticle

_ALONE = "nothing like it in the window: a story of its own"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A stored article on its way into a story; ``concepts`` are those its rules found in it."""

    stored: StoredArticle
    concepts: tuple[str, ...] = ()


class Storyline:
    """Use it from the store's writer thread only. ``window`` is how far apart two articles of one story may be."""

    def __init__(self, window: timedelta) -> None:
        self.window = window
        self._index: StoryIndex | None = None
        self._last: int | None = None
        self._changes = 0

    def join(self, tx: Transaction, newcomers: Sequence[Newcomer], now: datetime) -> dict[int, int]:
        """Put articles into stories, those already in one keep it; gives the story of each by article number."""
        index = self._current(tx, now)
        placed = stories.of_articles(tx, [one.stored.id for one in newcomers])
        fresh = {one.stored.id: one for one in newcomers if one.stored.id not in placed}
        placements = index.place_all(
            _story_article(one.stored, one.concepts, _time_of(one.stored, self.window)) for one in fresh.values()
        )
        self._keep(tx, [(placement, fresh[int(placement.article)]) for placement in placements], now)
        if placements:
            self._last = int(placements[-1].article)
        self._changes = stories.last_change(tx)
        of_now = {number: index.story_of(number) or placed[number].story for number in placed}
        return of_now | {number: index.story_of(number) or 0 for number in fresh}

    def counts(
        self, tx: Transaction, about: Collection[int], official_feeds: frozenset[str]
    ) -> dict[tuple[str, int], StoryCounts]:
        """What is known of these stories now, by rule and story, from the articles that count for it."""
        return {
            of: StoryCounts(
                origins=len({one.origin for one in reports}),
                outlets=len({one.outlet for one in reports if one.outlet}) or 1,
                languages=frozenset(one.lang for one in reports),
                official=any(one.outlet in official_feeds for one in reports),
            )
            for of, reports in story_counts.confirming(tx, about).items()
        }

    def _current(self, tx: Transaction, now: datetime) -> StoryIndex:
        lost = self._last is not None and self._last not in stories.of_articles(tx, [self._last])
        by_hand = self._changes != stories.last_change(tx)
        if self._index is None or lost or by_hand:
            self._index = self._restored(tx, now)
            self._changes = stories.last_change(tx)
            self._last = None
        self._index.forget(now - self.window)
        return self._index

    def _restored(self, tx: Transaction, now: datetime) -> StoryIndex:
        index = StoryIndex(first_story=stories.highest(tx) + 1)
        after = 0
        while page := stories.window(tx, now - self.window, after=after):
            for one in page:
                article = _story_article(one.article, one.member.concepts, one.member.at)
                index.restore(article, one.member.story, one.member.duplicate_of)
            after = page[-1].position
        for pair in stories.kept_apart(tx):
            index.keep_apart(*pair)
        return index

    def _keep(self, tx: Transaction, placed: Sequence[tuple[Placement, Newcomer]], now: datetime) -> None:
        """Store where articles went, and the merges that they caused, in the order in which it was decided."""
        steps: list[Step] = []
        events: list[Event] = []
        for placement, newcomer in placed:
            article = newcomer.stored.id
            steps.append(self._member(placement, newcomer, now))
            reason = str(placement.evidence) if placement.joined else _ALONE
            events.append(Event(now, EventKind.JOINED, reason, article=article, story=placement.story))
            for merge in placement.merges:
                steps.append(StoryMerge(merge.gone, merge.into, now, evidence=_evidence(merge.evidence)))
                what = f"story {merge.gone} is the same event as story {merge.into}: {merge.evidence}"
                events.append(Event(now, EventKind.MERGED, what, article=article, story=merge.into))
        story_steps.take(tx, steps)
        journal.record(tx, events)

    def _member(self, placement: Placement, newcomer: Newcomer, now: datetime) -> StoryMember:
        """The newcomer as a member of the story that it was put into."""
        stored = newcomer.stored
        return StoryMember(
            article=stored.id,
            story=_first_story(placement),
            at=_time_of(stored, self.window),
            joined_at=now,
            outlet=stored.article.feed,
            origin=placement.origin.key,
            origin_name=placement.origin.name,
            duplicate_of=None if placement.duplicate_of is None else int(placement.duplicate_of),
            concepts=newcomer.concepts,
            evidence=_evidence(placement.evidence),
        )


def _story_article(stored: StoredArticle, concepts: tuple[str, ...], at: datetime) -> StoryArticle:
    article = stored.article
    return StoryArticle(
        id=stored.id,
        title=article.title,
        at=at,
        body=article.body or article.summary,
        languages=article.languages,
        outlet=article.feed,
        author=article.author,
        concepts=concepts,
    )


def _time_of(stored: StoredArticle, window: timedelta) -> datetime:
    """When it was published, if that can be: a date in the future, or one from long ago, says nothing of the event."""
    at = stored.article.published_at
    return at if at is not None and stored.seen_at - window <= at <= stored.seen_at else stored.seen_at


def _first_story(placement: Placement) -> int:
    """The story an article was put into before it brought others together."""
    if not placement.merges:
        return placement.story
    first = placement.merges[0]
    return first.gone if placement.article in first.articles else first.into


def _evidence(evidence: Evidence) -> Mapping[str, object]:
    return {
        "shared": list(evidence.shared),
        "score": round(evidence.score, 3),
        "apart": evidence.apart.total_seconds(),
        "copied": round(evidence.copied, 3),
    }
