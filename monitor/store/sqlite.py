"""All that is true of SQLite alone: pragmas, transactions, file rights, copies of a live file.

Measured reasons (docs/adr/0003-store.md): WAL with ``synchronous=FULL`` loses nothing to a power cut and is no slower
here; ``BEGIN IMMEDIATE`` is what keeps read-then-write transactions from losing updates; and only one connection
checkpoints, because two that meet at the end of a WAL can corrupt it (SQLite before 3.51.3).
"""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from monitor.store.columns import to_json

BUSY_SECONDS = 15.0
"""How long one program waits for another's write to end; a write of ours takes milliseconds."""

_KEEP_WAL_BYTES = 64 * 1024 * 1024
_CHECKPOINT_PAGES = 1000
_LITTLE_CACHE = "PRAGMA cache_size=-256"
"""For reading a whole database once: KiB that the thread's part of the heap would keep for good."""

SIDE_FILES = ("-wal", "-shm")
"""Endings of the files that belong to a live database; without them a copy of it is not whole."""


def connect_writer(path: Path, *, checkpoints: bool, foreign_keys: bool = True) -> Engine:
    """One connection, every transaction of it ``BEGIN IMMEDIATE``. ``checkpoints`` only for the program that rules."""
    pages = _CHECKPOINT_PAGES if checkpoints else 0
    pragmas = (
        f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
        "synchronous=FULL",
        f"wal_autocheckpoint={pages}",
        f"journal_size_limit={_KEEP_WAL_BYTES}",
    )
    return _engine(path, pragmas, begin="BEGIN IMMEDIATE", connections=1)


def connect_readers(path: Path, connections: int) -> Engine:
    """Up to so many connections that cannot write; each transaction sees one moment of the database."""
    return _engine(path, ("query_only=ON", "wal_autocheckpoint=0"), begin="BEGIN", connections=connections)


def _engine(path: Path, pragmas: tuple[str, ...], *, begin: str, connections: int) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = open_raw(path)
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    engine = create_engine(
        "sqlite://", creator=connect, poolclass=QueuePool, pool_size=connections, max_overflow=0,
        json_serializer=to_json,
    )  # fmt: skip

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.connection.cursor().execute(begin)

    return engine


def create_file(path: Path) -> None:
    """A new, empty database in WAL mode that only its owner can read; SQLite gives its side files the same rights."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with closing(open_raw(path)) as connection:
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")  # can only be chosen before the first table
        connection.execute("PRAGMA journal_mode=WAL")


def shut_out_others(path: Path) -> None:
    """Take every right on the database from "others"; a group that the operator let in stays."""
    for file in (path, *(path.with_name(path.name + ending) for ending in SIDE_FILES)):
        with suppress(FileNotFoundError, PermissionError):
            mode = stat.S_IMODE(file.stat().st_mode)
            if mode & 0o007:
                file.chmod(mode & ~0o007)


def check(path: Path, *, thorough: bool = False) -> str:
    """What is wrong with the database, empty if nothing. Quick: structure; thorough: indexes and references too."""
    try:
        with closing(open_raw(path)) as connection:
            if not thorough:
                connection.execute(_LITTLE_CACHE)
            return _faults(connection, thorough=thorough)
    except sqlite3.OperationalError:
        raise  # locked or unreadable: says nothing about what is in the file
    except sqlite3.DatabaseError as error:
        return str(error)


def _faults(connection: sqlite3.Connection, *, thorough: bool) -> str:
    faults = [row[0] for row in connection.execute(f"PRAGMA {'integrity' if thorough else 'quick'}_check(3)")]
    if faults != ["ok"]:
        return "; ".join(faults)
    broken = connection.execute("PRAGMA foreign_key_check").fetchmany(3) if thorough else []
    return "; ".join(f"row {row} of {table} refers to a row of {to} that is not there" for table, row, to, _ in broken)


def open_raw(path: Path) -> sqlite3.Connection:
    """A bare connection to a database that exists, for looking at it before it is trusted."""
    # isolation_level=None: the driver's own idea of when to begin a transaction is too late for us.
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=rw",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA wal_autocheckpoint=0")
    return connection


def copy(source: Path, target: Path) -> None:
    """One moment of a live database into a new file (the backup API; ``cp`` would lose what is in the WAL).

    The copy is on disk when this returns, needs no side files, and only its owner can read it.
    """
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with closing(open_raw(source)) as reader, closing(sqlite3.connect(target)) as writer:
        for connection in (reader, writer):
            connection.execute(_LITTLE_CACHE)
        reader.backup(writer)
        writer.execute("PRAGMA journal_mode=DELETE")
    settle(target)


def settle(path: Path) -> None:
    """Make a finished file and its name survive a power cut."""
    for target in (path, path.parent):
        number = os.open(target, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def used_bytes(connection: Connection) -> int:
    """Bytes that hold data, without the pages a purge has freed."""
    pages, free, size = (
        connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (int(pages) - int(free)) * int(size)


def give_back(connection: Connection, pages: int) -> bool:
    """Return up to so many freed pages to the file system; False once that gains nothing more."""
    cursor = connection.connection.cursor()
    before = cursor.execute("PRAGMA freelist_count").fetchone()[0]
    cursor.execute(f"PRAGMA incremental_vacuum({pages})").fetchall()
    after = cursor.execute("PRAGMA freelist_count").fetchone()[0]
    return bool(0 < after < before)
