"""Column types of the archive, so that every table keeps times, text and lists in the same way on any database."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import JSON, DateTime, Dialect, LargeBinary, MetaData, Text, TypeDecorator
from sqlmodel import Field, SQLModel

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """Text without what no database takes: NUL and lone surrogates become U+FFFD, one for one, so offsets hold."""
    if "\x00" not in text:
        try:
            text.encode()
        except UnicodeEncodeError:
            pass
        else:
            return text
    return _UNSTORABLE.sub("\ufffd", text)


def to_json(value: object) -> str:
    """JSON as a person can read it in ``sqlite3``: characters as they are, no blanks to spare."""
    return clean(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


class CleanText(TypeDecorator[str]):
    """Text from strangers; see :func:`clean`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's
        """Clean what is about to be stored or compared."""
        return None if value is None else clean(value)


class UtcTime(TypeDecorator[datetime]):
    """An aware time in UTC. SQLite keeps it as ``2026-01-31 07:05:00.000000``, which sorts and is readable."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without zone: whose it is cannot be guessed later."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone cannot be stored: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give every time its zone back."""
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Row(SQLModel):
    """What all tables share. Constraints get predictable names, so that a later migration can drop one."""

    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pk",
            "uq": "%(table_name)s_%(column_0_N_name)s_unique",
            "fk": "%(table_name)s_%(column_0_N_name)s_fk",
        }
    )


# Shorthands for table definitions. Rows are written and read through Core; the classes are the schema in one place.


def number_key() -> Any:  # noqa: ANN401 - Field() is Any by design
    """A row number, given by the database and (see ``NEVER_REUSED``) never given twice."""
    return Field(default=None, primary_key=True)


def number(*, key: bool = False) -> Any:  # noqa: ANN401
    """A whole number that we count ourselves."""
    return Field(primary_key=key)


def words(*, key: bool = False) -> Any:  # noqa: ANN401
    """Text, required."""
    return Field(sa_type=CleanText, primary_key=key)


def moment() -> Any:  # noqa: ANN401
    """A time; nullable if the annotation says so."""
    return Field(sa_type=UtcTime)


def document() -> Any:  # noqa: ANN401
    """A JSON list or object."""
    return Field(sa_type=JSON)


def digest(*, key: bool = False) -> Any:  # noqa: ANN401
    """A short binary hash."""
    return Field(sa_type=LargeBinary, primary_key=key)


def refers(to: str, *, on_delete: Literal["CASCADE", "SET NULL"] = "CASCADE", key: bool = False) -> Any:  # noqa: ANN401
    """The number of a row in another table, ``"articles.id"``."""
    return Field(foreign_key=to, ondelete=on_delete, primary_key=key)


NEVER_REUSED = {"sqlite_autoincrement": True}
"""Numbers appear in messages, the journal and people's notes, so a purged one must not come to mean another row."""
