"""Facts about the database itself, by name."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select

from monitor.store import tables
from monitor.store.transaction import Transaction

CREATED_AT: Final = "created_at"
WRITTEN_BY: Final = "written_by"
"""The version of newsmonitor that last changed the schema."""
RESTORED_AT: Final = "restored_at"
"""When a backup took this database's place. What a feed published before then and shows at its first poll since
(``polled_at < restored_at``) may have been told already: store it, tell no one."""
HEARTBEAT_AT: Final = "heartbeat_at"
TROUBLES: Final = "troubles"
"""What the daemon had to complain of at its last sign of life, a line each; empty if all was well."""
BACKED_UP_AT: Final = "backed_up_at"
PRUNED_AT: Final = "pruned_at"


def get(tx: Transaction, name: str) -> str | None:
    """A fact, None if it is not recorded."""
    return tx.connection.execute(select(tables.meta.c.value).where(tables.meta.c.name == name)).scalar_one_or_none()


def put(tx: Transaction, name: str, value: str) -> None:
    """Record a fact, in place of what was there."""
    tx.upsert(tables.meta, [{"name": name, "value": value}])


def get_time(tx: Transaction, name: str) -> datetime | None:
    """A fact that is a time."""
    value = get(tx, name)
    return None if value is None else datetime.fromisoformat(value)


def put_time(tx: Transaction, name: str, value: datetime) -> None:
    """Record a time (aware; kept as RFC 3339)."""
    put(tx, name, value.isoformat())


def everything(tx: Transaction) -> dict[str, str]:
    """All facts, for ``doctor``."""
    rows = tx.connection.execute(select(tables.meta).order_by(tables.meta.c.name))
    return {row.name: row.value for row in rows}
