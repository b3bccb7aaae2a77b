"""The handle that queries take: one transaction on whatever database is below."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import Select
from sqlalchemy.sql.dml import Insert

T = TypeVar("T")

_CHUNK = 500
"""Values per ``IN (…)``: well below every database's limit on parameters, large enough that round trips do not show."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction, made by the store; ``connection`` is for the query modules of this package."""

    connection: Connection

    def upsert(self, table: Table, rows: Sequence[Mapping[str, Any]], *, same: tuple[str, ...] = ()) -> None:
        """Insert rows; one that is there already (equal in the ``same`` columns, or the primary key) is overwritten."""
        if rows:
            keys = same or tuple(column.name for column in table.primary_key)
            self.connection.execute(_upsert(self.connection.dialect.name, table, keys), rows)


@cache
def _upsert(dialect: str, table: Table, keys: tuple[str, ...]) -> Insert:
    statement = _insert(dialect, table)
    numbers = {column.name for column in table.primary_key}
    changed = {name: statement.excluded[name] for name in table.columns.keys() if name not in {*keys, *numbers}}  # noqa: SIM118
    if not changed:
        return statement.on_conflict_do_nothing(index_elements=keys)
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


def _insert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """``INSERT … ON CONFLICT`` is the one statement that SQLAlchemy leaves to the dialects."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def narrow(query: Select[Any], *filters: tuple[ColumnElement[Any], Callable[[Any, Any], Any], object]) -> Select[Any]:
    """The query with the filters ``(column, operator, value)`` whose value is given: not None, not empty, not 0."""
    return query.where(*(compare(column, value) for column, compare, value in filters if value))


def one_of(column: ColumnElement[Any], values: Collection[object]) -> ColumnElement[bool]:
    """The operator ``IN`` for :func:`narrow`."""
    return column.in_([str(value) for value in values])


def chunks(values: Sequence[T], size: int = _CHUNK) -> Iterator[Sequence[T]]:
    """The values in pieces that fit one statement."""
    iterator = iter(values)
    while piece := list(islice(iterator, size)):
        yield piece
