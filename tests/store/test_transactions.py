"""All or nothing, one after the other, and no crash or full disk in between changes that."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from monitor.errors import CorruptDatabaseError, DiskFullError, StoreError
from monitor.rules.model import Severity
from monitor.store import Store, Transaction, articles, journal, matches, meta, sqlite
from monitor.store.values import Event, EventKind, NewArticle, StoredMatch

MakeArticle = Callable[[int], NewArticle]

_COUNTER = """
import sys, datetime, pathlib
from monitor.store import Store, meta

def bump(tx):
    meta.put(tx, "count", str(int(meta.get(tx, "count") or 0) + 1))

with Store.open(pathlib.Path(sys.argv[1]), now=datetime.datetime.now(datetime.UTC), exclusive=False) as store:
    for _ in range(int(sys.argv[2])):
        store.write_now(bump)
"""

_POLLER = """
import sys, datetime, pathlib
from monitor.store import Store, articles, journal
from monitor.store.values import Event, EventKind, NewArticle
from monitor.text.article import Article

now = datetime.datetime.now(datetime.UTC)

def poll(tx, number):
    batch = [
        NewArticle(Article(key=f"{number}-{i}", title="t" * 50, body="b" * 3000, feed="wire"), f"{number}/{i}")
        for i in range(20)
    ]
    for stored in articles.add(tx, batch, now):
        journal.record(tx, [Event(now, EventKind.STORED, article=stored.id, details={"poll": number})])

with Store.open(pathlib.Path(sys.argv[1]), now=now, exclusive=True) as store:
    number = store.read_now(journal.last_id)
    while True:
        store.write_now(lambda tx: poll(tx, number))
        print(number, flush=True)
        number += 20
"""


def _bump(tx: Transaction) -> None:
    meta.put(tx, "count", str(int(meta.get(tx, "count") or 0) + 1))


def test_an_exception_undoes_everything_its_transaction_did(store: Store) -> None:
    def half(tx: Transaction) -> None:
        meta.put(tx, "half", "done")
        raise KeyError("bug")

    with pytest.raises(KeyError):
        store.write_now(half)
    assert store.read_now(lambda tx: meta.get(tx, "half")) is None


def test_six_threads_lose_no_update(store: Store) -> None:
    def work() -> None:
        for _ in range(60):
            store.write_now(_bump)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.read_now(lambda tx: meta.get(tx, "count")) == "360"


def test_processes_beside_the_daemon_lose_no_update(store: Store) -> None:
    others = [subprocess.Popen([sys.executable, "-c", _COUNTER, str(store.path), "60"]) for _ in range(3)]
    for _ in range(60):
        store.write_now(_bump)
    assert [other.wait(60) for other in others] == [0, 0, 0]
    assert store.read_now(lambda tx: meta.get(tx, "count")) == "240"


def test_a_reader_sees_one_moment_while_the_writer_goes_on(store: Store) -> None:
    read, wrote = threading.Event(), threading.Event()

    def look_twice(tx: Transaction) -> tuple[str | None, str | None]:
        first = meta.get(tx, "count")
        read.set()
        assert wrote.wait(10)
        return first, meta.get(tx, "count")

    async def both() -> tuple[str | None, str | None]:
        looking = asyncio.create_task(store.read(look_twice))
        await asyncio.to_thread(read.wait, 10)
        await store.write(_bump)
        wrote.set()
        return await looking

    store.write_now(_bump)
    assert asyncio.run(both()) == ("1", "1")
    assert store.read_now(lambda tx: meta.get(tx, "count")) == "2"


def test_a_read_cannot_write(store: Store) -> None:
    with pytest.raises(Exception, match="readonly"):
        store.read_now(_bump)
    store.write_now(_bump)


def test_the_loop_turns_while_the_writer_works(store: Store) -> None:
    def slow(_: Transaction) -> None:
        time.sleep(0.3)

    async def longest_stall() -> float:
        writing = asyncio.create_task(store.write(slow))
        stalls = []
        while not writing.done():
            start = time.monotonic()
            await asyncio.sleep(0)
            stalls.append(time.monotonic() - start)
        return max(stalls)

    assert asyncio.run(longest_stall()) < 0.2


def test_a_cancelled_caller_leaves_no_trace_before_its_turn_and_a_whole_one_after(store: Store) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def first(tx: Transaction) -> None:
        begun.set()
        assert go_on.wait(10)
        meta.put(tx, "first", "done")

    async def cancel_both() -> None:
        running = asyncio.create_task(store.write(first))
        waiting = asyncio.create_task(store.write(lambda tx: meta.put(tx, "second", "done")))
        await asyncio.to_thread(begun.wait, 10)
        for task in (running, waiting):
            task.cancel()
        await asyncio.gather(running, waiting, return_exceptions=True)
        go_on.set()

    asyncio.run(cancel_both())
    assert store.write_now(lambda tx: (meta.get(tx, "first"), meta.get(tx, "second"))) == ("done", None)


def test_a_broken_constraint_is_a_bug_and_stays_one(store: Store) -> None:
    orphan = StoredMatch(article=4711, rule="arms", rule_version="1", severity=Severity.LOW, hits=())
    with pytest.raises(IntegrityError):
        store.write_now(lambda tx: matches.add(tx, [orphan], datetime.fromisoformat("2026-03-01T00:00:00+00:00")))
    store.write_now(_bump)


def test_a_lock_held_by_another_program_is_waited_for(store: Store) -> None:
    with closing(sqlite3.connect(store.path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.3, lambda: other.execute("COMMIT"))
        release.start()
        store.write_now(_bump)
        release.join()
    assert store.read_now(lambda tx: meta.get(tx, "count")) == "1"


def test_a_lock_that_is_never_given_back_is_named_and_the_store_goes_on_afterwards(store: Store) -> None:
    store.write_now(lambda tx: tx.connection.exec_driver_sql("PRAGMA busy_timeout=50").fetchall())
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            with pytest.raises(StoreError, match="another program"):
                store.write_now(_bump)
    store.write_now(_bump)
    assert store.read_now(lambda tx: meta.get(tx, "count")) == "1"


@pytest.mark.slow
def test_kill_9_in_the_middle_of_writing_leaves_whole_polls_and_a_sound_database(path: Path, now: datetime) -> None:
    chance = random.Random(5)
    confirmed: list[int] = []
    for _ in range(8):
        poller = subprocess.Popen([sys.executable, "-c", _POLLER, str(path)], stdout=subprocess.PIPE, text=True)
        assert poller.stdout is not None
        confirmed.append(int(poller.stdout.readline()))
        with suppress(subprocess.TimeoutExpired):
            poller.wait(chance.uniform(0, 0.05))
        poller.send_signal(signal.SIGKILL)
        rest, _ = poller.communicate()
        confirmed += [int(line) for line in rest.split() if line.isdecimal()][:-1]

    with Store.open(path, now=now, exclusive=True) as store:
        assert store.integrity_check() == ""
        events = store.read_now(lambda tx: journal.read(tx, limit=1_000_000))
        per_poll: dict[object, int] = {}
        for event in events:
            per_poll[event.details["poll"]] = per_poll.get(event.details["poll"], 0) + 1
        assert set(per_poll.values()) == {20}
        assert set(confirmed) <= set(per_poll)
        assert store.read_now(articles.count) == len(events)


def test_a_full_disk_is_named_undoes_the_write_and_heals(
    store: Store, now: datetime, make_article: MakeArticle
) -> None:
    limit = int(store.read_now(lambda tx: tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one()))

    def fill(tx: Transaction) -> None:
        articles.add(tx, [make_article(number) for number in range(2000)], now)

    def set_limit(pages: int) -> None:
        store.write_now(lambda tx: tx.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}").fetchall())

    set_limit(limit + 5)
    for _ in range(2):
        with pytest.raises(DiskFullError, match="space"):
            store.write_now(fill)
    assert store.read_now(articles.count) == 0
    set_limit(1_000_000)
    store.write_now(fill)
    assert store.read_now(articles.count) == 2000
    assert store.integrity_check() == ""


def test_a_file_size_limit_or_quota_is_a_full_disk_too(path: Path, now: datetime) -> None:
    program = """
import sys, datetime, pathlib, resource
from monitor.errors import DiskFullError
from monitor.store import Store, articles, meta
from monitor.store.values import NewArticle
from monitor.text.article import Article

now = datetime.datetime.now(datetime.UTC)
with Store.open(pathlib.Path(sys.argv[1]), now=now, exclusive=True) as store:
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
    stored = failed = 0
    for number in range(400):
        article = NewArticle(Article(key=str(number), title="t", body="b" * 4000, feed="wire"))
        try:
            stored += len(store.write_now(lambda tx: articles.add(tx, [article], now)))
        except DiskFullError:
            failed += 1
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    store.write_now(lambda tx: meta.put(tx, "healed", "yes"))
    print(stored, failed, store.read_now(articles.count), store.integrity_check() or "ok")
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    stored, failed, counted, fault = done.stdout.split()
    assert int(failed) > 0
    assert stored == counted
    assert fault == "ok"
    with Store.open(path, now=now, exclusive=True) as store:
        assert store.read_now(articles.count) == int(stored)
        assert store.read_now(lambda tx: meta.get(tx, "healed")) == "yes"


def test_damage_that_shows_while_running_is_named(store: Store, now: datetime, make_article: MakeArticle) -> None:
    for first in range(0, 2000, 200):
        batch = [make_article(number) for number in range(first, first + 200)]
        store.write_now(lambda tx, batch=batch: articles.add(tx, batch, now))  # type: ignore[misc]
    store.write_now(lambda tx: tx.connection.exec_driver_sql("DELETE FROM meta"))
    store.close()
    size = store.path.stat().st_size
    with Store.open(store.path, now=now, exclusive=False) as beside:
        assert beside.read_now(lambda tx: articles.get(tx, 1)) is not None
        with store.path.open("r+b") as file:
            file.seek(4096 * 2)
            file.write(os.urandom(size - 4096 * 2))
        with pytest.raises(CorruptDatabaseError, match="backup --restore"):
            beside.read_now(lambda tx: articles.find(tx, "nowhere"))


def test_only_the_ruling_program_checkpoints(store: Store, now: datetime) -> None:
    def setting(tx: Transaction) -> int:
        return int(tx.connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar_one())

    with Store.open(store.path, now=now, exclusive=False) as beside:
        assert (store.write_now(setting) > 0, store.read_now(setting)) == (True, 0)
        assert (beside.write_now(setting), beside.read_now(setting)) == (0, 0)


def test_every_commit_is_on_disk(store: Store) -> None:
    def settings(tx: Transaction) -> tuple[object, ...]:
        names = ("journal_mode", "synchronous", "foreign_keys", "auto_vacuum")
        return tuple(tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names)

    assert store.write_now(settings) == ("wal", 2, 1, 2)


def test_an_event_is_never_half_written(store: Store, now: datetime) -> None:
    def record(tx: Transaction) -> None:
        journal.record(tx, [Event(now, EventKind.STORED, reason="first")])
        journal.record(tx, [Event(now, EventKind.STORED, details={"at": now})])  # not JSON: fails

    with pytest.raises(Exception, match="JSON"):
        store.write_now(record)
    assert store.read_now(journal.last_id) == 0
    assert sqlite.check(store.path, thorough=True) == ""
