"""What was told of a story for a rule, and which stories still wait for corroboration."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select

from monitor.alerts.state import Held, PastAlert, dump_alert, load_alert
from monitor.rules.model import Severity
from monitor.store import tables
from monitor.store.transaction import Transaction, chunks

_TOLD = tables.told.c
_HELD = tables.held.c
_RELEASE = delete(tables.held).where(_HELD.rule == bindparam("of"), _HELD.story_id == bindparam("about"))


@dataclass(frozen=True, slots=True)
class Told:
    """What was known when a story was told for a rule; ``number`` is the stored alert's, None for a shadow rule's."""

    rule: str
    story: int
    alert: PastAlert
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A story that waits for corroboration under a rule, until ``until`` at the latest."""

    rule: str
    story: int
    held: Held
    until: datetime


def add(tx: Transaction, alerts: Sequence[Told]) -> None:
    """Remember what was told."""
    rows = [
        {"rule": one.rule, "story_id": one.story, "alert_id": one.number, "at": one.alert.at,
         "facts": dump_alert(one.alert)}
        for one in alerts
    ]  # fmt: skip
    if rows:
        tx.connection.execute(insert(tables.told), rows)


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


def hold(tx: Transaction, waiting: Sequence[Waiting]) -> None:
    """Let stories wait for corroboration, in place of what was held of them before."""
    rows = [
        {
            "rule": one.rule,
            "story_id": one.story,
            "article": one.held.article,
            "token": one.held.token,
            "severity": int(one.held.severity),
            "since": one.held.since,
            "until": one.until,
        }
        for one in waiting
    ]
    tx.upsert(tables.held, rows)


def release(tx: Transaction, stories: Sequence[tuple[str, int]]) -> None:
    """These, by rule and story, wait no longer: they were told, or they will not be."""
    rows = [{"of": rule, "about": story} for rule, story in stories]
    if rows:
        tx.connection.execute(_RELEASE, rows)


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
