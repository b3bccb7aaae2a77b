"""Backups: whole, checked copies of the live database, a few kept, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from monitor.errors import CorruptDatabaseError, StoreError
from monitor.store import deliveries, meta, schema, sqlite
from monitor.store.drafts import draft_of
from monitor.store.faults import explained, explained_files
from monitor.store.lock import Lock
from monitor.store.transaction import Transaction

_STAMP = "%Y%m%dT%H%M%SZ"
KEEP = 7


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: which backup is now the database, where the old files are, what may go out twice."""

    backup: Path
    set_aside: tuple[Path, ...]
    maybe_sent: int


def make(path: Path, backups: Path, now: datetime, *, keep: int = KEEP, label: str = "") -> Path:
    """Add a backup of the database at ``path`` to the directory and remove all but the newest ``keep`` of that label.

    It appears under its name only when it is whole and checked. Backups before a migration carry a label, so that
    the daily ones never push them out. Raises :class:`StoreError`; :class:`CorruptDatabaseError` if the copy is bad.
    """
    with explained_files(path):
        backups.mkdir(mode=0o700, parents=True, exist_ok=True)
        stamp = now.astimezone(UTC).strftime(_STAMP)
        target = backups / f"{path.stem}-{stamp}{f'-{label}' if label else ''}.db"
        copy_checked(path, target)
        for old in [file for file in listing(path, backups) if _label(path, file) == label][keep:]:
            old.unlink(missing_ok=True)
        return target


def copy_checked(path: Path, target: Path) -> None:
    """Copy one moment of the database to ``target``, which is whole or not there at all."""
    with explained_files(target), draft_of(target) as draft:
        sqlite.copy(path, draft)
        fault = sqlite.check(draft)
        if fault:
            raise CorruptDatabaseError(
                f"{target}: the copy is damaged: {fault}. Check {path} with `newsmonitor doctor`."
            )
        draft.replace(target)
        sqlite.settle(target)


def listing(path: Path, backups: Path | None) -> list[Path]:
    """The backups of this database, the newest first."""
    if backups is None or not backups.is_dir():
        return []
    return sorted(
        (file for file in backups.glob(f"{path.stem}-*.db") if _stamp(path, file)),
        key=lambda file: _stamp(path, file),
        reverse=True,
    )


def restore(path: Path, backups: Path, now: datetime, *, backup: Path | None = None) -> Restored:
    """Put a backup in the database's place: the one named, or the newest that passes its check.

    The old files are moved aside, not deleted. Nothing floods afterwards: what was waiting in the backup still goes
    out, marked as possibly sent already, and ``meta.RESTORED_AT`` tells the pipeline to store without alerting what was
    published before now. Raises :class:`AlreadyRunningError` under a running daemon, :class:`StoreError` if there is
    no usable backup; in both cases nothing was changed.
    """
    lock = Lock(path)
    try:
        with explained_files(path), draft_of(path) as draft:
            source = _usable(path, backups, backup)
            sqlite.copy(source, draft)
            maybe_sent = _mark(draft, now)
            set_aside = _set_aside(path, now)
            draft.replace(path)
            sqlite.settle(path)
            return Restored(source, set_aside, maybe_sent)
    finally:
        lock.release()


def _mark(draft: Path, now: datetime) -> int:
    """Migrate the copy if it is older, and write down what it is, before it is anyone's database."""
    schema.migrate(draft, now)
    engine = sqlite.connect_writer(draft, checkpoints=True)
    try:
        with engine.begin() as connection:
            tx = Transaction(connection)
            meta.put_time(tx, meta.RESTORED_AT, now)
            maybe_sent = deliveries.doubt(tx)
        with engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA journal_mode=WAL")
    finally:
        engine.dispose()
    sqlite.settle(draft)
    return maybe_sent


def _usable(path: Path, backups: Path, wanted: Path | None) -> Path:
    faults = []
    for candidate in [wanted] if wanted else listing(path, backups):
        fault = _fault_of(candidate)
        if not fault:
            return candidate
        faults.append(f"{candidate}: {fault}")
    raise StoreError(
        f"no backup to restore in {backups}: {'; '.join(faults) or 'there are none'}. Nothing was changed."
    )


def _fault_of(candidate: Path) -> str:
    """Why a backup cannot take the database's place, empty if it can."""
    if not candidate.is_file():
        return "no such file"
    try:
        with explained(candidate):
            schema.require_known(candidate, schema.revision_of(candidate))
    except StoreError as error:
        return str(error)
    return sqlite.check(candidate)


def _set_aside(path: Path, now: datetime) -> tuple[Path, ...]:
    """Move the old files away, the database before its log: a log must never lie beside another database."""
    stamp = now.astimezone(UTC).strftime(_STAMP)
    moved = []
    for ending in ("", *sqlite.SIDE_FILES):
        file = path.with_name(path.name + ending)
        if file.exists():
            aside = path.with_name(f"{path.name}.replaced-{stamp}{ending}")
            file.replace(aside)
            moved.append(aside)
    return tuple(moved)


def _stamp(path: Path, file: Path) -> str:
    """The sortable part of a backup's name, empty if the file is not one."""
    stamp = file.stem.removeprefix(f"{path.stem}-")[:16]
    try:
        datetime.strptime(stamp, _STAMP)  # noqa: DTZ007 - the zone is in the format
    except ValueError:
        return ""
    return stamp


def _label(path: Path, file: Path) -> str:
    return file.stem.removeprefix(f"{path.stem}-")[17:]
