"""The first schema: feeds, articles, matches, the journal, alerts and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables, those first that others refer to."""
    _alerts()
    _articles()
    _channels()
    _events()
    _feeds()
    _hosts()
    _identities()
    _meta()
    _article_versions()
    _deliveries()
    _matches()
    _attempts()


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("rule_version", sa.Text, nullable=False),
        sa.Column("article_id", sa.Integer, nullable=True),
        sa.Column("story_id", sa.Integer, nullable=True),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "follows_id",
            sa.Integer,
            sa.ForeignKey("alerts.id", name="alerts_follows_id_fk", ondelete="SET NULL"),
            nullable=True,
        ),
        sa.Column("content", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="alerts_pk"),
        sa.UniqueConstraint("uid", name="alerts_uid_unique"),
        sqlite_autoincrement=True,
    )
    op.create_index("alerts_article", "alerts", ["article_id"])
    op.create_index("alerts_created", "alerts", ["created_at"])
    op.create_index("alerts_story", "alerts", ["rule", "story_id"])


def _articles() -> None:
    op.create_table(
        "articles",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lang", sa.Text, nullable=False),
        sa.Column("languages", sa.JSON, nullable=False),
        sa.Column("feed_tags", sa.JSON, nullable=False),
        sa.Column("url_key", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="articles_pk"),
        sqlite_autoincrement=True,
    )
    op.create_index("articles_seen", "articles", ["seen_at"])


def _channels() -> None:
    op.create_table(
        "channels",
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text, nullable=False),
        sa.Column("silenced_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel", name="channels_pk"),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("article_id", sa.Integer, nullable=True),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("story_id", sa.Integer, nullable=True),
        sa.Column("alert_id", sa.Integer, nullable=True),
        sa.Column("delivery_id", sa.Integer, nullable=True),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="events_pk"),
        sqlite_autoincrement=True,
    )
    where = sa.text("alert_id IS NOT NULL")
    op.create_index("events_alert", "events", ["alert_id"], sqlite_where=where, postgresql_where=where)
    where = sa.text("article_id IS NOT NULL")
    op.create_index("events_article", "events", ["article_id"], sqlite_where=where, postgresql_where=where)
    op.create_index("events_feed", "events", ["feed", "id"])
    op.create_index("events_kind", "events", ["kind", "id"])
    where = sa.text("story_id IS NOT NULL")
    op.create_index("events_story", "events", ["story_id"], sqlite_where=where, postgresql_where=where)


def _feeds() -> None:
    op.create_table(
        "feeds",
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("configured", sa.Boolean, nullable=False),
        sa.Column("configured_url", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("etag", sa.LargeBinary, nullable=True),
        sa.Column("last_modified", sa.LargeBinary, nullable=True),
        sa.Column("body_hash", sa.Text, nullable=False),
        sa.Column("key_kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("first_success_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("newest_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failure", sa.Text, nullable=False),
        sa.Column("told_broken", sa.Boolean, nullable=False),
        sa.Column("moved_to", sa.Text, nullable=False),
        sa.Column("moved_polls", sa.Integer, nullable=False),
        sa.Column("gone_polls", sa.Integer, nullable=False),
        sa.Column("gone_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("ttl_seconds", sa.Float, nullable=True),
        sa.Column("skip_hours", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("feed", name="feeds_pk"),
    )
    op.create_index(
        "feeds_due",
        "feeds",
        ["due_at"],
        sqlite_where=sa.text("configured = 1"),  # word for word what queries say, or the index does not serve them
        postgresql_where=sa.text("configured"),
    )


def _hosts() -> None:
    op.create_table(
        "hosts",
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("silenced_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("host", name="hosts_pk"),
    )


def _identities() -> None:
    op.create_table(
        "identities",
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("article_id", sa.Integer, nullable=False),
        sa.Column("text_hash", sa.LargeBinary, nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("feed", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="identities_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("identities_article", "identities", ["article_id"])


def _meta() -> None:
    op.create_table(
        "meta",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="meta_pk"),
    )


def _article_versions() -> None:
    op.create_table(
        "article_versions",
        sa.Column(
            "article_id",
            sa.Integer,
            sa.ForeignKey("articles.id", name="article_versions_article_id_fk", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("diff", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("article_id", "number", name="article_versions_pk"),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column(
            "alert_id",
            sa.Integer,
            sa.ForeignKey("alerts.id", name="deliveries_alert_id_fk", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("batch", sa.Text, nullable=False),
        sa.Column("held_as", sa.Text, nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("maybe_sent", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("failure", sa.Text, nullable=False),
        sa.Column("receipt", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="deliveries_pk"),
        sa.UniqueConstraint("alert_id", "channel", "recipient", name="deliveries_alert_id_channel_recipient_unique"),
        sqlite_autoincrement=True,
    )
    where = sa.text("state = 'due'")
    op.create_index(
        "deliveries_due", "deliveries", ["channel", "id", "due_at"], sqlite_where=where, postgresql_where=where
    )
    op.create_index("deliveries_planned", "deliveries", ["planned_at"])
    op.create_index("deliveries_state", "deliveries", ["state", "channel", "id"])


def _matches() -> None:
    op.create_table(
        "matches",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column(
            "article_id",
            sa.Integer,
            sa.ForeignKey("articles.id", name="matches_article_id_fk", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("rule_version", sa.Text, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("shadow", sa.Boolean, nullable=False),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hits", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="matches_pk"),
        sa.UniqueConstraint("article_id", "rule", "rule_version", name="matches_article_id_rule_rule_version_unique"),
        sqlite_autoincrement=True,
    )
    op.create_index("matches_rule", "matches", ["rule", "matched_at"])


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column(
            "delivery_id",
            sa.Integer,
            sa.ForeignKey("deliveries.id", name="attempts_delivery_id_fk", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "number", name="attempts_pk"),
    )
