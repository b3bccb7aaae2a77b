"""The line a problem is in, with a caret under its column, as compilers show it.

Only for files of rules: a line of config.yaml may hold a password.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from rich.cells import cell_len
from rich.text import Text

from monitor.cli.terminal import printable
from monitor.rules.problems import Place

_SHOWN = 100  # cells of a line


def source_line(place: Place) -> Text | None:
    """The line and the caret; nothing if the file has no such line (it is missing, or no text)."""
    lines = _lines(place.file)
    if not 1 <= place.line <= len(lines) or not lines[place.line - 1].strip():
        return None
    line = printable(lines[place.line - 1])
    before, rest = line[: place.column - 1], line[place.column - 1 :]
    indent = len(before) - len(before.lstrip())
    before = before[indent:]
    skipped = 0
    while cell_len(before) > _SHOWN // 2:
        before, skipped = before[1:], skipped + 1
    start = "…" if skipped else ""
    room = _SHOWN - cell_len(start + before)
    shown = rest
    while cell_len(shown) > room:
        shown = shown[:-1]
    end = "…" if len(shown) < len(rest) else ""
    gutter = f"{place.line:>6} │ "
    caret = " " * cell_len(start + before) + "^"
    return Text.assemble(
        (gutter, "dim"), f"{start}{before}{shown}{end}\n", (" " * 6 + " │ ", "dim"), (caret, "bold red")
    )


@lru_cache(maxsize=64)
def _lines(file: str) -> list[str]:
    try:
        return Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
