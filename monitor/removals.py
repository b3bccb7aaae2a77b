"""Looks, now and then, whether the pages that people were sent to are still there.

Only for rules with ``tell_again: {removed: true}``, and only for as long as ``stories.watch_pages`` says. What a look
means is decided in ``alerts.page_watch``; that a page is gone is told like any other change of an article.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from monitor.alerts.page_watch import Looked, Sight, looked
from monitor.alerts.state import Change
from monitor.arrivals import Arrival
from monitor.scene import Scene
from monitor.sources.outcomes import Fetched, FetchOutcome, NotModified, PollFailed, Validators
from monitor.store import Store, Transaction, articles, journal, pages
from monitor.store.pages import WatchedPage
from monitor.store.values import Event, EventKind, StoredArticle
from monitor.telling import Teller
from monitor.visits import Visits, why_not

_MOST_AT_ONCE = 20
_NOT_THERE = frozenset({404, 410})


class Removals:
    """Looks after the pages of told articles."""

    def __init__(self, visits: Visits, store: Store, teller: Teller, now: Callable[[], datetime]) -> None:
        self._visits = visits
        self._store = store
        self._teller = teller
        self._now = now

    async def turn(self, scene: Scene) -> int:
        """Look at the pages that are due and tell of those that are gone; gives the number of alerts."""
        now = self._now()
        due = await self._store.read(lambda tx: pages.due(tx, now, _MOST_AT_ONCE))
        return sum(await asyncio.gather(*(self._look(scene, page) for page in due)))

    async def _look(self, scene: Scene, page: WatchedPage) -> int:
        stored = await self._store.read(lambda tx: articles.get(tx, page.article))
        if stored is None:
            await self._store.write(lambda tx: pages.let_go(tx, page.article))
            return 0
        validators = Validators(page.etag, page.last_modified)
        outcome = await self._visits.ask(scene, stored.article.feed, page.url, validators)
        now, within = self._now(), scene.config.stories.watch_pages
        after = looked(page.told_at, page.missing_since, _sight(outcome), now, within)
        return await self._store.write(lambda tx: self._record(tx, page, stored, outcome, after))

    def _record(
        self, tx: Transaction, page: WatchedPage, stored: StoredArticle, outcome: FetchOutcome, after: Looked
    ) -> int:
        """Write down what a look came to, and tell if the page is gone; in one transaction."""
        now = self._now()
        if after.next_at is None:
            pages.let_go(tx, page.article)
        else:
            seen = replace(page, due_at=after.next_at, missing_since=after.missing_since)
            if isinstance(outcome, Fetched | NotModified):
                known = outcome.validators
                seen = replace(seen, etag=known.etag, last_modified=known.last_modified)
            pages.watch(tx, [seen])
        if isinstance(outcome, PollFailed):
            journal.record(tx, [_event(stored, page.url, outcome, after, now)])
        if not after.gone:
            return 0
        revision = articles.text_hash(stored.article).hex()
        return self._teller.tell(tx, [Arrival(stored, (), Change.REMOVED, revision)], now)


def _sight(outcome: FetchOutcome) -> Sight:
    match outcome:
        case Fetched() | NotModified():
            return Sight.THERE
        case PollFailed(status=status) if status in _NOT_THERE:
            return Sight.MISSING
        case PollFailed():
            return Sight.UNCLEAR


def _event(stored: StoredArticle, url: str, failed: PollFailed, after: Looked, now: datetime) -> Event:
    kind, why = EventKind.FAILED, why_not(url, failed)
    if after.gone:
        kind, what = EventKind.REVISED, f"the page is gone: {why}, and so it did an hour ago"
    elif after.next_at is not None:
        what = f"the page could not be seen: {why}; looked at again at {after.next_at:%Y-%m-%d %H:%M} UTC"
    else:
        what = f"the page could not be seen: {why}; it is looked after no longer"
    return Event(now, kind, what, feed=stored.article.feed, article=stored.id)
