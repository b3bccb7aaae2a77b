"""The store itself: one writer thread, short read sessions beside it, and a database known to be sound."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from monitor.errors import AlreadyRunningError, CorruptDatabaseError, StoreError
from monitor.store import backup, drafts, schema, sqlite
from monitor.store.faults import damaged, explained, explained_files
from monitor.store.lock import Lock
from monitor.store.migrations import HEAD
from monitor.store.transaction import Transaction

T = TypeVar("T")

_READERS = 3


class Store:
    """The database of one installation. Open it with :meth:`open`; it is a context manager.

    Work is a function that takes a :class:`Transaction` and returns values: all of its reads and writes happen
    together or not at all. All methods raise :class:`~monitor.errors.StoreError`.
    """

    def __init__(self, path: Path, lock: Lock | None) -> None:
        self.path = path
        self._lock = lock
        self._write_engine = sqlite.connect_writer(path, checkpoints=lock is not None)
        self._read_engine = sqlite.connect_readers(path, _READERS)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="store-reader")

    @classmethod
    def open(cls, path: Path, *, now: datetime, exclusive: bool, backups: Path | None = None) -> Self:
        """Open the database at ``path``, create it if this is the first start, migrate it if it is older.

        ``exclusive`` is for the daemon: it locks other daemons out, checks the whole file and takes charge of
        checkpoints. Other programs may read and write beside it. ``backups`` is the directory where a copy goes before
        a migration, and whose content proves that a missing database is lost, not new.

        Raises :class:`AlreadyRunningError`, :class:`NewerDatabaseError`, :class:`CorruptDatabaseError`, or another
        :class:`StoreError` if the path cannot be used.
        """
        _make_directory(path.parent)
        lock = Lock(path) if exclusive else None
        try:
            with explained_files(path):
                _prepare(path, now, backups, lock)
                return cls(path, lock)
        except BaseException:
            if lock:
                lock.release()
            raise

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run ``work`` in one transaction on the writer thread; commit if it returns, roll back if it raises.

        A caller that is cancelled while it waits for its turn leaves no trace; once ``work`` has begun it is finished
        and committed even so.
        """
        return await asyncio.wrap_future(self._submit(work))

    async def read(self, query: Callable[[Transaction], T]) -> T:
        """Run ``query`` on one moment of the database, beside the writer. Keep it short: it holds back checkpoints."""
        return await asyncio.wrap_future(self._readers.submit(self._read, query))

    def write_now(self, work: Callable[[Transaction], T]) -> T:
        """:meth:`write` for callers without a loop; blocks until it is done."""
        return self._submit(work).result()

    def read_now(self, query: Callable[[Transaction], T]) -> T:
        """:meth:`read` for callers without a loop."""
        return self._readers.submit(self._read, query).result()

    def backup(self, target: Path) -> None:
        """Copy one moment of the database to a new file, beside running writers, and check the copy."""
        backup.copy_checked(self.path, target)

    def integrity_check(self) -> str:
        """Read the whole database and give what is wrong with it, empty if nothing. Slow: about 1 s per 500 MB."""
        with explained_files(self.path):
            return sqlite.check(self.path, thorough=True)

    def close(self) -> None:
        """Finish what has begun, then let go of the files; harmless if done twice."""
        self._writer.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self._read_engine.dispose()
        self._write_engine.dispose()
        if self._lock:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _submit(self, work: Callable[[Transaction], T]) -> Future[T]:
        return self._writer.submit(self._write, work)

    def _write(self, work: Callable[[Transaction], T]) -> T:
        with explained(self.path), self._write_engine.begin() as connection:
            return work(Transaction(connection))

    def _read(self, query: Callable[[Transaction], T]) -> T:
        with explained(self.path), self._read_engine.begin() as connection:
            return query(Transaction(connection))


def _make_directory(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{directory}: cannot be made: {error.strerror}.") from error


def _prepare(path: Path, now: datetime, backups: Path | None, lock: Lock | None) -> None:
    if not path.exists():
        _require_first_start(path, backups)
        schema.create(path, now)
    elif lock:
        drafts.clear(path, ours=True)  # one left by a first start that was killed is a second name of this very file
    sqlite.shut_out_others(path)
    revision = schema.revision_of(path)
    if lock:
        fault = sqlite.check(path)
        if fault:
            raise CorruptDatabaseError(damaged(path, fault))
    if revision != HEAD:
        schema.require_known(path, revision)
        _upgrade(path, now, backups, lock)


def _require_first_start(path: Path, backups: Path | None) -> None:
    """A missing database is new only if nothing speaks for an older one."""
    left = [path.with_name(path.name + ending) for ending in sqlite.SIDE_FILES]
    traces = [*backup.listing(path, backups), *(file for file in left if file.exists())]
    if traces:
        raise CorruptDatabaseError(
            f"{path}: the database is missing, but {traces[0]} is there. Restore the newest good backup with"
            " `newsmonitor backup --restore`; to start anew on purpose, move that file away first."
        )


def _upgrade(path: Path, now: datetime, backups: Path | None, lock: Lock | None) -> None:
    """Migrate, after a backup; never under a running daemon, which would be of the older version."""
    try:
        own = lock or Lock(path)
    except AlreadyRunningError as error:
        raise AlreadyRunningError(f"{error} It is of an older version, and the database has to be upgraded.") from error
    try:
        if backups is not None:
            backup.make(path, backups, now, label=f"before-{HEAD}")
        schema.migrate(path, now)
    finally:
        if own is not lock:
            own.release()
