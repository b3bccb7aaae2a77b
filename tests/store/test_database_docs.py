"""docs/database.md is true: it has every table and column, and its queries run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.store import Store
from monitor.store.tables import METADATA

_PAGE = (Path(__file__).parents[2] / "docs" / "database.md").read_text()
_SECTIONS = dict(re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", _PAGE, flags=re.MULTILINE | re.DOTALL))


def test_every_table_is_described_and_no_other() -> None:
    assert set(_SECTIONS) == set(METADATA.tables)


@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_every_column_is_named(table: str) -> None:
    named = set(re.findall(r"`([a-z_]+)`", _SECTIONS[table]))
    assert [column.name for column in METADATA.tables[table].columns if column.name not in named] == []


@pytest.mark.parametrize("query", re.findall(r"```sql\n(.*?)```", _PAGE, flags=re.DOTALL))
def test_every_query_runs(query: str, store: Store) -> None:
    assert store.read_now(lambda tx: tx.connection.exec_driver_sql(query).fetchall()) == []
