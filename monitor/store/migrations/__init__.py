"""Alembic migrations, shipped with the program: every database of an older version is led to the current schema."""

HEAD = "0003"
"""The newest revision, so that an up-to-date database is recognised without loading Alembic."""
