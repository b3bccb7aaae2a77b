"""One daemon per database: a lock that the kernel lets go of when its holder dies, whatever way it dies."""

from __future__ import annotations

import fcntl
import os
import weakref
from collections.abc import Callable
from pathlib import Path

from monitor.errors import AlreadyRunningError, StoreError


class Lock:
    """An exclusive ``flock`` on ``<database>.lock``, which holds the owner's process number for people to read.

    The file stays after use: removing a lock file while another process opens it would give two owners.
    """

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + ".lock")
        self._file = self._take(database)
        # A forked child shares the lock and would keep it after the parent was killed.
        os.register_at_fork(after_in_child=_forget(weakref.ref(self)))

    def _take(self, database: Path) -> int:
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(
                f"{self._path}: cannot be opened: {error.strerror}. Check the rights on the directory."
            ) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(file, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(file)
            raise AlreadyRunningError(
                f"{database}: another newsmonitor (process {owner}) is running on this database."
                " Stop it first, or give this one a data directory of its own."
            ) from None
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        return file

    def release(self) -> None:
        """Let the next one in; harmless if done twice."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _forget(lock: weakref.ref[Lock]) -> Callable[[], None]:
    def close() -> None:
        held = lock()
        if held is not None:
            held.release()

    return close
