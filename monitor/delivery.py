"""Drains the outbox: claim what is due, render, send, record. Delivering never fetches, and never decides what to tell.

State is recorded after a send, so a crash can repeat a message and cannot lose one. A channel that fails as a whole is
left alone for a while and then tried with its oldest message alone; when that gets through, the rest follows. Each
recipient gets messages in order, the oldest first. One channel's troubles are its own: each is worked off by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from monitor import outages
from monitor.alerts.content import NoticeKind
from monitor.alerts.render import pages
from monitor.channels import Channel, Outcome, Rejected, Retry, Sent
from monitor.composing import compose, messages_of
from monitor.errors import StoreError
from monitor.outages import Notify
from monitor.post import Post
from monitor.reach import Reach
from monitor.store import Store, Transaction, channels, deliveries, journal
from monitor.store.values import ChannelState, ClaimedDelivery, Event, EventKind

log = structlog.get_logger()

_AT_ONCE = 20
"""Deliveries claimed together: what a crash may leave in doubt, and what one transaction saves."""


_AGAIN = 1.0
"""Seconds before a write that failed is tried again: what was sent must not be forgotten because a disk is full."""


def _nothing(_: object) -> None:
    """What happens by default when the outbox cannot be written."""


class Outbox:
    """Sends what is owed. ``on_trouble`` is called when the database takes no write."""

    def __init__(
        self,
        store: Store,
        post: Post,
        *,
        now: Callable[[], datetime],
        jitter: Callable[[], float],
        notify: Notify,
    ) -> None:
        self.post = post
        self.on_trouble: Callable[[StoreError], None] = _nothing
        self._store = store
        self._now = now
        self._jitter = jitter
        self._notify = notify
        self._draining = False
        self._at_work: dict[str, asyncio.Task[None]] = {}
        self._reach = Reach()
        self._own_wait: set[str] = set()  # failing channels whose wait is ours, not one that the service asked for
        self._pages_sent: dict[tuple[str, str], int] = {}

    async def turn(self) -> int:
        """Begin to work off what is due on every channel that is free; gives how many. Returns before it is sent."""
        now = self._now()
        waiting, silenced = await self._store.read(lambda tx: (deliveries.next_due(tx), channels.silenced(tx, now)))
        due = [name for name, due_at in sorted(waiting.items()) if due_at <= now and name not in silenced]
        begun = [name for name in due if name not in self._at_work]
        for name in begun:
            task = asyncio.create_task(self._work_off(name), name=f"deliver {name}")
            self._at_work[name] = task
            task.add_done_callback(partial(self._ended, name))
        return len(begun)

    async def drain(self, within: timedelta) -> None:
        """Wait for the sendings under way; those that take longer are given up and go back to the outbox."""
        if not self._at_work:
            return
        self._draining = True
        _, late = await asyncio.wait(self._at_work.values(), timeout=within.total_seconds())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def idle(self) -> None:
        """Wait until nothing is being sent."""
        while self._at_work:
            await asyncio.wait(self._at_work.values())

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        self._at_work.pop(name, None)
        if not task.cancelled():
            task.result()

    async def _work_off(self, name: str) -> None:
        """Send what is due on one channel, the oldest first, until nothing is or the channel fails."""
        channel = self.post.channels.get(name)
        if channel is None:
            await self._write(lambda tx: self._bury_orphans(tx, name, self._now()))
            return
        while not self._draining:
            now = self._now()
            try:
                claimed = await self._store.write(partial(_claim, name=name, now=now))
            except StoreError as error:
                self.on_trouble(error)
                return
            lines: dict[str, list[list[ClaimedDelivery]]] = {}
            for message in messages_of(claimed):
                lines.setdefault(message[0].delivery.recipient, []).append(message)
            free = asyncio.Semaphore(self.post.senders.get(name, 1))
            went_well = await asyncio.gather(*(self._send_in_turn(channel, line, free) for line in lines.values()))
            if not claimed or not all(went_well):
                return

    async def _send_in_turn(
        self, channel: Channel, messages: Sequence[Sequence[ClaimedDelivery]], free: asyncio.Semaphore
    ) -> bool:
        """One recipient's messages, one after the other; False once the whole channel fails: the rest goes back."""
        left = [one.delivery.id for message in messages for one in message]
        begun = 0
        try:
            for message in messages:
                async with free:
                    begun = len(message)
                    outcome = await self._attempt(channel, message)
                await self._write(partial(self._record, name=channel.name, message=message, outcome=outcome))
                del left[:begun]
                begun = 0
                if self._draining or (isinstance(outcome, Retry) and outcome.whole_channel):
                    return False
            return True
        finally:
            # What was cancelled while it was sent stays claimed: the next start says that a second copy may come.
            if waiting := left[begun:]:
                now = self._now()
                await asyncio.shield(self._write(lambda tx: deliveries.put_back(tx, waiting, now)))

    async def _write(self, work: Callable[[Transaction], None]) -> None:
        """Write in any case: what cannot be written now is written later, unless the daemon is ending."""
        while True:
            try:
                return await self._store.write(work)
            except StoreError as error:
                self.on_trouble(error)
                if self._draining:
                    raise
            await asyncio.sleep(_AGAIN)

    async def _attempt(self, channel: Channel, message: Sequence[ClaimedDelivery]) -> Outcome:
        """Send a message. A fault of ours is a failed try like any other, so that it stops no other message."""
        try:
            outcome = await self._send(channel, message)
            if isinstance(outcome, Sent):
                return outcome
            return replace(outcome, reason=self.post.redactor.clean(outcome.reason))
        except Exception as error:
            log.exception("sending failed through a fault of this program", channel=channel.name)
            return Retry(f"a fault of newsmonitor itself ({type(error).__name__}); its log has the details")

    async def _send(self, channel: Channel, message: Sequence[ClaimedDelivery]) -> Outcome:
        """Send every page of the message; a retry goes on at the page that failed."""
        first = message[0].delivery
        try:
            content = compose(message, self._now())
        except ValueError as error:
            return Rejected(f"what was stored cannot be read: {error}")
        zone = self.post.zones.get(channel.name, UTC)
        key = (f"{first.channel} {first.batch or first.id}", first.recipient)
        outcome: Outcome = Sent()
        # In a thread: a digest of hundreds takes half a second to fit.
        rendered = await asyncio.to_thread(pages, content, channel.style, zone, self.post.templates[channel.name])
        for number, page in enumerate(rendered):
            if number < self._pages_sent.get(key, 0):
                continue
            outcome = await channel.send(page, first.recipient)
            if not isinstance(outcome, Sent):
                return outcome
            self._pages_sent[key] = number + 1
        self._pages_sent.pop(key, None)
        return outcome

    def _record(self, tx: Transaction, name: str, message: Sequence[ClaimedDelivery], outcome: Outcome) -> None:
        """Write down what became of an attempt; runs in one transaction."""
        now = self._now()
        ids = [one.delivery.id for one in message]
        state = channels.load(tx, name)
        match outcome:
            case Sent(receipt):
                deliveries.record_sent(tx, ids, now, receipt=receipt)
                self._journal(tx, message, EventKind.SENT, receipt and f"receipt {receipt}", now)
                outages.well(tx, state, now, self._notify)
            case Rejected(reason):
                self._bury(tx, message, reason, now)
            case Retry() as retry:
                self._try_again(tx, state, message, retry, now)

    def _try_again(
        self, tx: Transaction, state: ChannelState, message: Sequence[ClaimedDelivery], retry: Retry, now: datetime
    ) -> None:
        first = message[0].delivery
        pace = self.post.pace
        wait = retry.after if retry.after is not None else pace.wait(first.attempts + 1, self._jitter())
        due_at = now + wait
        if retry.whole_channel:
            (self._own_wait.discard if retry.after else self._own_wait.add)(state.channel)
            outages.unwell(tx, replace(state, silenced_until=due_at, failure=retry.reason), now)
        if pace.is_over(first.planned_at or first.created_at, first.attempts + 1, now):
            self._bury(tx, message, f"given up after {first.attempts + 1} attempts: {retry.reason}", now)
            return
        deliveries.record_retry(tx, [one.delivery.id for one in message], now, due_at, retry.reason)
        self._journal(tx, message, EventKind.RETRIED, f"{retry.reason}; next try {due_at:%Y-%m-%d %H:%M:%S} UTC", now)

    async def look_after_reach(self) -> None:
        """Try channels at once whose servers can be connected to again; gives up no wait that a service asked for."""
        silenced = await self._store.read(lambda tx: channels.silenced(tx, self._now()))
        asked = [(name, self.post.ends[name]) for name in silenced if name in self._own_wait and name in self.post.ends]
        found = await asyncio.gather(*(self._reach.is_back(name, end) for name, end in asked))
        for back in [name for (name, _), is_back in zip(asked, found, strict=True) if is_back]:
            await self._write(partial(outages.end_silence, channel=back))

    def tell_of_outages(self, tx: Transaction, now: datetime) -> None:
        """Tell of every channel that has failed for a while, once per outage."""
        outages.tell(tx, now, self.post.pace.tell_down_after, self._notify)

    def _bury(self, tx: Transaction, message: Sequence[ClaimedDelivery], reason: str, now: datetime) -> None:
        """Never silently: it stays listed, and the operations channel hears of it (but not of its own dead)."""
        deliveries.record_dead(tx, [one.delivery.id for one in message], now, reason)
        self._journal(tx, message, EventKind.DEAD, reason, now)
        first = message[0]
        if first.alert.alert.content.get("content") == "notice":
            return
        title = str(first.alert.alert.content.get("title", first.alert.alert.uid))
        lines = (title, reason, f"newsmonitor deliveries retry {first.delivery.id} tries it again.")
        what = f"delivery {first.delivery.id} is dead"
        self._notify(tx, outages.notice(NoticeKind.DELIVERY_DEAD, first.delivery.channel, what, lines, now))

    def _bury_orphans(self, tx: Transaction, name: str, now: datetime) -> None:
        for message in messages_of(deliveries.claim(tx, name, now, 100)):
            self._bury(tx, message, f"there is no channel “{name}” in the configuration", now)

    def _journal(
        self, tx: Transaction, message: Sequence[ClaimedDelivery], kind: EventKind, reason: str, now: datetime
    ) -> None:
        events = [
            Event(
                now,
                kind,
                reason + (" (a crash may have sent it before)" if one.delivery.maybe_sent else ""),
                article=one.alert.alert.article,
                rule=one.alert.alert.rule,
                story=one.alert.alert.story,
                alert=one.alert.id,
                delivery=one.delivery.id,
                channel=one.delivery.channel,
            )
            for one in message
        ]
        journal.record(tx, events)


def _claim(tx: Transaction, *, name: str, now: datetime) -> list[ClaimedDelivery]:
    """Some of what is due; of a channel that fails, the oldest message alone and only when it is time to try."""
    state = channels.load(tx, name)
    if state.failing_since is None:
        return deliveries.claim(tx, name, now, _AT_ONCE)
    if state.silenced_until is not None and state.silenced_until > now:
        return []
    return deliveries.claim_oldest(tx, name, now)
