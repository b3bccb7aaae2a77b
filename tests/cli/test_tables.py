"""How a table gives way to a narrow terminal: what is compared stays whole, and no word is broken."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.text import Text

from monitor.cli.tables import Column, laid_out

ALERTS = {
    "number": ["6", "12"],
    "at": ["2026-11-24 03:49:31", "2026-11-24 03:49:26"],
    "severity": ["medium", "critical"],
    "rule": ["operations", "dprk-russia-arms"],
    "why": ["", ""],
    "reason": ["the feed does not answer since this morning", "first-of-story"],
    "title": ["Feed broken is broken", "국정원 “북한, 러시아에 포탄 100만 발 지원” 확인, 한미일 공동 대응 논의"],
}
LONG = {"why", "reason", "title"}
WIDTHS = pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 200])


def table(width: int) -> list[str]:
    columns = [Column(heading, tuple(map(Text, cells)), long=heading in LONG) for heading, cells in ALERTS.items()]
    return [line.plain for line in laid_out(columns, width)]


@WIDTHS
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(cell_len, table(width))) <= width


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_numbers_times_and_names_are_never_broken(width: int) -> None:
    shown = "\n".join(table(width))
    for heading in ("number", "at", "severity", "rule"):
        for cell in ALERTS[heading]:
            assert cell in shown


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
def test_reasons_are_whole_and_wrapped_between_words(width: int) -> None:
    known = {word for cells in ALERTS.values() for cell in cells for word in cell.split()} | set(ALERTS)
    shown = {word for line in table(width) for word in line.split()}
    broken = {word for word in shown - known if not word.endswith("…")}
    assert not broken
    assert set(ALERTS["reason"][0].split()) <= shown


@WIDTHS
def test_a_column_with_nothing_in_it_takes_no_room(width: int) -> None:
    assert "why" not in "\n".join(table(width)).split()


def test_with_room_a_row_is_one_line_and_without_a_title_ends_in_an_ellipsis() -> None:
    assert len(table(200)) == 3
    title = table(120)[-1]
    assert title.endswith("…")
    assert "국정원" in title


def test_where_long_texts_could_not_be_read_they_go_below_their_row() -> None:
    lines = table(80)
    assert lines[0].split() == ["number", "at", "severity", "rule"]
    assert lines[1].endswith("operations")
    assert lines[2].startswith("    the feed does not answer")
