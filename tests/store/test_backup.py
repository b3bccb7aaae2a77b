"""A backup is whole, however busy the database; a restore loses nothing that was in it and floods nobody."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.errors import AlreadyRunningError, StoreError
from monitor.store import Store, alerts, articles, backup, deliveries, meta, sqlite
from monitor.store.values import NewAlert, NewArticle


def _content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        names = [
            row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        return {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in names}


def test_a_backup_holds_exactly_what_the_database_held(
    store: Store, backups: Path, now: datetime, make_article: Callable[[int], NewArticle]
) -> None:
    store.write_now(lambda tx: articles.add(tx, [make_article(number) for number in range(300)], now))
    copy = backup.make(store.path, backups, now)
    assert _content(copy) == _content(store.path)
    assert [file.name for file in backups.iterdir()] == [copy.name]


def test_a_backup_of_a_busy_database_is_one_whole_moment(
    store: Store, backups: Path, now: datetime, make_article: Callable[[int], NewArticle]
) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            batch = [make_article(number + step) for step in range(10)]
            store.write_now(lambda tx, batch=batch: articles.add(tx, batch, now))  # type: ignore[misc]
            number += 10

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [backup.make(store.path, backups, now + timedelta(seconds=step), keep=20) for step in range(15)]
    finally:
        stop.set()
        writer.join()
    counts = []
    for copy in copies:
        assert sqlite.check(copy, thorough=True) == ""
        tables = _content(copy)
        assert len(tables["identities"]) == 2 * len(tables["articles"])
        counts.append(len(tables["articles"]))
    assert all(count % 10 == 0 for count in counts)
    assert counts == sorted(counts)


def test_only_the_newest_backups_are_kept_and_migration_ones_are_not_pushed_out(
    store: Store, backups: Path, now: datetime
) -> None:
    before = backup.make(store.path, backups, now, label="before-0002")
    made = [backup.make(store.path, backups, now + timedelta(days=day), keep=3) for day in range(1, 6)]
    assert backup.listing(store.path, backups) == [*made[:1:-1], before]


def test_other_files_in_the_directory_are_left_alone(store: Store, backups: Path, now: datetime) -> None:
    backups.mkdir()
    mine = backups / "news-notes.db"
    mine.write_text("mine")
    backup.make(store.path, backups, now, keep=1)
    backup.make(store.path, backups, now + timedelta(days=1), keep=1)
    assert mine.read_text() == "mine"
    assert len(backup.listing(store.path, backups)) == 1


def test_a_backup_that_cannot_be_written_leaves_nothing_half_made(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "no such directory" / "copy.db"
    with pytest.raises(StoreError):
        store.backup(target)
    occupied = tmp_path / "occupied"
    occupied.mkdir()
    with pytest.raises(StoreError, match="occupied"):
        store.backup(occupied)
    assert [file.name for file in tmp_path.iterdir() if ".draft-" in file.name] == []


def test_a_restore_gives_back_the_backup_and_keeps_the_old_files(
    store: Store, backups: Path, now: datetime, make_article: Callable[[int], NewArticle]
) -> None:
    store.write_now(lambda tx: articles.add(tx, [make_article(1)], now))
    backup.make(store.path, backups, now)
    store.write_now(lambda tx: articles.add(tx, [make_article(2)], now))
    store.close()

    later = now + timedelta(hours=1)
    restored = backup.restore(store.path, backups, later)
    with Store.open(store.path, now=later, exclusive=True) as again:
        assert again.read_now(articles.count) == 1
        assert again.read_now(lambda tx: meta.get_time(tx, meta.RESTORED_AT)) == later
    assert len(_content(restored.set_aside[0])["articles"]) == 2


def test_after_a_restore_what_was_owed_is_still_owed_and_marked_as_perhaps_sent(
    store: Store, backups: Path, now: datetime, make_alert: Callable[[str], NewAlert]
) -> None:
    owed = [("mail", "a@example.org", now), ("mail", "b@example.org", now), ("chat", "", now)]
    store.write_now(lambda tx: alerts.add(tx, make_alert("u1"), owed))
    sent, claimed = (one.delivery.id for one in store.write_now(lambda tx: deliveries.claim(tx, "mail", now, 2)))
    store.write_now(lambda tx: deliveries.record_sent(tx, sent, now))
    backup.make(store.path, backups, now)
    store.close()

    restored = backup.restore(store.path, backups, now + timedelta(hours=1))
    assert restored.maybe_sent == 2
    with Store.open(store.path, now=now, exclusive=True) as again:
        found = {one.id: (one.state.value, one.maybe_sent) for one in again.read_now(deliveries.listing)}
    assert found == {sent: ("sent", False), claimed: ("due", True), 3: ("due", True)}


def test_a_restore_takes_the_newest_backup_that_is_sound(store: Store, backups: Path, now: datetime) -> None:
    good = backup.make(store.path, backups, now)
    backup.make(store.path, backups, now + timedelta(days=1)).write_bytes(b"rotten" * 5000)
    store.close()
    assert backup.restore(store.path, backups, now + timedelta(days=2)).backup == good


def test_without_a_sound_backup_nothing_is_changed(store: Store, backups: Path, now: datetime) -> None:
    backup.make(store.path, backups, now).write_bytes(b"")
    store.write_now(lambda tx: meta.put(tx, "here", "still"))
    store.close()
    with pytest.raises(StoreError, match="no backup to restore"):
        backup.restore(store.path, backups, now)
    with Store.open(store.path, now=now, exclusive=True) as again:
        assert again.read_now(lambda tx: meta.get(tx, "here")) == "still"


def test_a_restore_under_a_running_daemon_is_refused(store: Store, backups: Path, now: datetime) -> None:
    backup.make(store.path, backups, now)
    with pytest.raises(AlreadyRunningError):
        backup.restore(store.path, backups, now)


def test_an_older_backup_is_upgraded_on_the_way(store: Store, backups: Path, now: datetime, tmp_path: Path) -> None:
    from monitor.store import schema  # noqa: PLC0415 - only here

    older = tmp_path / "older.db"
    sqlite.create_file(older)
    schema.migrate(older, now, target="0001")
    store.close()
    backup.restore(store.path, backups, now, backup=older)
    with Store.open(store.path, now=now, exclusive=True) as again:
        assert again.integrity_check() == ""
    assert schema.revision_of(older) == "0001"
