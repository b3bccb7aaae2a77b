"""Where an installation keeps its things: the database and its backups."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from monitor.config import Config
from monitor.errors import UsageError
from monitor.ops.ballast import Ballast
from monitor.store import Store

DATABASE = "newsmonitor.db"


def backups_of(config: Config) -> Path:
    """Where automatic backups go."""
    return config.backup.directory or config.data / "backups"


def ballast_of(config: Config) -> Ballast:
    """The space held back on the database's disk."""
    return Ballast(config.data / "ballast")


def open_store(config: Config, now: datetime, *, exclusive: bool) -> Store:
    """The database: ``exclusive`` for the one daemon, else beside it. Raises :class:`StoreError`."""
    if exclusive:
        ballast_of(config).release()  # a full disk must not keep the daemon from starting
    return Store.open(config.data / DATABASE, now=now, exclusive=exclusive, backups=backups_of(config))


def open_archive(config: Config, now: datetime) -> Store:
    """The database of an installation that has run before; a question about it must not create one."""
    path = config.data / DATABASE
    if not path.exists() and not backups_of(config).is_dir():
        raise UsageError(f"there is no archive yet at {path}: start `newsmonitor run` or `newsmonitor once` first")
    return open_store(config, now, exclusive=False)
