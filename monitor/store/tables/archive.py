"""What came in: feeds, hosts, articles with their versions and identities, what matched, and the journal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text

from monitor.store.columns import NEVER_REUSED, Row, digest, document, moment, number, number_key, refers, words


class FeedRow(Row, table=True):
    """One feed and all that is remembered of it. ``configured`` is false once it has left the configuration."""

    __tablename__ = "feeds"
    __table_args__ = (
        Index("feeds_due", "due_at", sqlite_where=text("configured = 1"), postgresql_where=text("configured")),
    )

    feed: str = words(key=True)
    configured: bool
    configured_url: str = words()
    url: str = words()
    host: str = words()
    due_at: datetime = moment()
    etag: bytes | None
    last_modified: bytes | None
    body_hash: str = words()
    key_kind: str = words()
    title: str = words()
    language: str = words()
    first_success_at: datetime | None = moment()
    polled_at: datetime | None = moment()
    succeeded_at: datetime | None = moment()
    newest_at: datetime | None = moment()
    failing_since: datetime | None = moment()
    failures: int
    failure: str = words()
    told_broken: bool
    moved_to: str = words()
    moved_polls: int
    gone_polls: int
    gone_since: datetime | None = moment()
    paused: bool
    ttl_seconds: float | None
    skip_hours: str = words()


class HostRow(Row, table=True):
    """A server that asked to be left alone (``Retry-After``); the silence holds for all of its feeds."""

    __tablename__ = "hosts"

    host: str = words(key=True)
    silenced_until: datetime = moment()
    reason: str = words()


class ArticleRow(Row, table=True):
    """One article. The long texts come last, so that queries on the other columns never read their pages."""

    __tablename__ = "articles"
    __table_args__ = (Index("articles_seen", "seen_at"), NEVER_REUSED)

    id: int = number_key()
    feed: str = words()
    key: str = words()
    seen_at: datetime = moment()
    published_at: datetime | None = moment()
    lang: str = words()
    languages: list[str] = document()
    feed_tags: list[str] = document()
    url_key: str = words()
    url: str = words()
    author: str = words()
    title: str = words()
    summary: str = words()
    body: str = words()


class VersionRow(Row, table=True):
    """An earlier text of an article that its publisher changed, and how: ``diff`` leads to the next version."""

    __tablename__ = "article_versions"

    article_id: int = refers("articles.id", key=True)
    number: int = number(key=True)
    seen_at: datetime = moment()
    replaced_at: datetime = moment()
    title: str = words()
    summary: str = words()
    body: str = words()
    diff: str = words()


class IdentityRow(Row, table=True):
    """What makes an article known again: a hash of feed and key, or of its canonical URL.

    Identities outlive their article, so a purge never makes old news new. ``article_id`` is a plain number for that
    reason. ``text_hash`` tells a changed text; ``listed_at`` is when a feed last showed it, to within a day.
    """

    __tablename__ = "identities"
    __table_args__ = (Index("identities_article", "article_id"), {"sqlite_with_rowid": False})

    hash: bytes = digest(key=True)
    article_id: int
    text_hash: bytes = digest()
    listed_at: datetime = moment()
    feed: str = words()


class MatchRow(Row, table=True):
    """A rule that held for an article; ``hits`` lists the words and their places."""

    __tablename__ = "matches"
    __table_args__ = (
        UniqueConstraint("article_id", "rule", "rule_version"),
        Index("matches_rule", "rule", "matched_at"),
        NEVER_REUSED,
    )

    id: int = number_key()
    article_id: int = refers("articles.id")
    rule: str = words()
    rule_version: str = words()
    severity: int
    shadow: bool
    matched_at: datetime = moment()
    hits: list[dict[str, Any]] = document()


def _index_of(column: str) -> Index:
    """A small index: most events concern no article, story or alert."""
    present = text(f"{column} IS NOT NULL")
    return Index(f"events_{column.removesuffix('_id')}", column, sqlite_where=present, postgresql_where=present)


class EventRow(Row, table=True):
    """The journal: one decision per row, only ever appended. Numbers in it may be of rows since purged."""

    __tablename__ = "events"
    __table_args__ = (
        Index("events_kind", "kind", "id"),
        Index("events_feed", "feed", "id"),
        _index_of("article_id"),
        _index_of("story_id"),
        _index_of("alert_id"),
        NEVER_REUSED,
    )

    id: int = number_key()
    at: datetime = moment()
    kind: str = words()
    reason: str = words()
    feed: str = words()
    article_id: int | None
    rule: str = words()
    story_id: int | None
    alert_id: int | None
    delivery_id: int | None
    channel: str = words()
    details: dict[str, Any] = document()


class MetaRow(Row, table=True):
    """Facts about the database itself, by name: ``created_at``, ``written_by``, ``restored_at``."""

    __tablename__ = "meta"

    name: str = words(key=True)
    value: str = words()
