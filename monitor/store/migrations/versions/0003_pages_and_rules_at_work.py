"""Pages of told articles that are looked after, matched articles that confirm nothing, and rules at work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables."""
    _pages()
    _rules()
    _uncounted()


def _pages() -> None:
    op.create_table(
        "pages",
        sa.Column(
            "article_id",
            sa.Integer,
            sa.ForeignKey("articles.id", name="pages_article_id_fk", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("etag", sa.LargeBinary, nullable=True),
        sa.Column("last_modified", sa.LargeBinary, nullable=True),
        sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("article_id", name="pages_pk"),
    )
    op.create_index("pages_due", "pages", ["due_at"])


def _rules() -> None:
    op.create_table(
        "rules",
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("runs", sa.Integer, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("failure", sa.Text, nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("rule", name="rules_pk"),
    )


def _uncounted() -> None:
    op.create_table(
        "uncounted",
        sa.Column(
            "article_id",
            sa.Integer,
            sa.ForeignKey("articles.id", name="uncounted_article_id_fk", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("rule", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("article_id", "rule", name="uncounted_pk"),
    )
