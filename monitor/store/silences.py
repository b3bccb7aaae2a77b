"""Operators' mutes, and the list of what they kept back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update

from monitor.alerts.silence import Muted
from monitor.alerts.state import Silence
from monitor.store import tables
from monitor.store.transaction import Transaction

_SILENCE = tables.silences.c
_MUTED = tables.muted.c


def add(tx: Transaction, silence: Silence, now: datetime) -> Silence:
    """Store a silence (whatever its ``id``) and give it back with its number."""
    values = asdict(silence) | {"created_at": now}
    values["story_id"] = values.pop("story")
    del values["id"]
    number = tx.connection.execute(insert(tables.silences).returning(_SILENCE.id), values).scalar_one()
    return replace(silence, id=number)


def active(tx: Transaction, now: datetime) -> list[Silence]:
    """The silences that hold now, in order."""
    query = select(tables.silences).where(_SILENCE.starts_at <= now, _SILENCE.ends_at > now).order_by(_SILENCE.id)
    return [_stored(row) for row in tx.connection.execute(query)]


def every(tx: Transaction, limit: int = 1000) -> list[Silence]:
    """All silences, ended ones too, the newest first."""
    query = select(tables.silences).order_by(_SILENCE.id.desc()).limit(limit)
    return [_stored(row) for row in tx.connection.execute(query)]


def get(tx: Transaction, silence: int) -> Silence | None:
    """A silence by its number."""
    row = tx.connection.execute(select(tables.silences).where(_SILENCE.id == silence)).one_or_none()
    return None if row is None else _stored(row)


def expire(tx: Transaction, silence: int, now: datetime) -> bool:
    """End a silence now; False if there is none of that number or it has ended. One yet to start never will hold."""
    found = get(tx, silence)
    if found is None or found.ends_at <= now:
        return False
    end = max(now, found.starts_at + timedelta(microseconds=1))
    tx.connection.execute(update(tables.silences).where(_SILENCE.id == silence).values(ends_at=end))
    return True


def record_muted(tx: Transaction, muted: Sequence[tuple[Muted, int | None]]) -> None:
    """Put down what silences kept back, each with the number of its article."""
    rows = [asdict(one) | {"article_id": article} for one, article in muted]
    for row in rows:
        row["silence_id"], row["story_id"] = row.pop("silence"), row.pop("story")
    if rows:
        tx.connection.execute(insert(tables.muted), rows)


def muted(tx: Transaction, *, silence: int | None = None, limit: int = 10_000) -> list[Muted]:
    """What was kept back, by one silence or by all, the newest first."""
    query = select(tables.muted).order_by(_MUTED.id.desc()).limit(limit)
    if silence is not None:
        query = query.where(_MUTED.silence_id == silence)
    return [
        Muted(silence=row.silence_id, at=row.at, rule=row.rule, story=row.story_id, title=row.title)
        for row in tx.connection.execute(query)
    ]


def _stored(row: Row[Any]) -> Silence:
    return Silence(
        id=row.id,
        ends_at=row.ends_at,
        author=row.author,
        comment=row.comment,
        starts_at=row.starts_at,
        rule=row.rule,
        story=row.story_id,
        concept=row.concept,
        feed=row.feed,
        text=row.text,
    )
