"""The decisions to tell someone, and the deliveries each of them owes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from operator import eq, ge, lt
from typing import Any, TypeAlias

from sqlalchemy import Row, func, insert, select
from sqlalchemy.sql import Select

from monitor.rules.model import Severity
from monitor.store import tables
from monitor.store.columns import clean
from monitor.store.transaction import Transaction, chunks, narrow
from monitor.store.values import DeliveryState, NewAlert, NewDelivery, StoredAlert

_ALERT = tables.alerts.c

_INSERT = insert(tables.alerts).returning(_ALERT.id, _ALERT.uid)

Owed: TypeAlias = NewDelivery | tuple[str, str, datetime]


def add(tx: Transaction, alert: NewAlert, deliveries: Sequence[Owed] = ()) -> StoredAlert:
    """Store an alert and what it owes: its deliveries.

    Without deliveries it is on record and told to nobody (yet): held, or a rule without channels. Call it in the
    transaction that stores the article, or a crash between the two would lose the alert.
    """
    [number] = add_all(tx, [alert])
    owe(tx, {number: deliveries}, alert.created_at)
    return StoredAlert(number, alert)


def add_all(tx: Transaction, alerts: Sequence[NewAlert]) -> list[int]:
    """Store alerts that owe nothing yet, and give their numbers in the order given."""
    if not alerts:
        return []
    rows = tx.connection.execute(_INSERT, [_row(alert) for alert in alerts])
    numbers = {uid: number for number, uid in rows}
    return [numbers[clean(alert.uid)] for alert in alerts]


def owe(tx: Transaction, deliveries: Mapping[int, Sequence[Owed]], now: datetime) -> None:
    """Put further deliveries of stored alerts, by number, into the outbox: a held one released, a fallback channel."""
    rows = [_delivery(alert, NewDelivery(*one), now) for alert, owed in deliveries.items() for one in owed]
    if rows:
        tx.connection.execute(insert(tables.deliveries), rows)


def get(tx: Transaction, alert: int | str) -> StoredAlert | None:
    """An alert by its number or uid."""
    column = _ALERT.id if isinstance(alert, int) else _ALERT.uid
    row = tx.connection.execute(select(tables.alerts).where(column == alert)).one_or_none()
    return None if row is None else _stored(row)


def get_many(tx: Transaction, numbers: Collection[int]) -> dict[int, StoredAlert]:
    """Alerts by number, without those that are not there."""
    found: dict[int, StoredAlert] = {}
    for piece in chunks(list(numbers)):
        found |= {one.id: one for one in _all(tx, select(tables.alerts).where(_ALERT.id.in_(piece)))}
    return found


def first_of_each(tx: Transaction, rule: str, stories: Collection[int]) -> dict[int, StoredAlert]:
    """The alerts that began the conversations about these stories for a rule; stories never told are absent."""
    numbers: list[int] = []
    for piece in chunks(list(stories)):
        query = select(func.min(_ALERT.id)).where(_ALERT.rule == rule, _ALERT.story_id.in_(piece))
        numbers += tx.connection.execute(query.group_by(_ALERT.story_id)).scalars()
    found = get_many(tx, numbers).values()
    return {one.alert.story: one for one in found if one.alert.story is not None}


def of_story(tx: Transaction, story: int, *, rule: str = "") -> list[StoredAlert]:
    """All alerts about a story, in order; of one rule if named."""
    query = select(tables.alerts).where(_ALERT.story_id == story).order_by(_ALERT.id)
    return _all(tx, query if not rule else query.where(_ALERT.rule == rule))


def of_article(tx: Transaction, article: int) -> list[StoredAlert]:
    """All alerts that this article raised, in order."""
    return _all(tx, select(tables.alerts).where(_ALERT.article_id == article).order_by(_ALERT.id))


def latest(
    tx: Transaction,
    *,
    rule: str = "",
    since: datetime | None = None,
    at_least: Severity = Severity.INFO,
    before: int = 0,
    limit: int = 50,
) -> list[StoredAlert]:
    """Alerts, the newest first; go on with ``before`` the last number."""
    query = narrow(
        select(tables.alerts),
        (_ALERT.rule, eq, rule),
        (_ALERT.created_at, ge, since),
        (_ALERT.severity, ge, int(at_least)),
        (_ALERT.id, lt, before),
    )
    return _all(tx, query.order_by(_ALERT.id.desc()).limit(limit))


def count(tx: Transaction, since: datetime, *, rule: str = "") -> int:
    """How many alerts were raised since then, of one rule if named."""
    query = select(func.count()).select_from(tables.alerts).where(_ALERT.created_at >= since)
    return int(tx.connection.execute(query if not rule else query.where(_ALERT.rule == rule)).scalar_one())


def _row(alert: NewAlert) -> dict[str, Any]:
    return {
        "uid": alert.uid,
        "rule": alert.rule,
        "rule_version": alert.rule_version,
        "article_id": alert.article,
        "story_id": alert.story,
        "severity": int(alert.severity),
        "reason": alert.reason,
        "created_at": alert.created_at,
        "follows_id": alert.follows,
        "content": dict(alert.content),
    }


def _stored(row: Row[Any]) -> StoredAlert:
    return StoredAlert(
        row.id,
        NewAlert(
            uid=row.uid,
            rule=row.rule,
            rule_version=row.rule_version,
            article=row.article_id,
            story=row.story_id,
            severity=Severity(row.severity),
            reason=row.reason,
            content=row.content,
            created_at=row.created_at,
            follows=row.follows_id,
        ),
    )


def _all(tx: Transaction, query: Select[Any]) -> list[StoredAlert]:
    return [_stored(row) for row in tx.connection.execute(query)]


def _delivery(alert: int, new: NewDelivery, now: datetime) -> dict[str, Any]:
    return {
        "alert_id": alert,
        "channel": new.channel,
        "recipient": new.recipient,
        "state": DeliveryState.DUE,
        "attempts": 0,
        "batch": new.batch,
        "held_as": new.held_as,
        "planned_at": new.due_at,
        "due_at": new.due_at,
        "created_at": now,
        "maybe_sent": False,
        "reason": new.reason,
        "failure": "",
        "receipt": "",
    }
