"""Rules at work: since when each version runs, what it costs, and which were left out because they failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from monitor.store import tables
from monitor.store.transaction import Transaction

_RULE = tables.rules.c


@dataclass(frozen=True, slots=True)
class RuleAtWork:
    """A rule as it runs. ``runs`` are the articles it was evaluated for; ``failure`` says why it is left out."""

    rule: str
    version: str
    since: datetime
    runs: int = 0
    seconds: float = 0.0
    failure: str = ""
    failed_at: datetime | None = None

    @property
    def milliseconds(self) -> float:
        """Per article that it was evaluated for; 0 before the first."""
        return 1000 * self.seconds / self.runs if self.runs else 0.0


def take_up(tx: Transaction, versions: Mapping[str, str], now: datetime) -> None:
    """Make these rules, by id and version, those at work: a new version begins anew, an old one goes on."""
    before = {row.rule: row.version for row in tx.connection.execute(select(_RULE.rule, _RULE.version))}
    gone = [rule for rule in before if rule not in versions]
    for rule in gone:
        tx.connection.execute(delete(tables.rules).where(_RULE.rule == rule))
    fresh = {"since": now, "runs": 0, "seconds": 0.0, "failure": "", "failed_at": None}
    changed = [(rule, version) for rule, version in versions.items() if before.get(rule) != version]
    tx.upsert(tables.rules, [{"rule": rule, "version": version, **fresh} for rule, version in changed])
    tx.connection.execute(update(tables.rules).where(_RULE.failure != "").values(failure="", failed_at=None))


def add(tx: Transaction, spent: Mapping[str, tuple[int, float]]) -> None:
    """Count further runs and seconds of rules; those that are no longer at work are passed over."""
    if spent:
        statement = update(tables.rules).where(_RULE.rule == bindparam("of"))
        more = {"runs": _RULE.runs + bindparam("more_runs"), "seconds": _RULE.seconds + bindparam("more_seconds")}
        rows = [{"of": rule, "more_runs": runs, "more_seconds": seconds} for rule, (runs, seconds) in spent.items()]
        tx.connection.execute(statement.values(more), rows)


def fail(tx: Transaction, rule: str, failure: str, now: datetime) -> None:
    """Note that a rule is left out, and why."""
    tx.connection.execute(update(tables.rules).where(_RULE.rule == rule).values(failure=failure, failed_at=now))


def version_of(tx: Transaction, rule: str) -> str:
    """The version at work, empty if there is none."""
    query = select(_RULE.version).where(_RULE.rule == rule)
    return tx.connection.execute(query).scalar_one_or_none() or ""


def every(tx: Transaction) -> dict[str, RuleAtWork]:
    """All rules at work, by id."""
    return {row.rule: RuleAtWork(*row) for row in tx.connection.execute(select(tables.rules).order_by(_RULE.rule))}
