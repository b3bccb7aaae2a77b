"""The journal: every decision is one row, only ever appended, and read forwards or backwards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import eq, ge
from typing import Any, TypedDict, Unpack

from sqlalchemy import Row, and_, delete, exists, func, insert, not_, or_, select
from sqlalchemy.sql import ColumnElement, Select

from monitor.store import tables
from monitor.store.transaction import Transaction, narrow, one_of
from monitor.store.values import Event, EventKind

_EVENT = tables.events.c
_INSERT = insert(tables.events)
_BROUGHT = frozenset({EventKind.STORED, EventKind.REVISED, EventKind.DUPLICATE})


def record(tx: Transaction, events: Sequence[Event]) -> None:
    """Append events, in the transaction that does what they say."""
    if events:
        tx.connection.execute(_INSERT, [_row(event) for event in events])


class Filters(TypedDict, total=False):
    """What to look for; what is left out does not narrow. ``idle_polls=False``: without polls that brought nothing."""

    kinds: Collection[EventKind]
    feed: str
    rule: str
    channel: str
    since: datetime | None
    idle_polls: bool


def read(tx: Transaction, *, after: int = 0, limit: int = 1000, **filters: Unpack[Filters]) -> list[Event]:
    """The next events after the number ``after``, oldest first. To follow the journal, ask again from the last one."""
    return _all(tx, _filtered(filters).where(_EVENT.id > after).order_by(_EVENT.id).limit(limit))


def last(tx: Transaction, limit: int, **filters: Unpack[Filters]) -> list[Event]:
    """The latest events that pass the filters, oldest first: what a person wants to see before following."""
    return _all(tx, _filtered(filters).order_by(_EVENT.id.desc()).limit(limit))[::-1]


def about(
    tx: Transaction,
    *,
    article: int | None = None,
    story: int | None = None,
    alert: int | None = None,
    limit: int = 1000,
) -> list[Event]:
    """Everything decided about an article, a story or an alert (any of those named), in order."""
    named = {_EVENT.article_id: article, _EVENT.story_id: story, _EVENT.alert_id: alert}
    either = [column == number for column, number in named.items() if number is not None]
    return _all(tx, select(tables.events).where(or_(*either)).order_by(_EVENT.id).limit(limit)) if either else []


def last_id(tx: Transaction) -> int:
    """The number of the latest event, 0 without any."""
    return tx.connection.execute(select(func.max(_EVENT.id))).scalar_one() or 0


def counts(tx: Transaction, since: datetime) -> dict[EventKind, int]:
    """How many events of each kind there were since then."""
    query = select(_EVENT.kind, func.count()).where(_EVENT.at >= since).group_by(_EVENT.kind)
    return {EventKind(kind): number for kind, number in tx.connection.execute(query)}


def prune(tx: Transaction, kinds: Collection[EventKind], before: datetime, limit: int) -> int:
    """Remove up to ``limit`` of the oldest events of these kinds from before then; gives how many."""
    old = select(_EVENT.id).where(_EVENT.kind.in_(kinds), _EVENT.at < before).order_by(_EVENT.id).limit(limit)
    return tx.connection.execute(delete(tables.events).where(_EVENT.id.in_(old))).rowcount


def _filtered(filters: Filters) -> Select[Any]:
    query = narrow(
        select(tables.events),
        (_EVENT.kind, one_of, filters.get("kinds")),
        (_EVENT.feed, eq, filters.get("feed")),
        (_EVENT.rule, eq, filters.get("rule")),
        (_EVENT.channel, eq, filters.get("channel")),
        (_EVENT.at, ge, filters.get("since")),
    )
    return query if filters.get("idle_polls", True) else query.where(not_(_idle()))


def _idle() -> ColumnElement[bool]:
    """A poll that brought nothing. Not one by which a feed settled at a new address: that is news."""
    following = tables.events.alias().c
    # What a poll brought is recorded in its transaction, right behind it.
    brought = exists().where(
        following.id == _EVENT.id + 1, following.feed == _EVENT.feed, following.kind.in_(list(_BROUGHT))
    )
    polled = and_(_EVENT.kind == EventKind.POLLED, _EVENT.details["moved"].as_string().is_(None), not_(brought))
    return or_(_EVENT.kind == EventKind.NOT_MODIFIED, polled)


def _row(event: Event) -> dict[str, Any]:
    return {
        "at": event.at,
        "kind": event.kind,
        "reason": event.reason,
        "feed": event.feed,
        "article_id": event.article,
        "rule": event.rule,
        "story_id": event.story,
        "alert_id": event.alert,
        "delivery_id": event.delivery,
        "channel": event.channel,
        "details": dict(event.details),
    }


def _all(tx: Transaction, query: Select[Any]) -> list[Event]:
    return [_stored(row) for row in tx.connection.execute(query)]


def _stored(row: Row[Any]) -> Event:
    return Event(
        at=row.at,
        kind=EventKind(row.kind),
        reason=row.reason,
        feed=row.feed,
        article=row.article_id,
        rule=row.rule,
        story=row.story_id,
        alert=row.alert_id,
        delivery=row.delivery_id,
        channel=row.channel,
        details=row.details,
        id=row.id,
    )
