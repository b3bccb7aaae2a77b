"""The minutes of one transaction's decisions: gathered first, written at the end in a few statements.

A statement costs more than a row: written decision by decision, a storm of thousands of matches would take most of its
time between Python and the database. Nothing is read back before it is written, and all of it is one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.alerts.plan import Plan
from monitor.alerts.silence import Muted
from monitor.alerts.state import PastAlert
from monitor.store import Transaction, alerts, deliveries, journal, pages, silences, told
from monitor.store.pages import WatchedPage
from monitor.store.told import Told, Waiting
from monitor.store.values import Event, NewAlert, NewDelivery


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert with what it owes, and the event that says so."""

    alert: NewAlert
    facts: PastAlert
    planned: Plan
    event: Event


@dataclass(slots=True)
class Minutes:
    """What has been decided and is yet to be written; the journal in the order of the decisions."""

    entries: list[Event | Raised] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    released: list[tuple[str, int]] = field(default_factory=list)
    muted: list[tuple[Muted, int | None]] = field(default_factory=list)
    pages: list[WatchedPage] = field(default_factory=list)

    def write(self, tx: Transaction, now: datetime) -> None:
        """Write everything down."""
        raised = [one for one in self.entries if isinstance(one, Raised)]
        numbers = alerts.add_all(tx, [one.alert for one in raised])
        remembered = [
            Told(one.alert.rule, one.alert.story or 0, one.facts, number)
            for one, number in zip(raised, numbers, strict=True)
        ]
        told.add(tx, [*remembered, *self.told])
        told.release(tx, self.released)
        told.hold(tx, self.waiting)
        owe(tx, [(number, one.planned) for one, number in zip(raised, numbers, strict=True)], now)
        silences.record_muted(tx, self.muted)
        watched = pages.watched(tx, {page.article for page in self.pages})
        pages.watch(tx, [page for page in self.pages if page.article not in watched])
        given = iter(numbers)
        journal.record(
            tx, [replace(one.event, alert=next(given)) if isinstance(one, Raised) else one for one in self.entries]
        )


def owed_by(planned: Plan) -> list[NewDelivery]:
    """The deliveries of a planned alert, for the outbox."""
    return [
        NewDelivery(one.channel, one.recipient, one.due_at, one.batch, one.held_as.value, one.reason)
        for one in planned.deliveries
    ]


def owe(tx: Transaction, planned: Sequence[tuple[int, Plan]], now: datetime) -> None:
    """Put the deliveries of stored alerts into the outbox, in the order in which they were planned.

    Batches that the plans move are moved last, with what has just joined them; the last plan knows best.
    """
    alerts.owe(tx, {alert: owed_by(plan) for alert, plan in planned}, now)
    moved = {batch: due_at for _, plan in planned for batch, due_at in plan.moved.items()}
    for (channel, batch), due_at in moved.items():
        deliveries.move_batch(tx, channel, batch, due_at)
