"""Pages that are looked after, because people were sent to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from monitor.store import tables
from monitor.store.transaction import Transaction, chunks

_PAGE = tables.pages.c


@dataclass(frozen=True, slots=True)
class WatchedPage:
    """The page of a told article. ``missing_since`` is the first of the answers in a row that it is not there."""

    article: int
    url: str
    told_at: datetime
    due_at: datetime
    etag: bytes | None = None
    last_modified: bytes | None = None
    missing_since: datetime | None = None


def watch(tx: Transaction, seen: Sequence[WatchedPage]) -> None:
    """Look after these pages from now on, or go on with what is known of them now."""
    rows = [
        {
            "article_id": page.article,
            "url": page.url,
            "told_at": page.told_at,
            "due_at": page.due_at,
            "etag": page.etag,
            "last_modified": page.last_modified,
            "missing_since": page.missing_since,
        }
        for page in seen
    ]
    tx.upsert(tables.pages, rows)


def watched(tx: Transaction, articles: Collection[int]) -> set[int]:
    """Those of these articles whose pages are looked after already."""
    found: set[int] = set()
    for piece in chunks(list(articles)):
        found |= {*tx.connection.execute(select(_PAGE.article_id).where(_PAGE.article_id.in_(piece))).scalars()}
    return found


def let_go(tx: Transaction, article: int) -> None:
    """Look after it no longer."""
    tx.connection.execute(delete(tables.pages).where(_PAGE.article_id == article))


def due(tx: Transaction, now: datetime, limit: int) -> list[WatchedPage]:
    """Pages to be asked now, the longest overdue first."""
    query = select(tables.pages).where(_PAGE.due_at <= now).order_by(_PAGE.due_at).limit(limit)
    return [WatchedPage(*row) for row in tx.connection.execute(query)]


def count(tx: Transaction) -> int:
    """How many are looked after."""
    return int(tx.connection.execute(select(func.count()).select_from(tables.pages)).scalar_one())
