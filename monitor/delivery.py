"""Drains the outbox: claim what is due, render, send, record. Delivering never fetches, and never decides what to tell.

State is recorded after a send, so a crash can repeat a message and cannot lose one. A channel that fails as a whole is
left alone for a while and then tried with its oldest message alone; when that gets through, the rest follows. Each
recipient gets messages in order, the oldest first. One channel's troubles are its own: each is worked off by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial

from monitor.alerts.content import NoticeContent, NoticeKind
from monitor.alerts.render import pages
from monitor.alerts.stationery import Templates
from monitor.channels import Channel, Outcome, Rejected, Retry, Sent
from monitor.composing import compose, messages_of
from monitor.rules.model import Severity
from monitor.store import Store, Transaction, channels, deliveries, journal
from monitor.store.values import ChannelState, ClaimedDelivery, Event, EventKind

_AT_ONCE = 20
"""Deliveries claimed together: what a crash may leave in doubt, and what one transaction saves."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How failing deliveries are tried again. Settings ``delivery.*``."""

    first: timedelta = timedelta(seconds=10)
    longest: timedelta = timedelta(minutes=30)
    give_up_after: timedelta = timedelta(days=3)
    tell_down_after: timedelta = timedelta(minutes=4)

    def wait(self, attempts: int, jitter: float) -> timedelta:
        """Before the next try after so many: doubled each time, up to a quarter longer by chance."""
        doublings: int = min(max(attempts - 1, 0), 32)
        return min(self.longest, min(self.longest, self.first * (1 << doublings)) * (1 + jitter / 4))


@dataclass(frozen=True, slots=True)
class Post:
    """The ways out, replaced as a whole at a reload."""

    channels: Mapping[str, Channel] = field(default_factory=dict)
    templates: Mapping[str, Templates] = field(default_factory=dict)
    zones: Mapping[str, tzinfo] = field(default_factory=dict)
    senders: Mapping[str, int] = field(default_factory=dict)
    pace: Pace = Pace()


class Outbox:
    """Sends what is owed. ``notify`` owes the operations channel a notice, inside the transaction given."""

    def __init__(
        self,
        store: Store,
        post: Post,
        *,
        now: Callable[[], datetime],
        jitter: Callable[[], float],
        notify: Callable[[Transaction, NoticeContent], None],
    ) -> None:
        self.post = post
        self._store = store
        self._now = now
        self._jitter = jitter
        self._notify = notify
        self._draining = False
        self._at_work: dict[str, asyncio.Task[None]] = {}
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
            await self._store.write(lambda tx: self._bury_orphans(tx, name, self._now()))
            return
        while not self._draining:
            now = self._now()
            claimed = await self._store.write(lambda tx, now=now: _claim(tx, name, now))  # type: ignore[misc]
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
        try:
            for message in messages:
                async with free:
                    outcome = await self._attempt(channel, message)
                await self._store.write(partial(self._record, name=channel.name, message=message, outcome=outcome))
                del left[: len(message)]
                if self._draining or (isinstance(outcome, Retry) and outcome.whole_channel):
                    return False
            return True
        finally:
            if left:  # also when this is cancelled: what was not recorded is sent again
                now = self._now()
                await asyncio.shield(self._store.write(lambda tx: deliveries.put_back(tx, left, now)))

    async def _attempt(self, channel: Channel, message: Sequence[ClaimedDelivery]) -> Outcome:
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
                self._well(tx, state, now)
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
            self._unwell(tx, replace(state, silenced_until=due_at, failure=retry.reason), now)
        if now - (first.planned_at or first.created_at) > pace.give_up_after:
            self._bury(tx, message, f"given up after {first.attempts + 1} attempts: {retry.reason}", now)
            return
        deliveries.record_retry(tx, [one.delivery.id for one in message], now, due_at, retry.reason)
        self._journal(tx, message, EventKind.RETRIED, f"{retry.reason}; next try {due_at:%Y-%m-%d %H:%M:%S} UTC", now)

    def _well(self, tx: Transaction, state: ChannelState, now: datetime) -> None:
        """The channel works: what waited because of it is due now."""
        if state.failing_since is not None:
            deliveries.hasten(tx, state.channel, now)
            if state.told:
                lines = (f"It had failed since {state.failing_since:%Y-%m-%d %H:%M} UTC.", "What waited is being sent.")
                self._notify(tx, _notice(NoticeKind.CHANNEL_RECOVERED, state.channel, "works again", lines, now))
        channels.save(tx, ChannelState(state.channel, sent_at=now))

    def _unwell(self, tx: Transaction, state: ChannelState, now: datetime) -> None:
        since = state.failing_since or now
        channels.save(tx, replace(state, failing_since=since))

    def tell_of_outages(self, tx: Transaction, now: datetime) -> None:
        """Tell of every channel that has failed for a while, once per outage."""
        for state in channels.every(tx):
            if state.failing_since is None or state.told or now - state.failing_since < self.post.pace.tell_down_after:
                continue
            lines = (
                state.failure,
                f"Since {state.failing_since:%Y-%m-%d %H:%M} UTC; nothing is lost, all of it waits.",
            )
            self._notify(tx, _notice(NoticeKind.CHANNEL_DOWN, state.channel, "fails", lines, now))
            channels.save(tx, replace(state, told=True))

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
        self._notify(tx, _notice(NoticeKind.DELIVERY_DEAD, first.delivery.channel, what, lines, now))

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


def _claim(tx: Transaction, name: str, now: datetime) -> list[ClaimedDelivery]:
    """Some of what is due; of a channel that fails, the oldest message alone and only when it is time to try."""
    state = channels.load(tx, name)
    if state.failing_since is None:
        return deliveries.claim(tx, name, now, _AT_ONCE)
    if state.silenced_until is not None and state.silenced_until > now:
        return []
    return deliveries.claim_oldest(tx, name, now)


def _notice(kind: NoticeKind, channel: str, what: str, lines: tuple[str, ...], now: datetime) -> NoticeContent:
    return NoticeContent(
        uid=f"{kind.value}-{channel}-{what.replace(' ', '-')}-{now:%Y%m%dT%H%M%S}",
        kind=kind,
        title=f"Channel {channel}: {what}",
        severity=Severity.HIGH if kind is not NoticeKind.CHANNEL_RECOVERED else Severity.INFO,
        found_at=now,
        lines=lines,
        thread=f"channel-{channel}",
    )
