"""A database's way to the current schema: create it whole, recognise it, lead an older one here, refuse the rest."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import __version__
from monitor.errors import CorruptDatabaseError, NewerDatabaseError, StoreError
from monitor.store import meta, sqlite
from monitor.store.drafts import draft_of
from monitor.store.faults import damaged
from monitor.store.migrations import HEAD
from monitor.store.transaction import Transaction

if TYPE_CHECKING:
    from alembic.config import Config


def create(path: Path, now: datetime) -> None:
    """Make a new database beside its place and put it there whole.

    A crash on the way leaves no half-made file, so an empty database file is always a damaged one. If another process
    was faster, its database stays.
    """
    with draft_of(path) as draft:
        sqlite.create_file(draft)
        migrate(draft, now)
        _appear(draft, path)
        sqlite.settle(path)


def _appear(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        draft.rename(path)


def revision_of(path: Path) -> str:
    """The revision a database file says it has.

    Raises :class:`CorruptDatabaseError` if there is no schema in it, :class:`StoreError` if it is another program's.
    """
    if path.stat().st_size == 0:
        raise CorruptDatabaseError(damaged(path, "the file is empty"))
    with closing(sqlite.open_raw(path)) as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        row = (
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
            if "alembic_version" in names
            else None
        )
    if row is not None:
        return str(row[0])
    if not names or "identities" in names:
        raise CorruptDatabaseError(damaged(path, "it holds no schema"))
    raise StoreError(
        f"{path}: is an SQLite database, but not one of newsmonitor's. Give another path for the database."
    )


def require_known(path: Path, revision: str) -> None:
    """Raise :class:`NewerDatabaseError` for a revision that this program does not know."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - slow to load, needed only for a database not at HEAD

    if revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}:
        return
    with closing(sqlite.open_raw(path)) as connection:
        row = connection.execute("SELECT value FROM meta WHERE name = ?", (meta.WRITTEN_BY,)).fetchone()
    writer = row[0] if row else "of a later version"
    raise NewerDatabaseError(
        f"{path}: was written by newsmonitor {writer} (schema {revision}); this is {__version__} (schema {HEAD}) and"
        f" does not know it. Use newsmonitor {writer} or later, or restore a backup made before the upgrade."
        " Nothing was changed."
    )


def migrate(path: Path, now: datetime, *, target: str = "head") -> None:
    """Lead a database to ``target`` in one transaction: it arrives whole or stays as it was.

    Two programs that start together are safe: the second waits for the first and then finds nothing to do. References
    are not enforced on the way (a rebuilt table would cascade) but are checked before the commit.
    """
    from alembic import command  # noqa: PLC0415 - as above

    engine = sqlite.connect_writer(path, checkpoints=False, foreign_keys=False)
    config = _config()
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, target)
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise StoreError(
                    f"{path}: migrating to schema {HEAD} would break {len(broken)} references. Nothing was changed."
                )
            _sign(Transaction(connection), now)
    finally:
        engine.dispose()


def _sign(tx: Transaction, now: datetime) -> None:
    if meta.get(tx, meta.CREATED_AT) is None:
        meta.put_time(tx, meta.CREATED_AT, now)
    meta.put(tx, meta.WRITTEN_BY, __version__)


def _config() -> Config:
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", "monitor.store:migrations")
    return config
