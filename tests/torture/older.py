"""Databases as an older version would have left them: the same rows, in the tables and columns that it had."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from monitor.store import schema, sqlite


def make_older(database: Path, target: Path, revision: str, now: datetime) -> None:
    """Write what ``database`` holds to ``target``, a new file of that revision, as far as that had a place for it."""
    sqlite.create_file(target)
    schema.migrate(target, now, target=revision)
    with closing(sqlite3.connect(target, isolation_level=None)) as old:
        old.execute("ATTACH ? AS new", (str(database),))
        tables = [row[0] for row in old.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
        for table in tables:
            if table.startswith(("sqlite_", "alembic_", "meta")):
                continue
            there = {row[1] for row in old.execute(f"PRAGMA new.table_info({table})")}
            names = [row[1] for row in old.execute(f"PRAGMA main.table_info({table})") if row[1] in there]
            old.execute(f"INSERT INTO main.{table} ({','.join(names)}) SELECT {','.join(names)} FROM new.{table}")


def revision_of(database: Path) -> str:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=20)) as opened:
        return str(opened.execute("SELECT version_num FROM alembic_version").fetchone()[0])
