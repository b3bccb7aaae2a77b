"""The outbox: what is owed, what is being sent, what became of it.

A delivery is claimed, sent, and then recorded. A crash between the last two leaves it claimed; ``release_claims`` at
the next start puts it back with the mark ``maybe_sent``. So a crash can repeat a message and can never lose one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import eq, ge, lt
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Row, func, insert, literal, select, update

from monitor.alerts.ledger import Message
from monitor.store import alerts, tables
from monitor.store.transaction import Transaction, chunks, narrow, one_of
from monitor.store.values import Attempt, ClaimedDelivery, Delivery, DeliveryState, OutboxState

_DELIVERY = tables.deliveries.c
_ATTEMPT = tables.attempts.c
_ALERT = tables.alerts.c

One: TypeAlias = int | Sequence[int]
"""One delivery, or those of one message: a batch succeeds or fails as a whole."""


_WAITING: ColumnElement[bool] = _DELIVERY.state == literal(str(DeliveryState.DUE), literal_execute=True)
"""The value stands in the statement itself, or the partial index on waiting deliveries would not serve it."""


def claim(tx: Transaction, channel: str, now: datetime, limit: int) -> list[ClaimedDelivery]:
    """Take what is due on a channel, the oldest alerts first, so that nobody else sends it.

    A batch is taken whole, whatever the limit: its deliveries leave as one message per recipient.
    """
    query = (
        select(_DELIVERY.id, _DELIVERY.batch)
        .where(_WAITING, _DELIVERY.channel == channel, _DELIVERY.due_at <= now)
        .order_by(_DELIVERY.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = tx.connection.execute(query).all()
    batches = {row.batch for row in rows if row.batch}
    ids = sorted({row.id for row in rows} | (_due_of(tx, channel, batches, now) if batches else set()))
    _update(tx, ids, state=DeliveryState.CLAIMED, claimed_at=now)
    return _with_alerts(tx, ids)


def claim_oldest(tx: Transaction, channel: str, now: datetime) -> list[ClaimedDelivery]:
    """Take the oldest message that waits on a failing channel, even one postponed: order survives an outage.

    What is planned for later (a digest) is not taken before its time.
    """
    query = (
        select(_DELIVERY.id, _DELIVERY.batch, _DELIVERY.recipient)
        .where(*_held_up(channel, now))
        .order_by(_DELIVERY.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    oldest = tx.connection.execute(query).one_or_none()
    if oldest is None:
        return []
    ids = [oldest.id]
    if oldest.batch:
        same = (_DELIVERY.batch == oldest.batch, _DELIVERY.recipient == oldest.recipient)
        batch = select(_DELIVERY.id).where(_WAITING, _DELIVERY.channel == channel, *same)
        ids = sorted(tx.connection.execute(batch).scalars())
    _update(tx, ids, state=DeliveryState.CLAIMED, claimed_at=now)
    return _with_alerts(tx, ids)


def waiting_for(tx: Transaction, channel: str, now: datetime) -> list[int]:
    """The alerts that were to go out on a channel by now and have not, the oldest first."""
    query = select(_DELIVERY.alert_id).where(*_held_up(channel, now)).distinct().order_by(_DELIVERY.alert_id)
    return list(tx.connection.execute(query).scalars())


def hasten(tx: Transaction, channel: str, now: datetime) -> None:
    """The channel works again: what was postponed because of it is due at once."""
    postponed = (*_held_up(channel, now), _DELIVERY.due_at > now)
    tx.connection.execute(update(tables.deliveries).where(*postponed).values(due_at=now))


def record_sent(tx: Transaction, deliveries: One, at: datetime, *, receipt: str = "") -> None:
    """It arrived, as far as the channel can tell; ``receipt`` is the service's own number for it."""
    ids = _ids(deliveries)
    _record(tx, ids, at, "sent", "")
    _update(tx, ids, state=DeliveryState.SENT, finished_at=at, failure="", receipt=receipt)


def record_retry(tx: Transaction, deliveries: One, at: datetime, due_at: datetime, reason: str) -> None:
    """It did not arrive; try again at ``due_at``."""
    ids = _ids(deliveries)
    _record(tx, ids, at, "retry", reason)
    _update(tx, ids, state=DeliveryState.DUE, claimed_at=None, due_at=due_at, failure=reason)


def record_dead(tx: Transaction, deliveries: One, at: datetime, reason: str) -> None:
    """It will never arrive as it is; it stays on the list until an operator retries or drops it."""
    ids = _ids(deliveries)
    _record(tx, ids, at, "dead", reason)
    _update(tx, ids, state=DeliveryState.DEAD, claimed_at=None, finished_at=at, failure=reason)


def put_back(tx: Transaction, deliveries: One, due_at: datetime) -> None:
    """Give up a claim without a try: the send never began (shutdown, a silent channel)."""
    _update(tx, _ids(deliveries), state=DeliveryState.DUE, claimed_at=None, due_at=due_at)


def move_batch(tx: Transaction, channel: str, batch: str, due_at: datetime) -> None:
    """A waiting batch is to leave at another time: a digest that is full goes out now."""
    waiting = (_WAITING, _DELIVERY.channel == channel, _DELIVERY.batch == batch)
    tx.connection.execute(update(tables.deliveries).where(*waiting).values(due_at=due_at, planned_at=due_at))


def release_claims(tx: Transaction) -> list[Delivery]:
    """Put back what a crash left claimed, marked ``maybe_sent``. Only for the daemon's start: it owns all claims."""
    left = listing(tx, states=[DeliveryState.CLAIMED], limit=1_000_000)
    _update(tx, [one.id for one in left], state=DeliveryState.DUE, claimed_at=None, maybe_sent=True)
    return left


def doubt(tx: Transaction) -> int:
    """After a restore: whatever waits or was being sent may have gone out since the backup. Gives their number."""
    open_ones = _DELIVERY.state.in_((DeliveryState.DUE, DeliveryState.CLAIMED))
    values = {"state": DeliveryState.DUE, "claimed_at": None, "maybe_sent": True}
    return tx.connection.execute(update(tables.deliveries).where(open_ones).values(values)).rowcount


def retry(tx: Transaction, deliveries: Collection[int], now: datetime) -> int:
    """Put dead or dropped deliveries back into the outbox, due now; gives how many."""
    found = _in_states(tx, deliveries, (DeliveryState.DEAD, DeliveryState.DROPPED))
    _trail(tx, found, now, "requeued", "")
    _update(tx, found, state=DeliveryState.DUE, due_at=now, attempts=0, claimed_at=None, finished_at=None)
    return len(found)


def drop(tx: Transaction, deliveries: Collection[int], now: datetime, reason: str) -> int:
    """Take waiting or dead deliveries out of the outbox for good; gives how many."""
    found = _in_states(tx, deliveries, (DeliveryState.DUE, DeliveryState.DEAD))
    _trail(tx, found, now, "dropped", reason)
    _update(tx, found, state=DeliveryState.DROPPED, finished_at=now, failure=reason)
    return len(found)


def get(tx: Transaction, delivery: int) -> ClaimedDelivery | None:
    """A delivery, in whatever state, with its alert."""
    found = _with_alerts(tx, [delivery])
    return found[0] if found else None


def listing(
    tx: Transaction,
    *,
    states: Collection[DeliveryState] = (),
    channel: str = "",
    alert: int | None = None,
    rule: str = "",
    since: datetime | None = None,
    before: int = 0,
    limit: int = 100,
) -> list[Delivery]:
    """Deliveries, the newest first; go on with ``before`` the last number. Empty filters let everything through."""
    query = narrow(
        select(tables.deliveries),
        (_DELIVERY.state, one_of, states),
        (_DELIVERY.channel, eq, channel),
        (_DELIVERY.alert_id, eq, alert),
        (_DELIVERY.created_at, ge, since),
        (_DELIVERY.id, lt, before),
    ).order_by(_DELIVERY.id.desc())
    if rule:
        query = query.where(_DELIVERY.alert_id.in_(select(_ALERT.id).where(_ALERT.rule == rule)))
    return [_stored(row) for row in tx.connection.execute(query.limit(limit))]


def attempts(tx: Transaction, delivery: int) -> list[Attempt]:
    """All tries of a delivery, in order."""
    query = select(tables.attempts).where(_ATTEMPT.delivery_id == delivery).order_by(_ATTEMPT.number)
    return [Attempt(*row) for row in tx.connection.execute(query)]


def outbox(tx: Transaction) -> list[OutboxState]:
    """What is not yet done, by channel."""
    states = (DeliveryState.DUE, DeliveryState.CLAIMED, DeliveryState.DEAD)
    rows = tx.connection.execute(
        select(
            _DELIVERY.channel, _DELIVERY.state, func.count(), func.min(_DELIVERY.created_at), func.min(_DELIVERY.due_at)
        )
        .where(_DELIVERY.state.in_(states))
        .group_by(_DELIVERY.channel, _DELIVERY.state)
    )
    found: dict[str, dict[str, tuple[int, datetime, datetime]]] = {}
    for channel, state, number, oldest, next_due in rows:
        found.setdefault(channel, {})[state] = (number, oldest, next_due)
    return [_outbox_state(channel, found[channel]) for channel in sorted(found)]


def next_due(tx: Transaction) -> dict[str, datetime]:
    """When each channel has something to send next; channels with nothing are absent."""
    query = select(_DELIVERY.channel, func.min(_DELIVERY.due_at)).where(_WAITING).group_by(_DELIVERY.channel)
    return {row[0]: row[1] for row in tx.connection.execute(query)}


def messages(tx: Transaction, since: datetime) -> list[Message]:
    """The messages planned for ``since`` or later, as budgets count them.

    A delivery without a batch is one message per alert and channel, a batch one per channel, however many recipients.
    ``rule`` is empty for a batch. What an operator dropped never was one.
    """
    alert_count = func.count(_DELIVERY.alert_id.distinct())
    columns = (_DELIVERY.channel, _DELIVERY.batch, func.min(_DELIVERY.planned_at), alert_count)
    of_interest = (_DELIVERY.planned_at >= since, _DELIVERY.state != DeliveryState.DROPPED)
    joined = tables.deliveries.join(tables.alerts, _ALERT.id == _DELIVERY.alert_id)
    alone = (
        select(*columns, func.min(_ALERT.rule))
        .select_from(joined)
        .where(*of_interest, _DELIVERY.batch == "")
        .group_by(_DELIVERY.alert_id, _DELIVERY.channel, _DELIVERY.batch)
    )
    batched = (
        select(*columns, literal(""))
        .where(*of_interest, _DELIVERY.batch != "")
        .group_by(_DELIVERY.channel, _DELIVERY.batch)
    )
    rows = tx.connection.execute(alone.union_all(batched)).all()
    found = [Message(channel, at, rule, batch, size) for channel, batch, at, size, rule in rows]
    return sorted(found, key=lambda one: (one.at, one.channel, one.rule, one.batch))


def _held_up(channel: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What should have left by now, whenever it is tried next."""
    return _WAITING, _DELIVERY.channel == channel, _DELIVERY.planned_at <= now


def _ids(deliveries: One) -> list[int]:
    return [deliveries] if isinstance(deliveries, int) else list(deliveries)


def _due_of(tx: Transaction, channel: str, batches: Collection[str], now: datetime) -> set[int]:
    due = (_WAITING, _DELIVERY.channel == channel, _DELIVERY.due_at <= now)
    return set(tx.connection.execute(select(_DELIVERY.id).where(*due, _DELIVERY.batch.in_(batches))).scalars())


def _record(tx: Transaction, ids: Sequence[int], at: datetime, outcome: str, reason: str) -> None:
    _update(tx, ids, attempts=_DELIVERY.attempts + 1)
    _trail(tx, ids, at, outcome, reason)


def _trail(tx: Transaction, deliveries: Sequence[int], at: datetime, outcome: str, reason: str) -> None:
    for delivery in deliveries:
        number = select(func.coalesce(func.max(_ATTEMPT.number), 0) + 1).where(_ATTEMPT.delivery_id == delivery)
        values = {"delivery_id": delivery, "at": at, "outcome": outcome, "reason": reason}
        tx.connection.execute(insert(tables.attempts).values(number=number.scalar_subquery(), **values))


def _in_states(tx: Transaction, deliveries: Collection[int], states: tuple[DeliveryState, ...]) -> list[int]:
    found: list[int] = []
    for piece in chunks(list(deliveries)):
        query = select(_DELIVERY.id).where(_DELIVERY.id.in_(piece), _DELIVERY.state.in_(states))
        found += tx.connection.execute(query).scalars()
    return found


def _update(tx: Transaction, deliveries: Sequence[int], **values: object) -> None:
    for piece in chunks(deliveries):
        tx.connection.execute(update(tables.deliveries).where(_DELIVERY.id.in_(piece)).values(**values))


def _with_alerts(tx: Transaction, ids: Sequence[int]) -> list[ClaimedDelivery]:
    found: list[ClaimedDelivery] = []
    for piece in chunks(ids):
        rows = tx.connection.execute(select(tables.deliveries).where(_DELIVERY.id.in_(piece)).order_by(_DELIVERY.id))
        claimed = [_stored(row) for row in rows]
        by_number = alerts.get_many(tx, {one.alert for one in claimed})
        found += [ClaimedDelivery(one, by_number[one.alert]) for one in claimed]
    return found


def _outbox_state(channel: str, found: dict[str, tuple[int, datetime, datetime]]) -> OutboxState:
    numbers = {state: found[state][0] if state in found else 0 for state in DeliveryState}
    waiting = [found[state] for state in (DeliveryState.DUE, DeliveryState.CLAIMED) if state in found]
    return OutboxState(
        channel=channel,
        due=numbers[DeliveryState.DUE],
        claimed=numbers[DeliveryState.CLAIMED],
        dead=numbers[DeliveryState.DEAD],
        oldest_at=min((oldest for _, oldest, _ in waiting), default=None),
        next_due_at=found[DeliveryState.DUE][2] if DeliveryState.DUE in found else None,
    )


def _stored(row: Row[Any]) -> Delivery:
    values = {"alert" if name == "alert_id" else name: value for name, value in row._mapping.items()}  # noqa: SLF001 - public
    return Delivery(**values | {"state": DeliveryState(row.state)})
