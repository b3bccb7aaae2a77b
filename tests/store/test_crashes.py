"""``kill -9`` in the middle of a migration, a backup or a restore: afterwards the database is whole, old or new."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest

from monitor.errors import CorruptDatabaseError
from monitor.store import Store, articles, backup, schema, sqlite
from monitor.store.migrations import HEAD
from monitor.store.values import NewArticle

_PROGRAM = """
import sys, datetime, pathlib
from alembic import command, script  # loaded before the clock starts
from monitor.store import Store, backup
path, backups = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
now = datetime.datetime.fromisoformat(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
{what}
"""
_UPGRADE = "Store.open(path, now=now, exclusive=True, backups=backups).close()"
_BACKUP = "\nfor second in range(1000): backup.make(path, backups, now + datetime.timedelta(seconds=second), keep=3)"
_RESTORE = "\nwhile True: backup.restore(path, backups, now)"


@pytest.fixture
def kill_in(path: Path, backups: Path, now: datetime) -> Callable[[str, float], None]:
    """Run a program and kill it so many seconds after it began."""

    def run(what: str, seconds: float) -> None:
        command = [sys.executable, "-c", _PROGRAM.format(what=what), str(path), str(backups), now.isoformat()]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
            assert program.stdin is not None
            assert program.stdout is not None
            program.stdout.readline()
            program.stdin.write("go\n")
            program.stdin.flush()
            with suppress(subprocess.TimeoutExpired):
                program.wait(seconds)
            program.kill()

    return run


@pytest.mark.slow
def test_a_killed_migration_leaves_the_old_database_or_the_new_one(
    path: Path, backups: Path, now: datetime, kill_in: Callable[[str, float], None]
) -> None:
    chance = random.Random(1)
    path.parent.mkdir()
    seen = set()
    for _ in range(6):
        path.unlink(missing_ok=True)
        sqlite.create_file(path)
        schema.migrate(path, now, target="0001")
        kill_in(_UPGRADE, chance.uniform(0, 0.25))
        assert sqlite.check(path, thorough=True) == ""
        seen.add(schema.revision_of(path))
        with Store.open(path, now=now, exclusive=True, backups=backups) as store:
            assert store.integrity_check() == ""
        assert [sqlite.check(copy) for copy in backup.listing(path, backups)] == [""] * len(
            backup.listing(path, backups)
        )
    assert seen <= {"0001", HEAD}


@pytest.mark.slow
def test_a_killed_backup_leaves_only_whole_backups(
    store: Store,
    backups: Path,
    now: datetime,
    kill_in: Callable[[str, float], None],
    make_article: Callable[[int], NewArticle],
) -> None:
    chance = random.Random(2)
    store.write_now(lambda tx: articles.add(tx, [make_article(number) for number in range(500)], now))
    for _ in range(4):
        kill_in(_BACKUP, chance.uniform(0, 0.2))
        for copy in backup.listing(store.path, backups):
            assert sqlite.check(copy, thorough=True) == ""
    backup.make(store.path, backups, now)
    assert [file.name for file in backups.iterdir() if ".draft-" in file.name] == []


@pytest.mark.slow
def test_a_killed_restore_can_be_done_again_and_never_passes_for_a_first_start(
    path: Path,
    backups: Path,
    now: datetime,
    kill_in: Callable[[str, float], None],
    make_article: Callable[[int], NewArticle],
) -> None:
    chance = random.Random(3)
    with Store.open(path, now=now, exclusive=True, backups=backups) as store:
        store.write_now(lambda tx: articles.add(tx, [make_article(number) for number in range(500)], now))
    backup.make(path, backups, now)
    for _ in range(6):
        kill_in(_RESTORE, chance.uniform(0, 0.3))
        try:
            store = Store.open(path, now=now, exclusive=True, backups=backups)
        except CorruptDatabaseError:  # killed between the old database's leaving and the new one's coming
            backup.restore(path, backups, now)
            store = Store.open(path, now=now, exclusive=True, backups=backups)
        with store:
            assert store.read_now(articles.count) == 500
            assert store.integrity_check() == ""
