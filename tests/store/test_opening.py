"""A database is opened sound or not at all; what is wrong is said, and nothing is ever silently begun anew."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from monitor.errors import AlreadyRunningError, CorruptDatabaseError, NewerDatabaseError, StoreError
from monitor.store import Store, articles, backup, meta
from monitor.store.values import NewArticle


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_can_read_the_database_its_side_files_and_its_directory(store: Store, backups: Path) -> None:
    store.write_now(lambda tx: meta.put(tx, "name", "value"))
    copy = backup.make(store.path, backups, datetime.fromisoformat("2026-03-01T12:00:00+00:00"))

    files = [
        store.path,
        *(store.path.with_name(store.path.name + ending) for ending in ("-wal", "-shm", ".lock")),
        copy,
    ]
    assert {file.name: oct(_mode(file)) for file in files} == {file.name: oct(0o600) for file in files}
    assert [oct(_mode(directory)) for directory in (store.path.parent, backups)] == [oct(0o700)] * 2


def test_rights_of_others_are_taken_away_but_a_group_stays(path: Path, now: datetime) -> None:
    Store.open(path, now=now, exclusive=True).close()
    path.chmod(0o664)
    Store.open(path, now=now, exclusive=False).close()
    assert oct(_mode(path)) == oct(0o660)


def test_a_new_database_leaves_no_draft_behind(store: Store) -> None:
    assert [file.name for file in store.path.parent.iterdir() if ".draft-" in file.name] == []


def test_a_second_daemon_is_refused_with_the_first_ones_process_number(store: Store, now: datetime) -> None:
    with pytest.raises(AlreadyRunningError) as refused:
        Store.open(store.path, now=now, exclusive=True)
    assert str(os.getpid()) in str(refused.value)
    assert str(store.path) in str(refused.value)


def test_other_programs_read_and_write_beside_a_daemon(store: Store, now: datetime) -> None:
    with Store.open(store.path, now=now, exclusive=False) as beside:
        beside.write_now(lambda tx: meta.put(tx, "silenced", "yes"))
    assert store.read_now(lambda tx: meta.get(tx, "silenced")) == "yes"


def test_the_lock_dies_with_its_holder(path: Path, now: datetime) -> None:
    program = (
        "import sys, datetime, pathlib; from monitor.store import Store\n"
        "Store.open(pathlib.Path(sys.argv[1]), now=datetime.datetime.now(datetime.UTC), exclusive=True)\n"
        "print('open', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(AlreadyRunningError, match=str(holder.pid)):
            Store.open(path, now=now, exclusive=True)
    finally:
        holder.kill()
        holder.communicate()
    Store.open(path, now=now, exclusive=True).close()


def test_a_forked_child_does_not_keep_the_lock_after_its_parent_let_go(path: Path, now: datetime) -> None:
    store = Store.open(path, now=now, exclusive=True)
    parent_done, done = os.pipe()
    child_alive, alive = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(done)
        os.write(alive, b"!")
        os.read(parent_done, 1)  # returns when the parent has closed its end
        os._exit(0)
    try:
        os.read(child_alive, 1)
        store.close()
        Store.open(path, now=now, exclusive=True).close()
    finally:
        for end in (done, parent_done, child_alive, alive):
            os.close(end)
        os.waitpid(child, 0)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _prose(path: Path) -> None:
    path.write_text("not a database, but long enough to be taken for one\n" * 100)


def _cut(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _scribble(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 9] = b"\xa5" * (4096 * 6)
    path.write_bytes(bytes(data))


def _no_tables(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM")


def _no_revision(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM alembic_version")
        connection.commit()


def _missing(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(_empty, id="empty"),
        pytest.param(_prose, id="not-a-database"),
        pytest.param(_cut, id="truncated"),
        pytest.param(_scribble, id="overwritten-pages"),
        pytest.param(_no_tables, id="no-tables"),
        pytest.param(_no_revision, id="no-revision"),
        pytest.param(_missing, id="missing-with-backups"),
    ],
)
def test_a_damaged_database_is_refused_and_not_touched(
    damage: Callable[[Path], None], path: Path, backups: Path, now: datetime, make_article: Callable[[int], NewArticle]
) -> None:
    with Store.open(path, now=now, exclusive=True, backups=backups) as store:
        store.write_now(lambda tx: articles.add(tx, [make_article(number) for number in range(200)], now))
    backup.make(path, backups, now)
    damage(path)
    before = path.read_bytes() if path.exists() else None

    with pytest.raises(CorruptDatabaseError, match="backup --restore") as refused:
        Store.open(path, now=now, exclusive=True, backups=backups)
    assert str(path) in str(refused.value)
    assert (path.read_bytes() if path.exists() else None) == before

    backup.restore(path, backups, now)
    with Store.open(path, now=now, exclusive=True, backups=backups) as store:
        assert store.read_now(articles.count) == 200


def test_a_log_without_its_database_is_not_a_first_start(path: Path, now: datetime) -> None:
    path.parent.mkdir()
    path.with_name("news.db-wal").write_bytes(b"what was not yet written back")
    with pytest.raises(CorruptDatabaseError, match=r"news\.db-wal"):
        Store.open(path, now=now, exclusive=True)
    assert not path.exists()


def test_a_newer_database_is_refused_by_its_version_and_not_touched(path: Path, now: datetime) -> None:
    Store.open(path, now=now, exclusive=True).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0099'")
        connection.execute("UPDATE meta SET value = '9.7.0' WHERE name = 'written_by'")
        connection.commit()
    before = path.read_bytes()
    for exclusive in (True, False):
        with pytest.raises(NewerDatabaseError, match=r"9\.7\.0"):
            Store.open(path, now=now, exclusive=exclusive)
    assert path.read_bytes() == before


def test_another_programs_database_is_refused(path: Path, now: datetime) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")
        connection.commit()
    with pytest.raises(StoreError, match="not one of newsmonitor's"):
        Store.open(path, now=now, exclusive=True)


def test_a_directory_in_the_databases_place_is_refused(path: Path, now: datetime) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StoreError, match=str(path)):
        Store.open(path, now=now, exclusive=True)


def test_a_file_in_the_directorys_place_is_refused(path: Path, now: datetime) -> None:
    path.parent.write_text("not a directory")
    with pytest.raises(StoreError, match=str(path.parent)):
        Store.open(path, now=now, exclusive=True)


def test_a_lock_file_that_cannot_be_opened_is_named(path: Path, now: datetime) -> None:
    lock = path.with_name(path.name + ".lock")
    lock.mkdir(parents=True)
    with pytest.raises(StoreError, match=str(lock)):
        Store.open(path, now=now, exclusive=True)


def test_drafts_of_dead_processes_are_cleared_and_those_of_living_ones_are_not(path: Path, now: datetime) -> None:
    path.parent.mkdir()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left, living = (path.with_name(f"{path.name}.draft-{process}") for process in (dead.pid, os.getppid()))
    for draft in (left, path.with_name(left.name + "-wal"), living):
        draft.touch()
    Store.open(path, now=now, exclusive=True).close()
    assert sorted(file.name for file in path.parent.iterdir() if ".draft-" in file.name) == [living.name]


@pytest.mark.parametrize("first_start", [True, False])
def test_a_draft_of_an_earlier_process_with_our_number_is_in_nobodys_way(
    first_start: bool, path: Path, now: datetime
) -> None:
    """In a container every process has the number of the one before it."""
    path.parent.mkdir()
    if not first_start:
        Store.open(path, now=now, exclusive=True).close()
    path.with_name(f"{path.name}.draft-{os.getpid()}").write_bytes(b"half of a database")
    Store.open(path, now=now, exclusive=True).close()
    assert [file.name for file in path.parent.iterdir() if ".draft-" in file.name] == []


def test_a_first_start_that_was_killed_leaves_no_second_name_of_the_database(path: Path, now: datetime) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    Store.open(path, now=now, exclusive=True).close()
    path.with_name(f"{path.name}.draft-{dead.pid}").hardlink_to(path)
    Store.open(path, now=now, exclusive=True).close()
    assert path.stat().st_nlink == 1


def test_what_is_written_is_there_after_reopening(path: Path, now: datetime) -> None:
    with Store.open(path, now=now, exclusive=True) as store:
        store.write_now(lambda tx: meta.put(tx, "name", "Россия 북한"))
    with Store.open(path, now=now, exclusive=True) as store:
        assert store.read_now(lambda tx: meta.get(tx, "name")) == "Россия 북한"
        assert store.integrity_check() == ""


def test_a_database_that_another_program_holds_for_a_moment_is_waited_for(store: Store, now: datetime) -> None:
    store.close()
    with closing(sqlite3.connect(store.path, isolation_level=None, check_same_thread=False)) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        letting_go = threading.Timer(0.4, holder.close)
        letting_go.start()
        with Store.open(store.path, now=now, exclusive=True) as opened:
            assert opened.read_now(articles.count) == 0
        letting_go.join()
