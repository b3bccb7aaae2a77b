"""Stories and what was told of them; silences, what waits for corroboration, and readers' verdicts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables, those first that others refer to."""
    _held()
    _silences()
    _stories()
    _stories_apart()
    _story_changes()
    _told()
    _feedback()
    _muted()
    _story_members()


def _held() -> None:
    op.create_table(
        "held",
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("story_id", sa.Integer, nullable=False),
        sa.Column("article", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("rule", "story_id", name="held_pk"),
    )
    op.create_index("held_until", "held", ["until"])


def _silences() -> None:
    op.create_table(
        "silences",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("story_id", sa.Integer, nullable=True),
        sa.Column("concept", sa.Text, nullable=False),
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="silences_pk"),
        sqlite_autoincrement=True,
    )
    op.create_index("silences_end", "silences", ["ends_at"])


def _stories() -> None:
    op.create_table(
        "stories",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("lang", sa.Text, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("articles", sa.Integer, nullable=False),
        sa.Column("origins", sa.Integer, nullable=False),
        sa.Column("outlets", sa.Integer, nullable=False),
        sa.Column("languages", sa.JSON, nullable=False),
        sa.Column("merged_into", sa.Integer, nullable=True),
        sa.PrimaryKeyConstraint("id", name="stories_pk"),
    )
    op.create_index("stories_updated", "stories", ["updated_at"])


def _stories_apart() -> None:
    op.create_table(
        "stories_apart",
        sa.Column("one", sa.Integer, nullable=False),
        sa.Column("other", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("one", "other", name="stories_apart_pk"),
    )


def _story_changes() -> None:
    op.create_table(
        "story_changes",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("story_id", sa.Integer, nullable=False),
        sa.Column("other_id", sa.Integer, nullable=False),
        sa.Column("articles", sa.JSON, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("evidence", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="story_changes_pk"),
        sqlite_autoincrement=True,
    )
    op.create_index("story_changes_other", "story_changes", ["other_id"])
    op.create_index("story_changes_story", "story_changes", ["story_id"])


def _told() -> None:
    op.create_table(
        "told",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("story_id", sa.Integer, nullable=False),
        sa.Column("alert_id", sa.Integer, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="told_pk"),
        sqlite_autoincrement=True,
    )
    op.create_index("told_of_story", "told", ["story_id"])
    op.create_index("told_story", "told", ["rule", "story_id"])


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column(
            "alert_id",
            sa.Integer,
            sa.ForeignKey("alerts.id", name="feedback_alert_id_fk", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("good", sa.Boolean, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="feedback_pk"),
        sqlite_autoincrement=True,
    )
    op.create_index("feedback_alert", "feedback", ["alert_id"])


def _muted() -> None:
    op.create_table(
        "muted",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column(
            "silence_id",
            sa.Integer,
            sa.ForeignKey("silences.id", name="muted_silence_id_fk", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("story_id", sa.Integer, nullable=False),
        sa.Column("article_id", sa.Integer, nullable=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="muted_pk"),
        sqlite_autoincrement=True,
    )
    op.create_index("muted_silence", "muted", ["silence_id"])


def _story_members() -> None:
    op.create_table(
        "story_members",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column(
            "article_id",
            sa.Integer,
            sa.ForeignKey("articles.id", name="story_members_article_id_fk", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column(
            "story_id",
            sa.Integer,
            sa.ForeignKey("stories.id", name="story_members_story_id_fk", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("origin_name", sa.Text, nullable=False),
        sa.Column("duplicate_of", sa.Integer, nullable=True),
        sa.Column("concepts", sa.JSON, nullable=False),
        sa.Column("evidence", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="story_members_pk"),
        sa.UniqueConstraint("article_id", name="story_members_article_id_unique"),
        sqlite_autoincrement=True,
    )
    op.create_index("story_members_story", "story_members", ["story_id"])
