"""What is looked after between polls: pages of told articles, reports that confirm nothing, and rules at work."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index

from monitor.store.columns import Row, moment, number, refers, words


class PageRow(Row, table=True):
    """The page of an article that somebody was sent to: when it is asked next, and since when it is missing."""

    __tablename__ = "pages"
    __table_args__ = (Index("pages_due", "due_at"),)

    article_id: int = refers("articles.id", key=True)
    url: str = words()
    told_at: datetime = moment()
    due_at: datetime = moment()
    etag: bytes | None
    last_modified: bytes | None
    missing_since: datetime | None = moment()


class UncountedRow(Row, table=True):
    """A matched article that confirms nothing for its rule: of a first poll, too old, or taken back."""

    __tablename__ = "uncounted"

    article_id: int = refers("articles.id", key=True)
    rule: str = words(key=True)


class RuleRow(Row, table=True):
    """A rule at work: since when this version runs, how often and for how long, and why it was left out, if it was."""

    __tablename__ = "rules"

    rule: str = words(key=True)
    version: str = words()
    since: datetime = moment()
    runs: int = number()
    seconds: float
    failure: str = words()
    failed_at: datetime | None = moment()
