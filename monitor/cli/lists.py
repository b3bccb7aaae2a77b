"""What the commands that list the archive share: opening it, tables for people, JSON for machines."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, TypeAlias

from rich.text import Text

from monitor.cli.tables import print_rows
from monitor.cli.terminal import out, print_json, printable
from monitor.config import Config, load_config
from monitor.errors import UsageError
from monitor.installation import open_archive
from monitor.rules.model import Severity
from monitor.rules.quantities import parse_duration
from monitor.store import Store


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


@contextmanager
def archive(path: Path) -> Iterator[tuple[Config, Store]]:
    """The configuration and its database, opened beside a running daemon; it takes no secret to ask the archive."""
    config = load_config(path, os.environ, secrets=False)
    store = open_archive(config, utc_now())
    try:
        yield config, store
    finally:
        store.close()


def since(text: str) -> datetime | None:
    """``30d``, ``12h`` back from now; None for an empty text."""
    if not text:
        return None
    try:
        return utc_now() - parse_duration(text)
    except ValueError as error:
        raise UsageError(f"--since {text}: {error}") from None


def local(at: datetime | None, config: Config) -> str:
    """A time as the user's clock shows it; empty for none."""
    return "" if at is None else at.astimezone(config.timezone).strftime("%Y-%m-%d %H:%M:%S")


def age(at: datetime | None, now: datetime) -> str:
    """How long ago, in the largest unit that fits: ``4 min``, ``3 h``, ``12 d``."""
    if at is None:
        return "never"
    seconds = max(0, int((now - at).total_seconds()))
    for unit, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= unit:
            return f"{seconds // unit} {name}"
    return f"{seconds} s"


Columns: TypeAlias = Mapping[str, Callable[[Any], str | Text]]
"""Headings, each with what its cell says of a row."""

LONG_TEXTS = ("title", "reason", "why", "comment")
"""What may be of any length."""


def show(
    rows: Sequence[object],
    columns: Columns,
    *,
    json: bool,
    nothing: str = "nothing",
    long: Collection[str] = LONG_TEXTS,
) -> None:
    """A table with these columns, or with ``json`` every field of every row. ``long`` texts give way to the others."""
    if json:
        print_json([plain(row) for row in rows])
    elif rows:
        print_rows(list(columns), [[_text(cell(row)) for cell in columns.values()] for row in rows], long)
    else:
        out.print(f"[dim]{nothing}[/]")


def _text(cell: str | Text) -> Text:
    return cell if isinstance(cell, Text) else Text(printable(cell))


def plain(value: object) -> Any:  # noqa: ANN401 - JSON
    """Any of our values as JSON-ready data: severities as words, times as ISO 8601, durations in seconds."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return _plain_scalar(value)


def _plain_scalar(value: object) -> object:
    match value:
        case Severity():
            return value.word
        case Enum():
            return value.value
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case str() | int() | float() | None:
            return value
        case _:
            return str(value)
