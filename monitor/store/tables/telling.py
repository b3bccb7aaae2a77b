"""What goes out: stories, alerts, the outbox, and everything an operator decides about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text

from monitor.store.columns import NEVER_REUSED, Row, document, moment, number, number_key, refers, words

_WAITING = text("state = 'due'")


class AlertRow(Row, table=True):
    """The decision to tell about one story for one rule. ``content`` is all that its messages say."""

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("uid"),
        Index("alerts_story", "rule", "story_id"),
        Index("alerts_article", "article_id"),
        Index("alerts_created", "created_at"),
        NEVER_REUSED,
    )

    id: int = number_key()
    uid: str = words()
    rule: str = words()
    rule_version: str = words()
    article_id: int | None
    story_id: int | None
    severity: int
    reason: str = words()
    created_at: datetime = moment()
    follows_id: int | None = refers("alerts.id", on_delete="SET NULL")
    content: dict[str, Any] = document()


class DeliveryRow(Row, table=True):
    """The outbox and its history: one alert on its way to one recipient of one channel.

    ``planned_at`` is when it was to leave, ``due_at`` when it is tried next. Deliveries of one recipient with one
    ``batch`` leave as one message: a digest, a catch-up after quiet hours, an "and N more" (``held_as``).
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("alert_id", "channel", "recipient"),
        # Only what waits: the outbox stays small however long the history grows.
        Index("deliveries_due", "channel", "id", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("deliveries_state", "state", "channel", "id"),
        Index("deliveries_planned", "planned_at"),
        NEVER_REUSED,
    )

    id: int = number_key()
    alert_id: int = refers("alerts.id")
    channel: str = words()
    recipient: str = words()
    state: str = words()
    attempts: int
    batch: str = words()
    held_as: str = words()
    planned_at: datetime = moment()
    due_at: datetime = moment()
    created_at: datetime = moment()
    claimed_at: datetime | None = moment()
    finished_at: datetime | None = moment()
    maybe_sent: bool
    reason: str = words()
    failure: str = words()
    receipt: str = words()


class AttemptRow(Row, table=True):
    """One try of a delivery and what came of it: the trail behind ``deliveries``."""

    __tablename__ = "attempts"

    delivery_id: int = refers("deliveries.id", key=True)
    number: int = number(key=True)
    at: datetime = moment()
    outcome: str = words()
    reason: str = words()


class ChannelRow(Row, table=True):
    """How a channel is doing, across restarts."""

    __tablename__ = "channels"

    channel: str = words(key=True)
    failing_since: datetime | None = moment()
    failure: str = words()
    silenced_until: datetime | None = moment()
    told: bool
    sent_at: datetime | None = moment()
