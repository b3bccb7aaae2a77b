"""Drains the outbox: claim what is due, render, send, record. Delivering never fetches, and never decides what to tell.

State is recorded after a send, so a crash can repeat a message and cannot lose one. A channel that fails as a whole is
left alone for a while and then tried with its oldest message alone; when that gets through, the rest follows, oldest
first. One channel's troubles are its own: each has its own sendings under way.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import groupby

from monitor.alerts.content import AlertContent, Content, DigestContent, MoreContent, NoticeContent, NoticeKind
from monitor.alerts.digest import batch_kind
from monitor.alerts.render import pages
from monitor.alerts.snapshot import from_json
from monitor.alerts.stationery import Templates
from monitor.channels import Channel, Outcome, Rejected, Retry, Sent
from monitor.rules.model import Severity
from monitor.store import Store, Transaction, channels, deliveries, journal
from monitor.store.values import ChannelState, ClaimedDelivery, Event, EventKind

_MORE_SHOWN = 10
"""How many of "and N more" are listed; the rest is a number and in the archive."""


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
        self._sending: set[asyncio.Task[None]] = set()
        self._busy: Counter[str] = Counter()
        self._pages_sent: dict[tuple[str, str], int] = {}

    async def turn(self) -> int:
        """Begin to send what is due now, as far as senders are free; gives how many, before they end."""
        now = self._now()
        waiting, silenced = await self._store.read(lambda tx: (deliveries.next_due(tx), channels.silenced(tx, now)))
        due = [name for name, due_at in sorted(waiting.items()) if due_at <= now and name not in silenced]
        return sum([await self._send_due(name, now) for name in due])

    async def drain(self, within: timedelta) -> None:
        """Wait for the sendings under way; those that take longer are given up and go back to the outbox."""
        if not self._sending:
            return
        _, late = await asyncio.wait(self._sending, timeout=within.total_seconds())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def idle(self) -> None:
        """Wait until nothing is being sent."""
        while self._sending:
            await asyncio.wait(self._sending)

    async def _send_due(self, name: str, now: datetime) -> int:
        channel = self.post.channels.get(name)
        if channel is None:
            await self._store.write(lambda tx: self._bury_orphans(tx, name, now))
            return 0
        free = self.post.senders.get(name, 1) - self._busy[name]
        if free <= 0:
            return 0
        claimed = await self._store.write(lambda tx: _claim(tx, name, now, free, busy=bool(self._busy[name])))
        messages = _messages(claimed)
        for message in messages:
            self._busy[name] += 1
            task = asyncio.create_task(self._send(channel, message), name=f"send {name}")
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return len(messages)

    async def _send(self, channel: Channel, message: Sequence[ClaimedDelivery]) -> None:
        ids = [one.delivery.id for one in message]
        try:
            outcome = await self._attempt(channel, message)
            await self._store.write(lambda tx: self._record(tx, channel.name, message, outcome))
        except asyncio.CancelledError:
            now = self._now()
            await asyncio.shield(self._store.write(lambda tx: deliveries.put_back(tx, ids, now)))
            raise
        finally:
            self._busy[channel.name] -= 1

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
        for number, page in enumerate(pages(content, channel.style, zone, self.post.templates[channel.name])):
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
        for message in _messages(deliveries.claim(tx, name, now, 100)):
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


def compose(message: Sequence[ClaimedDelivery], now: datetime) -> Content:
    """What one message says: an alert, a notice, or a batch put together. Raises ``ValueError`` if it is unreadable."""
    contents = [from_json(one.alert.alert.content) for one in message]
    first = message[0]
    if not first.delivery.batch:
        return contents[0]
    told = tuple(content for content in contents if isinstance(content, AlertContent))
    uid = f"{told[0].uid}.{len(told)}"
    if batch_kind(first.delivery.batch) != "budget":
        return DigestContent(uid, first.delivery.batch.split(" ")[1], told, now)
    weightiest = sorted(told, key=lambda content: (-content.severity, content.found_at))[:_MORE_SHOWN]
    rules = {content.rule: content.rule_title for content in told}
    rule, title = next(iter(rules.items())) if len(rules) == 1 else ("", "")
    severity = max(content.severity for content in told)
    return MoreContent(uid, rule, title, severity, len(told), now, contents=tuple(weightiest))


def _claim(tx: Transaction, name: str, now: datetime, free: int, *, busy: bool) -> list[ClaimedDelivery]:
    """Of a channel that fails, the oldest message alone, and only when no other is on its way."""
    failing = channels.load(tx, name).failing_since is not None
    if failing:
        return [] if busy else deliveries.claim_oldest(tx, name, now)
    return deliveries.claim(tx, name, now, free)


def _messages(claimed: Sequence[ClaimedDelivery]) -> list[list[ClaimedDelivery]]:
    """Deliveries of one recipient and one batch leave together, all others alone; oldest first."""

    def key(one: ClaimedDelivery) -> tuple[str, str, int]:
        batch = one.delivery.batch
        return (batch, one.delivery.recipient, 0 if batch else one.delivery.id)

    groups = [list(group) for _, group in groupby(sorted(claimed, key=key), key=key)]
    return sorted(groups, key=lambda group: min(one.delivery.id for one in group))


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
