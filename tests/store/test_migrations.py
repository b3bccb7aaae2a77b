"""Every older database arrives at the schema the program is written against, with all its rows, or stays as it was."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from monitor.errors import AlreadyRunningError
from monitor.store import Store, articles, backup, meta, schema, sqlite
from monitor.store.migrations import HEAD
from monitor.store.tables import METADATA

_REVISIONS = sorted(
    script.revision for script in ScriptDirectory(str(Path(schema.__file__).with_name("migrations"))).walk_revisions()
)


def _old_database(path: Path, revision: str, now: datetime) -> None:
    """A database of that revision with an article in it, written as that version would have."""
    path.parent.mkdir(mode=0o700)
    sqlite.create_file(path)
    schema.migrate(path, now, target=revision)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "INSERT INTO articles VALUES"
            " (7,'wire','k','2026-02-01 00:00:00.000000',NULL,'de','[\"de\"]','[]','','','','T','','B')"
        )
        connection.execute("INSERT INTO identities VALUES (x'01',7,x'02','2026-02-01 00:00:00.000000','wire')")
        connection.commit()


def _shape(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        )
        return {name: re.sub(r"[\s\"]+", " ", sql) for name, sql in rows}


def test_the_newest_revision_is_the_one_the_program_expects() -> None:
    assert _REVISIONS[-1] == HEAD


def test_the_migrated_schema_is_the_models(store: Store) -> None:
    differences = store.read_now(
        lambda tx: compare_metadata(
            MigrationContext.configure(tx.connection, opts={"compare_type": True, "compare_server_default": True}),
            METADATA,
        )
    )
    assert differences == []


def test_the_migrated_tables_are_word_for_word_those_of_the_models(store: Store) -> None:
    """``compare_metadata`` does not see foreign key actions, AUTOINCREMENT or WITHOUT ROWID."""
    from sqlalchemy import create_engine  # noqa: PLC0415 - a database that never saw a migration

    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        METADATA.create_all(connection)
        wanted = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").all()
    engine.dispose()
    migrated = _shape(store.path)
    for name, statement in wanted:
        if not name.startswith("sqlite_"):
            assert _parts(migrated[name]) == _parts(statement), name
    assert set(migrated) - {name for name, _ in wanted} == {"alembic_version"}


def _parts(statement: str) -> list[str]:
    return sorted(part.strip() for part in re.sub(r"[\s\"]+", " ", statement).replace("( ", "(").split(","))


@pytest.mark.parametrize("revision", _REVISIONS[:-1])
def test_a_database_of_every_older_revision_is_upgraded_after_a_backup(
    revision: str, path: Path, backups: Path, now: datetime
) -> None:
    _old_database(path, revision, now)
    with Store.open(path, now=now, exclusive=True, backups=backups) as store:
        assert store.read_now(lambda tx: articles.get(tx, 7)) is not None
        assert store.integrity_check() == ""
    assert schema.revision_of(path) == HEAD
    [copy] = backup.listing(path, backups)
    assert copy.name.endswith(f"-before-{HEAD}.db")
    assert schema.revision_of(copy) == revision


def test_an_upgrade_that_fails_changes_nothing(path: Path, now: datetime) -> None:
    _old_database(path, _REVISIONS[0], now)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE stories (in_the_way)")
        connection.commit()
    before = _shape(path)
    with pytest.raises(Exception, match="stories"):
        Store.open(path, now=now, exclusive=True)
    assert _shape(path) == before
    assert schema.revision_of(path) == _REVISIONS[0]


def test_a_command_does_not_upgrade_under_a_running_daemon(path: Path, now: datetime) -> None:
    with Store.open(path, now=now, exclusive=True), closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (_REVISIONS[0],))
        connection.commit()
        with pytest.raises(AlreadyRunningError, match="older version"):
            Store.open(path, now=now, exclusive=False)


def test_the_version_that_wrote_the_schema_is_on_record(store: Store) -> None:
    facts = store.read_now(meta.everything)
    assert set(facts) >= {"written_by", "created_at"}


def test_the_schema_is_valid_for_postgresql() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    for table in METADATA.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=dialect))
        for index in table.indexes:
            assert "CREATE INDEX" in str(CreateIndex(index).compile(dialect=dialect))
