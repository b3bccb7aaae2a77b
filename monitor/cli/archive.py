"""The archive as a source of articles for a backtest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from monitor.cli.articles import Line
from monitor.config import Config
from monitor.errors import UsageError
from monitor.store import Store
from monitor.store import articles as archive

DATABASE = "newsmonitor.db"


def archived_lines(config: Config, back: timedelta, now: datetime) -> Iterator[Line]:
    """The articles first seen since ``now - back``, oldest first, read page by page beside a running daemon."""
    path = config.data / DATABASE
    if not path.exists():
        raise UsageError(f"there is no archive yet at {path}")
    store = Store.open(path, now=now, exclusive=False)
    try:
        last = 0
        while page := store.read_now(lambda tx, after=last: archive.since(tx, now - back, after=after)):  # type: ignore[misc]
            for stored in page:
                yield Line(stored.id, stored.article)
            last = page[-1].id
    finally:
        store.close()
