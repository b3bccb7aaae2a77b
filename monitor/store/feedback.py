"""Readers' verdicts on alerts."""

from __future__ import annotations

from datetime import datetime
from operator import eq, ge

from sqlalchemy import insert, select

from monitor.alerts.feedback import Feedback
from monitor.store import tables
from monitor.store.transaction import Transaction, narrow

_FEEDBACK = tables.feedback.c
_ALERT = tables.alerts.c


def add(tx: Transaction, feedback: Feedback, *, author: str = "") -> None:
    """Put down a verdict; an earlier one on the same alert stays on record."""
    values = {"alert_id": feedback.alert, "good": feedback.good, "comment": feedback.comment, "at": feedback.at}
    tx.connection.execute(insert(tables.feedback), values | {"author": author})


def every(tx: Transaction, *, rule: str = "", since: datetime | None = None, limit: int = 100_000) -> list[Feedback]:
    """Verdicts in order, with the rule of their alert."""
    query = select(tables.feedback, _ALERT.rule).join(tables.alerts, _ALERT.id == _FEEDBACK.alert_id)
    query = narrow(query, (_ALERT.rule, eq, rule), (_FEEDBACK.at, ge, since)).order_by(_FEEDBACK.id).limit(limit)
    rows = tx.connection.execute(query)
    return [Feedback(row.alert_id, row.rule, bool(row.good), row.at, row.comment) for row in rows]
