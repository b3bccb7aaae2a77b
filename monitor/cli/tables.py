"""Tables that fit a terminal: numbers, times and names stay whole, and the long texts share what is left.

Where less is left for them than can be read, they go on lines of their own below their row.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.text import Text

from monitor.cli.terminal import out

_GAP = 2
_INDENT = 4
_READABLE = 20
"""How many cells a long text needs to be worth a column."""
_CUT = frozenset({"title"})
"""What is recognized by its beginning, and ends in an ellipsis where there is no room; other long texts are wrapped."""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and what stands below it, a cell a row. ``long`` texts give way to the others."""

    heading: str
    cells: tuple[Text, ...]
    long: bool = False

    @property
    def width(self) -> int:
        """Cells of the terminal that it takes to show all of it."""
        return max(Text(self.heading).cell_len, *(cell.cell_len for cell in self.cells))


def print_rows(headings: Sequence[str], rows: Sequence[Sequence[Text]], long: Collection[str]) -> None:
    """Fit to the terminal; into a pipe or file every row is one line, for `grep` and its like."""
    columns = [
        Column(heading, cells, heading in long)
        for heading, cells in zip(headings, zip(*rows, strict=True), strict=True)
    ]
    if out.is_terminal:
        for line in laid_out(columns, out.width):
            out.print(line)
        return
    for line in _side_by_side(columns, [column.width for column in columns]):
        out.file.write(line.plain + "\n")


def laid_out(columns: Sequence[Column], width: int) -> list[Text]:
    """The lines of a table that is ``width`` cells wide; columns with nothing in them are left out."""
    kept = [column for column in columns if any(cell.plain for cell in column.cells)]
    widths = _widths(kept, width)
    return _side_by_side(kept, widths) if widths else _stacked(kept, width)


def _widths(columns: Sequence[Column], width: int) -> list[int]:
    """A width for each column; nothing if the long ones would be too narrow to be read."""
    left = width - _GAP * (len(columns) - 1) - sum(column.width for column in columns if not column.long)
    long = sorted((column for column in columns if column.long), key=lambda column: column.width)
    given: dict[str, int] = {}
    for place, column in enumerate(long):
        given[column.heading] = min(column.width, left // (len(long) - place))
        left -= given[column.heading]
        if given[column.heading] < min(column.width, _READABLE):
            return []
    return [given.get(column.heading, column.width) for column in columns] if left >= 0 else []


def _side_by_side(columns: Sequence[Column], widths: Sequence[int]) -> list[Text]:
    lines = [_line([Text(column.heading, "bold") for column in columns], widths)]
    for row in zip(*(column.cells for column in columns), strict=True):
        blocks = [_block(*one) for one in zip(columns, row, widths, strict=True)]
        lines += [_line(line, widths) for line in zip_longest(*blocks, fillvalue=Text())]
    return lines


def _stacked(columns: Sequence[Column], width: int) -> list[Text]:
    """As many columns as fit, and below each row the others: the short ones with their heading, then the long ones."""
    short = [column for column in columns if not column.long]
    while len(short) > 1 and sum(column.width for column in short) + _GAP * (len(short) - 1) > width:
        short.pop()
    widths = [min(column.width, width) for column in short]
    below = [column for column in columns if column not in short]
    lines = [_line([Text(column.heading, "bold") for column in short], widths)]
    room = max(1, width - _INDENT)
    for number, row in enumerate(zip(*(column.cells for column in short), strict=True)):
        lines.append(_line([_cut(cell, wide) for cell, wide in zip(row, widths, strict=True)], widths))
        parts = [_told_below(column, column.cells[number], room) for column in below if column.cells[number].plain]
        lines += [_indented(line) for line in Text("  ").join(parts).wrap(out, room)] if parts else []
    return lines


def _told_below(column: Column, cell: Text, room: int) -> Text:
    if not column.long:
        return Text.assemble((f"{column.heading} ", "dim"), cell)
    return _cut(cell, 2 * room) if column.heading in _CUT else cell


def _block(column: Column, cell: Text, width: int) -> list[Text]:
    if cell.cell_len <= width:
        return [cell]
    return [_cut(cell, width)] if column.heading in _CUT else list(cell.wrap(out, width))


def _cut(cell: Text, width: int) -> Text:
    shorter = cell.copy()
    shorter.truncate(width, overflow="ellipsis")
    return shorter


def _line(cells: Sequence[Text], widths: Sequence[int]) -> Text:
    line = Text()
    for cell, width in zip(cells, widths, strict=True):
        line.append_text(cell)
        line.append(" " * (width - cell.cell_len + _GAP))
    line.rstrip()
    return line


def _indented(line: Text) -> Text:
    line.rstrip()
    return Text(" " * _INDENT).append_text(line)
