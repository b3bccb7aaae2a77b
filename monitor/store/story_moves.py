"""What follows a story when it becomes part of another: the conversation about it goes on there."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from monitor.store import tables
from monitor.store.transaction import Transaction

_HELD = tables.held.c
_APART = tables.stories_apart.c


def hand_over(tx: Transaction, gone: int, into: int) -> None:
    """Point everything that speaks of story ``gone`` to ``into``; the journal alone keeps what was true then."""
    for table in (tables.alerts, tables.told, tables.silences, tables.muted):
        tx.connection.execute(update(table).where(table.c.story_id == gone).values(story_id=into))
    _hand_over_held(tx, gone, into)
    _hand_over_apart(tx, gone, into)


def _hand_over_held(tx: Transaction, gone: int, into: int) -> None:
    """Of two holds of one rule the one that began first goes on: the wait never starts anew."""
    since = {
        row.rule: row.since
        for row in tx.connection.execute(select(_HELD.rule, _HELD.since).where(_HELD.story_id == into))
    }
    for row in tx.connection.execute(select(_HELD.rule, _HELD.since).where(_HELD.story_id == gone)).all():
        later = gone if row.rule in since and since[row.rule] <= row.since else into
        tx.connection.execute(delete(tables.held).where(_HELD.rule == row.rule, _HELD.story_id == later))
    tx.connection.execute(update(tables.held).where(_HELD.story_id == gone).values(story_id=into))


def _hand_over_apart(tx: Transaction, gone: int, into: int) -> None:
    """What was kept apart from ``gone`` is kept apart from ``into``, but for ``into`` itself."""
    pairs = tx.connection.execute(
        select(_APART.one, _APART.other).where((_APART.one == gone) | (_APART.other == gone))
    ).all()
    tx.connection.execute(delete(tables.stories_apart).where((_APART.one == gone) | (_APART.other == gone)))
    others = {one + other - gone for one, other in pairs} - {into}
    tx.upsert(
        tables.stories_apart,
        [{"one": min(into, other), "other": max(into, other)} for other in others],
        same=("one", "other"),
    )
