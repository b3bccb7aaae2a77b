"""What becomes of a message that was to be sent: done, put off, or given up; all of it in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor import outages
from monitor.alerts.content import NoticeKind
from monitor.channels import Outcome, Rejected, Retry, Sent
from monitor.composing import messages_of
from monitor.doubts import Doubts
from monitor.outages import Notify
from monitor.post import Pace, Post
from monitor.store import Transaction, channels, deliveries, journal
from monitor.store.values import ChannelState, ClaimedDelivery, Event, EventKind


@dataclass(frozen=True, slots=True)
class Unheard:
    """A probe that did not get through, in the place of a message; the next may be sent at ``next_at``."""

    retry: Retry
    next_at: datetime


class Settling:
    """Writes outcomes down. ``own_wait`` are failing channels whose wait is ours: no service asked for it."""

    def __init__(
        self, doubts: Doubts, *, now: Callable[[], datetime], jitter: Callable[[], float], notify: Notify
    ) -> None:
        self.own_wait: set[str] = set()
        self._doubts = doubts
        self._now = now
        self._jitter = jitter
        self._notify = notify

    def settle(
        self, tx: Transaction, post: Post, message: Sequence[ClaimedDelivery], outcome: Outcome | Unheard
    ) -> None:
        """Write down what became of an attempt; runs in one transaction."""
        now = self._now()
        ids = [one.delivery.id for one in message]
        state = channels.load(tx, message[0].delivery.channel)
        match outcome:
            case Sent(receipt):
                deliveries.record_sent(tx, ids, now, receipt=receipt)
                self._journal(tx, message, EventKind.SENT, receipt and f"receipt {receipt}", now)
                outages.well(tx, state, now, self._notify)
            case Rejected(reason):
                self._bury(tx, message, reason, now)
            case Retry() as retry:
                if state.failing_since and not retry.whole_channel:  # it is this message alone that has to wait
                    outages.well(tx, state, now, self._notify)
                due_at = self._try_again(tx, post, message, retry)
                self._leave_alone(tx, state, retry, due_at, now)
            case Unheard(retry, next_at):
                self._wait_for_channel(tx, post.pace, message, outcome)
                self._leave_alone(tx, state, retry, next_at, now)

    def bury_orphans(self, tx: Transaction, name: str) -> None:
        """Give up what is owed to a channel that is no longer there."""
        now = self._now()
        for message in messages_of(deliveries.claim(tx, name, now, 100)):
            self._bury(tx, message, f"there is no channel “{name}” in the configuration", now)

    def _try_again(self, tx: Transaction, post: Post, message: Sequence[ClaimedDelivery], retry: Retry) -> datetime:
        """Put off a message that was tried, or give it up; gives the time of the next try."""
        first = message[0].delivery
        now, pace, tries = self._now(), post.pace, first.attempts + 1
        planned_at = first.planned_at or first.created_at
        of_channel = self._doubts.tries(first.channel, tries)
        if self._doubts.is_suspect(first.channel, first.id) and pace.asks_first(of_channel):
            wait = pace.probe_wait(now - planned_at, self._jitter())
        else:
            wait = pace.wait(tries, self._jitter())
        due_at = now + pace.heeding(retry, wait)
        over = pace.is_over(planned_at, tries + self._doubts.probes_for(first.id), now)
        if over or tries >= post.most_tries.get(first.channel, tries + 1):
            self._bury(tx, message, f"given up after {tries} attempts: {retry.reason}", now)
            return due_at
        deliveries.record_retry(tx, [one.delivery.id for one in message], now, due_at, retry.reason)
        self._journal(tx, message, EventKind.RETRIED, f"{retry.reason}; next try {due_at:%Y-%m-%d %H:%M:%S} UTC", now)
        return due_at

    def _wait_for_channel(
        self, tx: Transaction, pace: Pace, message: Sequence[ClaimedDelivery], unheard: Unheard
    ) -> None:
        """Put off a message that was not tried because a probe did not get through; in the end it is given up."""
        now, first, retry, next_at = self._now(), message[0].delivery, unheard.retry, unheard.next_at
        probes = self._doubts.probes_for(first.id)
        if pace.is_over(first.planned_at or first.created_at, first.attempts + probes, now):
            tried = f"{first.attempts} attempts and {probes} probes of its channel"
            self._bury(tx, message, f"given up after {tried}: {retry.reason}", now)
            return
        deliveries.put_back(tx, [one.delivery.id for one in message], next_at)
        reason = f"{retry.reason} (a probe of the channel); the next {next_at:%Y-%m-%d %H:%M:%S} UTC"
        self._journal(tx, message, EventKind.RETRIED, reason, now)

    def _leave_alone(self, tx: Transaction, state: ChannelState, retry: Retry, until: datetime, now: datetime) -> None:
        """Nothing is sent through a channel that fails as a whole."""
        if retry.whole_channel:
            (self.own_wait.discard if retry.after else self.own_wait.add)(state.channel)
            outages.unwell(tx, replace(state, silenced_until=until, failure=retry.reason), now)

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
