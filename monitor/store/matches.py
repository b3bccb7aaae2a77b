"""Which rules held for which articles, through which words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from operator import ge, lt
from typing import Any

from sqlalchemy import Row, bindparam, case, delete, func, select

from monitor.rules.hits import Hit
from monitor.rules.model import Severity
from monitor.store import tables
from monitor.store.transaction import Transaction, narrow
from monitor.store.values import StoredMatch

_MATCH = tables.matches.c
_ALERT = tables.alerts.c
_UNCOUNTED = tables.uncounted.c
_COUNT_AGAIN = delete(tables.uncounted).where(
    _UNCOUNTED.rule == bindparam("of"), _UNCOUNTED.article_id == bindparam("about")
)
_SAME = ("article_id", "rule", "rule_version")


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often a rule held since some time; ``shadow`` counts those that could not alert."""

    rule: str
    matches: int
    shadow: int
    alerts: int
    last_at: datetime | None


def add(tx: Transaction, matches: Sequence[StoredMatch], now: datetime) -> None:
    """Record matches; one of the same article, rule and version takes the earlier one's place."""
    tx.upsert(tables.matches, [_row(match, now) for match in matches], same=_SAME)


def of_article(tx: Transaction, article: int) -> list[StoredMatch]:
    """The matches of an article, by rule."""
    query = select(tables.matches).where(_MATCH.article_id == article).order_by(_MATCH.rule, _MATCH.id)
    return [_stored(row) for row in tx.connection.execute(query)]


def of_rule(
    tx: Transaction,
    rule: str,
    *,
    since: datetime | None = None,
    shadow: bool | None = None,
    before: int = 0,
    limit: int = 100,
) -> list[StoredMatch]:
    """The latest matches of a rule, the newest first."""
    query = select(tables.matches).where(_MATCH.rule == rule)
    query = narrow(query, (_MATCH.matched_at, ge, since), (_MATCH.id, lt, before)).order_by(_MATCH.id.desc())
    if shadow is not None:
        query = query.where(_MATCH.shadow == shadow)
    return [_stored(row) for row in tx.connection.execute(query.limit(limit))]


def withdraw(tx: Transaction, article: int, rule: str) -> None:
    """Remove a rule's matches of an article whose new text no longer matches."""
    tx.connection.execute(delete(tables.matches).where(_MATCH.article_id == article, _MATCH.rule == rule))


def weigh(tx: Transaction, found: Collection[tuple[str, int]], *, counts: bool) -> None:
    """Note of these matches, by rule and article, whether they confirm their story; they do unless noted otherwise."""
    rows = [{"of": rule, "about": article} for rule, article in found]
    if rows and counts:
        tx.connection.execute(_COUNT_AGAIN, rows)
    elif rows:
        tx.upsert(tables.uncounted, [{"article_id": row["about"], "rule": row["of"]} for row in rows])


def counts(tx: Transaction, since: datetime) -> list[RuleCount]:
    """How often each rule held and alerted since then, by rule; rules that never held are not listed."""
    matched = tx.connection.execute(
        select(_MATCH.rule, func.count(), func.sum(case((_MATCH.shadow, 1), else_=0)), func.max(_MATCH.matched_at))
        .where(_MATCH.matched_at >= since)
        .group_by(_MATCH.rule)
        .order_by(_MATCH.rule)
    ).all()
    raised = select(_ALERT.rule, func.count()).where(_ALERT.created_at >= since).group_by(_ALERT.rule)
    alerted = {row[0]: row[1] for row in tx.connection.execute(raised)}
    return [RuleCount(rule, total, shadow, alerted.get(rule, 0), last) for rule, total, shadow, last in matched]


def _row(match: StoredMatch, now: datetime) -> dict[str, Any]:
    return {
        "article_id": match.article,
        "rule": match.rule,
        "rule_version": match.rule_version,
        "severity": int(match.severity),
        "shadow": match.shadow,
        "matched_at": match.matched_at or now,
        "hits": [asdict(hit) for hit in match.hits],
    }


def _stored(row: Row[Any]) -> StoredMatch:
    return StoredMatch(
        article=row.article_id,
        rule=row.rule,
        rule_version=row.rule_version,
        severity=Severity(row.severity),
        hits=tuple(Hit(**hit) for hit in row.hits),
        shadow=row.shadow,
        matched_at=row.matched_at,
    )
