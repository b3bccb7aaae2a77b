"""What SQLite's errors mean to a user: one of our errors, with a sentence that says how to go on."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from monitor.errors import CorruptDatabaseError, DiskFullError, StoreError
from monitor.store.sqlite import BUSY_SECONDS

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_SPARE_BYTES = 1024 * 1024


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Give SQLite's errors a name and a sentence.

    Raises :class:`DiskFullError`, :class:`CorruptDatabaseError` or :class:`StoreError`. A broken constraint or a wrong
    statement is a bug of ours and passes through.
    """
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            _explain(error.orig, path)
        raise
    except sqlite3.Error as error:
        _explain(error, path)
        raise


@contextmanager
def explained_files(path: Path) -> Iterator[None]:
    """The same for acts on whole files: the operating system's errors get a sentence too."""
    try:
        with explained(path):
            yield
    except OSError as error:
        fault = f"{error.strerror or error} ({error.filename or path})"
        raise (_full if error.errno in _NO_SPACE else _unreachable)(path, fault) from error


def _explain(error: sqlite3.Error, path: Path) -> None:
    name: str = getattr(error, "sqlite_errorname", "")
    for prefix, meaning in _MEANINGS.items():
        if name.startswith(prefix):
            raise meaning(path, f"{error} ({name})") from error


def _full(path: Path, fault: str) -> StoreError:
    return DiskFullError(
        f"{path}: no space to write: {fault}. Free some space (or raise the quota); writing then goes on."
    )


def _input_output(path: Path, fault: str) -> StoreError:
    if "WRITE" in fault or "SHM" in fault or _free_bytes(path) < _SPARE_BYTES:
        return _full(
            path, fault
        )  # SQLite says so for a full quota or file-size limit, and for no room for the -shm file
    return StoreError(f"{path}: the disk failed: {fault}. See the system log (dmesg).")


def _free_bytes(path: Path) -> int:
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return 0


def _locked(path: Path, fault: str) -> StoreError:
    return StoreError(
        f"{path}: another program has held its write lock for {BUSY_SECONDS:.0f} s: {fault}."
        " Close it: an open transaction in sqlite3, perhaps, or a copying tool."
    )


def _unreachable(path: Path, fault: str) -> StoreError:
    return StoreError(f"{path}: cannot be used: {fault}. Check the path, and the rights on the file and its directory.")


def damaged(path: Path, fault: str) -> str:
    """The sentence for a database that cannot be trusted: what it is, and how to go on."""
    return (
        f"{path}: the database is damaged: {fault}. Nothing was changed. Restore the newest good backup with"
        " `newsmonitor backup --restore`; the damaged files are kept beside it."
    )


def _corrupt(path: Path, fault: str) -> StoreError:
    return CorruptDatabaseError(damaged(path, fault))


_MEANINGS: dict[str, Callable[[Path, str], StoreError]] = {
    "SQLITE_FULL": _full,
    "SQLITE_IOERR": _input_output,
    "SQLITE_BUSY": _locked,
    "SQLITE_LOCKED": _locked,
    "SQLITE_CANTOPEN": _unreachable,
    "SQLITE_READONLY": _unreachable,
    "SQLITE_PERM": _unreachable,
    "SQLITE_CORRUPT": _corrupt,
    "SQLITE_NOTADB": _corrupt,
}
