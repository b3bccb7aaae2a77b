"""One poll of one feed, from bytes to one transaction; and which feeds are polled now.

::

    due ─▶ host free? ─▶ fetch ─▶ parse ─▶ normalise ─▶ new or changed? ─▶ match ─▶ ONE transaction (intake)
                            │        │                 (sifting, pages)              store · tell · next due time
                            └────────┴── not modified, failed: the same transaction, without articles

What is *not* decided here: what the ending of a poll changes (``watch``), when the next one is due
(``sources.cadence``), what is told (``telling``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b

import structlog

from monitor import watch
from monitor.assembly import Loaded
from monitor.errors import StoreError
from monitor.intake import Ending, Haul, record
from monitor.pages import Pages
from monitor.rules.compile import EVALUATED
from monitor.scene import Scene
from monitor.sifting import sift
from monitor.sources import cadence
from monitor.sources.berths import Berths
from monitor.sources.fetch import Fetcher
from monitor.sources.manners import HostGate, host_of
from monitor.sources.normalise import normalise_feed
from monitor.sources.outcomes import FailureKind, Fetched, NotModified, PollFailed
from monitor.sources.pool import ParserPool
from monitor.store import Store, Transaction, feeds, rules, wrong_clock
from monitor.store.values import ConfiguredFeed, FeedState
from monitor.stories.identity import KeyKind
from monitor.telling import Teller
from monitor.text.language import languages_of
from monitor.visits import Visits

log = structlog.get_logger()

_MOST_UNDER_WAY = 1_000
"""Polls begun and not ended: most of them wait for their host. What is due beyond them waits in the table."""


def _nothing(*_: object) -> None:
    """What happens by default after an alert or a trouble: others find out in their own time."""


class Poller:
    """Polls what is due. ``chance`` gives numbers in [0, 1).

    ``on_alert`` is called when something was told, ``on_trouble`` when a poll could not be recorded.
    """

    def __init__(
        self,
        scene: Scene,
        store: Store,
        teller: Teller,
        *,
        fetcher: Fetcher,
        pool: ParserPool,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        chance: Callable[[], float],
    ) -> None:
        self.scene = scene
        self.on_alert: Callable[[], None] = _nothing
        self.on_trouble: Callable[[StoreError], None] = _nothing
        self._store = store
        self._teller = teller
        self._fetcher = fetcher
        self._pool = pool
        self._now = now
        self._chance = chance
        self._gate = HostGate(scene.gap, monotonic)
        self._free = Berths(scene.config.polling.concurrency)
        self.visits = Visits(fetcher, store, self._gate, self._free, now=now, chance=chance)
        self._pages = Pages(self.visits, pool, store, monotonic)
        self._under_way: dict[str, asyncio.Task[bool]] = {}

    async def turn(self) -> int:
        """Begin to poll what is due; gives how many."""
        room = _MOST_UNDER_WAY - len(self._under_way)
        if room <= 0:
            return 0
        now = self._now()
        due = await self._store.read(lambda tx: feeds.due(tx, now, room + len(self._under_way)))
        fresh = [state for state in due if state.feed not in self._under_way and self.scene.is_of(state)]
        for state in fresh[:room]:
            task = asyncio.create_task(self._poll(state), name=f"poll {state.feed}")
            self._under_way[state.feed] = task
            task.add_done_callback(partial(self._ended, state.feed))
        return len(fresh[:room])

    def _ended(self, feed: str, task: asyncio.Task[bool]) -> None:
        self._under_way.pop(feed, None)
        if not task.cancelled():
            task.result()  # a fault outside of what _ask covers is the loop's to report

    async def poll_now(self, *, everything: bool) -> list[str]:
        """Poll what is due, or all feeds, and wait for it; gives the feeds that failed."""
        now = self._now()
        states = await self._store.read(
            lambda tx: feeds.every(tx) if everything else feeds.due(tx, now, len(self.scene.watched) + 1)
        )
        wanted = [state for state in states if self.scene.is_of(state)]
        well = await asyncio.gather(*(self._poll(state) for state in wanted))
        return [state.feed for state, fine in zip(wanted, well, strict=True) if not fine]

    async def drain(self, within: timedelta) -> None:
        """Wait for the polls under way; those that take longer are given up, and leave no trace."""
        if not self._under_way:
            return
        _, late = await asyncio.wait(self._under_way.values(), timeout=within.total_seconds())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def close(self) -> None:
        """Let go of connections and processes."""
        await self._fetcher.aclose()
        await self._pool.aclose()

    def sync(self, tx: Transaction, loaded: Loaded) -> None:
        """Make the table of feeds that of the configuration; new ones and those overdue are spread out."""
        now = self._now()
        enabled = [feed for feed in loaded.config.feeds if feed.enabled]
        changed = feeds.sync(tx, [ConfiguredFeed(feed.id, feed.url, now) for feed in enabled])
        log.info("feeds", added=len(changed.added), changed=len(changed.changed), removed=len(changed.removed))
        rules.take_up(tx, {rule.id: rule.version for rule in loaded.rule_set.rules if rule.status in EVALUATED}, now)
        self.replan(tx, now)

    def replan(self, tx: Transaction, now: datetime) -> None:
        """Spread what is overdue, or due at a time that only a wrong clock can have written.

        A feed that fails is tried again within its interval, however long its back-off: what this is called for, a
        start, a reload or the end of an outage, may be what mends it.
        """
        wrong_clock.put_right(tx, now)
        polling = self.scene.config.polling
        soon = now + polling.spread + polling.interval  # no feed waits for longer before its first poll
        states = feeds.every(tx)
        due = {state.feed: now if state.polled_at is None and state.due_at > soon else state.due_at for state in states}
        again = {
            state.feed: now + self.scene.pace(state.feed).interval
            for state in states
            if state.failures and not state.paused
        }
        sooner = {feed: at for feed, at in again.items() if now < at < due[feed]}
        late = cadence.spread(due, now, polling.spread, self.scene.pace(""))
        feeds.postpone(tx, (late | sooner).items())

    async def _poll(self, state: FeedState) -> bool:
        """Poll one feed and record what came of it. False if the feed failed.

        A fault of ours is that feed's failure, with its back-off, and stops no other; what it brought comes again.
        """
        scene = self.scene
        state = scene.located(state)
        try:
            try:
                ending = await self._ask(scene, state)
                await self._record(ending)
                if (
                    ending.step.state.failures == 1
                ):  # whoever starts it without a connection is to see why nothing comes
                    log.warning("feed fails", feed=state.feed, failure=ending.step.state.failure)
            except StoreError:
                raise
            except Exception as error:
                log.exception("poll failed through a fault of this program", feed=state.feed)
                sentence = f"A fault of newsmonitor itself ({type(error).__name__}); its log has the details."
                ending = self._failed(scene, state, PollFailed(FailureKind.FAULT, sentence))
                await self._record(ending)
        except StoreError as error:
            log.warning("poll not recorded", feed=state.feed, error=str(error))
            self.on_trouble(error)
            return False
        return not ending.step.state.failure

    async def _ask(self, scene: Scene, state: FeedState) -> Ending:
        async with self._gate.turn(host_of(state.url), polite=scene.is_polite(state)), self._free:
            outcome = await self._fetcher.fetch(scene.request(state))
        return await self._ending(scene, state, scene.discreet(state.feed, outcome))

    async def _record(self, ending: Ending) -> None:
        if await self._store.write(lambda tx: record(tx, self._teller, ending, self._now())):
            self.on_alert()

    async def _ending(self, scene: Scene, state: FeedState, outcome: Fetched | NotModified | PollFailed) -> Ending:
        match outcome:
            case NotModified():
                step = watch.after_not_modified(state, outcome, self._now())
                return self._well(scene, step, outcome.fresh_for)
            case PollFailed():
                return self._failed(scene, state, outcome)
            case Fetched():
                return await self._read(scene, state, outcome)

    async def _read(self, scene: Scene, state: FeedState, fetched: Fetched) -> Ending:
        """Parse a body; a document with the very bytes of last time is not looked at again."""
        digest = blake2b(fetched.body, digest_size=16).hexdigest()
        if digest == state.body_hash:
            return self._well(scene, watch.after_same_body(state, fetched, self._now()), fetched.fresh_for)
        base = fetched.url.partition("?")[0]  # what links are relative to; a token in the query is not for them
        parsed = await self._pool.parse(fetched.body, fetched.content_type, base)
        if isinstance(parsed, PollFailed):
            return self._failed(scene, state, parsed)
        now = self._now()
        source = scene.source(state.feed)
        found, kind = await asyncio.to_thread(
            normalise_feed, parsed, source, KeyKind(state.key_kind) if state.key_kind else None, languages_of, now
        )
        haul = await sift(scene, state, found, self._store, self._pages)
        step = watch.after_feed(state, fetched, parsed, digest, now)
        step = replace(step, state=replace(step.state, key_kind=kind.value if kind else state.key_kind))
        return self._well(scene, step, fetched.fresh_for, haul)

    def _well(self, scene: Scene, step: watch.Step, fresh_for: timedelta | None, haul: Haul | None = None) -> Ending:
        state = step.state
        asked = watch.asked(state, fresh_for)
        due = cadence.after_success(self._now(), scene.pace(state.feed), asked, self._chance())
        return Ending(replace(step, state=replace(state, due_at=due.at)), scene.title(state), haul or Haul())

    def _failed(self, scene: Scene, state: FeedState, failed: PollFailed) -> Ending:
        now, pace = self._now(), scene.pace(state.feed)
        step = watch.after_failure(state, failed, now, tell_after=scene.config.polling.broken_after)
        if step.state.paused:
            due = cadence.after_gone(now, pace, self._chance())
        else:
            due = cadence.after_failure(now, pace, step.state.failures, failed.retry_after, self._chance())
        silence = None
        if failed.kind is FailureKind.RATE_LIMITED:
            until = cadence.host_silence(now, pace, step.state.failures, failed.retry_after, self._chance())
            silence = until - now
        step = replace(step, state=replace(step.state, due_at=due.at))
        return Ending(step, scene.title(state), silence=silence, broken_after=scene.config.polling.broken_after)
