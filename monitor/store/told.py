"""What was told of a story for a rule, and which stories still wait for corroboration."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select

from monitor.alerts.state import Held, PastAlert, dump_alert, load_alert
from monitor.rules.model import Severity
from monitor.store import tables
from monitor.store.transaction import Transaction, chunks

_TOLD = tables.told.c
_HELD = tables.held.c


def add(tx: Transaction, rule: str, story: int, alert: PastAlert, *, number: int | None = None) -> None:
    """Remember what was known when a story was told; ``number`` is the stored alert's, None for a shadow rule's."""
    values = {"rule": rule, "story_id": story, "alert_id": number, "at": alert.at, "facts": dump_alert(alert)}
    tx.connection.execute(insert(tables.told), values)


def of_stories(tx: Transaction, stories: Collection[int]) -> dict[tuple[str, int], tuple[PastAlert, ...]]:
    """All that was told of these stories, by rule and story, in order."""
    found: dict[tuple[str, int], list[PastAlert]] = {}
    for piece in chunks(list(stories)):
        for row in tx.connection.execute(select(tables.told).where(_TOLD.story_id.in_(piece)).order_by(_TOLD.id)):
            found.setdefault((row.rule, row.story_id), []).append(load_alert(row.facts))
    return {key: tuple(alerts) for key, alerts in found.items()}


def first_told(tx: Transaction, rule: str, *, shadow: bool) -> dict[int, datetime]:
    """The stories told for a rule, with the time of the first message; with ``shadow``, what it would have told."""
    sent = _TOLD.alert_id.is_(None) if shadow else _TOLD.alert_id.is_not(None)
    query = select(_TOLD.story_id, func.min(_TOLD.at)).where(_TOLD.rule == rule, sent).group_by(_TOLD.story_id)
    return {row[0]: row[1] for row in tx.connection.execute(query)}


def hold(tx: Transaction, rule: str, story: int, held: Held, until: datetime) -> None:
    """Let a story wait for corroboration, in place of what was held of it before."""
    values = {
        "rule": rule,
        "story_id": story,
        "article": held.article,
        "token": held.token,
        "severity": int(held.severity),
        "since": held.since,
        "until": until,
    }
    tx.upsert(tables.held, [values])


def release(tx: Transaction, rule: str, story: int) -> None:
    """It waits no longer: it was told, or it will not be."""
    tx.connection.execute(delete(tables.held).where(_HELD.rule == rule, _HELD.story_id == story))


def held_of(tx: Transaction, stories: Collection[int]) -> dict[tuple[str, int], Held]:
    """What waits of these stories, by rule and story."""
    found: dict[tuple[str, int], Held] = {}
    for piece in chunks(list(stories)):
        rows = tx.connection.execute(select(tables.held).where(_HELD.story_id.in_(piece)))
        found |= {(row.rule, row.story_id): _held(row) for row in rows}
    return found


def overdue(tx: Transaction, now: datetime, limit: int = 100) -> list[tuple[str, int, Held]]:
    """The rule, story and hold of what has waited long enough, the longest overdue first."""
    query = select(tables.held).where(_HELD.until <= now).order_by(_HELD.until).limit(limit)
    return [(row.rule, row.story_id, _held(row)) for row in tx.connection.execute(query)]


def waiting(tx: Transaction, limit: int = 1000) -> list[tuple[str, int, Held, datetime]]:
    """Everything that waits, with the time at which it is told in any case, the first to be told first."""
    query = select(tables.held).order_by(_HELD.until).limit(limit)
    return [(row.rule, row.story_id, _held(row), row.until) for row in tx.connection.execute(query)]


def next_until(tx: Transaction) -> datetime | None:
    """When the next wait ends, None if nothing waits."""
    earliest: datetime | None = tx.connection.execute(select(func.min(_HELD.until))).scalar_one()
    return earliest


def _held(row: Row[Any]) -> Held:
    return Held(row.article, row.token, Severity(row.severity), row.since)
