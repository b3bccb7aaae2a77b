"""What Alembic runs: the migrations, on the connection and in the transaction that ``schema.migrate`` hands over."""

from __future__ import annotations

from alembic import context

from monitor.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite alters a table by building a new one
)
context.run_migrations()
