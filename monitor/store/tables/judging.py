"""Which articles report one event, why, what was told of it, and what operators decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint

from monitor.store.columns import NEVER_REUSED, Row, document, moment, number, number_key, refers, words


class StoryRow(Row, table=True):
    """One event, as far as it was reported. ``id`` is given by the clustering. A merged story names its successor."""

    __tablename__ = "stories"
    __table_args__ = (Index("stories_updated", "updated_at"),)

    id: int = number(key=True)
    title: str = words()
    lang: str = words()
    started_at: datetime = moment()
    updated_at: datetime = moment()
    articles: int
    origins: int
    outlets: int
    languages: list[str] = document()
    merged_into: int | None


class MemberRow(Row, table=True):
    """An article in its story: on what evidence, and whose text it is. In the order in which articles were placed."""

    __tablename__ = "story_members"
    __table_args__ = (UniqueConstraint("article_id"), Index("story_members_story", "story_id"), NEVER_REUSED)

    id: int = number_key()
    article_id: int = refers("articles.id")
    story_id: int = refers("stories.id")
    at: datetime = moment()
    joined_at: datetime = moment()
    outlet: str = words()
    origin: str = words()
    origin_name: str = words()
    duplicate_of: int | None
    concepts: list[str] = document()
    evidence: dict[str, Any] = document()


class StoryChangeRow(Row, table=True):
    """A merge or split, by the clustering (no author) or by an operator, so that it can be explained and undone."""

    __tablename__ = "story_changes"
    __table_args__ = (Index("story_changes_story", "story_id"), Index("story_changes_other", "other_id"), NEVER_REUSED)

    id: int = number_key()
    at: datetime = moment()
    kind: str = words()
    story_id: int
    other_id: int
    articles: list[int] = document()
    author: str = words()
    evidence: dict[str, Any] = document()


class ApartRow(Row, table=True):
    """Two stories that must never merge (again): an operator split them. ``one`` is the smaller number."""

    __tablename__ = "stories_apart"

    one: int = number(key=True)
    other: int = number(key=True)


class ToldRow(Row, table=True):
    """What was known when a story was told for a rule, to tell later news from old. Shadow rules only would have."""

    __tablename__ = "told"
    __table_args__ = (Index("told_story", "rule", "story_id"), Index("told_of_story", "story_id"), NEVER_REUSED)

    id: int = number_key()
    rule: str = words()
    story_id: int
    alert_id: int | None
    at: datetime = moment()
    facts: dict[str, Any] = document()


class HeldRow(Row, table=True):
    """A story that waits for corroboration under a rule, until ``until`` at the latest."""

    __tablename__ = "held"
    __table_args__ = (Index("held_until", "until"),)

    rule: str = words(key=True)
    story_id: int = number(key=True)
    article: str = words()
    token: str = words()
    severity: int
    since: datetime = moment()
    until: datetime = moment()


class SilenceRow(Row, table=True):
    """An operator's mute with an end. Empty matchers match everything; those given must all hold."""

    __tablename__ = "silences"
    __table_args__ = (Index("silences_end", "ends_at"), NEVER_REUSED)

    id: int = number_key()
    starts_at: datetime = moment()
    ends_at: datetime = moment()
    rule: str = words()
    story_id: int | None
    concept: str = words()
    feed: str = words()
    text: str = words()
    author: str = words()
    comment: str = words()
    created_at: datetime = moment()


class MutedRow(Row, table=True):
    """One alert that a silence kept back."""

    __tablename__ = "muted"
    __table_args__ = (Index("muted_silence", "silence_id"), NEVER_REUSED)

    id: int = number_key()
    silence_id: int = refers("silences.id")
    at: datetime = moment()
    rule: str = words()
    story_id: int
    article_id: int | None
    title: str = words()


class FeedbackRow(Row, table=True):
    """A reader's verdict on an alert; the last one of several counts."""

    __tablename__ = "feedback"
    __table_args__ = (Index("feedback_alert", "alert_id"), NEVER_REUSED)

    id: int = number_key()
    alert_id: int = refers("alerts.id")
    good: bool
    comment: str = words()
    author: str = words()
    at: datetime = moment()
