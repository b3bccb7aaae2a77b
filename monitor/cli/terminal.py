"""How things look on a terminal: problems, highlights, severities. Piped output is plain."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from monitor.rules.hits import Hit
from monitor.rules.model import Severity
from monitor.rules.problems import Gravity, Problem

out = Console(highlight=False, soft_wrap=True)
err = Console(highlight=False, soft_wrap=True, stderr=True)

SEVERITY_STYLES = {
    Severity.INFO: "dim",
    Severity.LOW: "cyan",
    Severity.MEDIUM: "yellow",
    Severity.HIGH: "bold dark_orange",
    Severity.CRITICAL: "bold red",
}
_HIT_STYLE = "bold black on yellow"
TICK, CROSS = Text("✓", "green"), Text("✗", "red")


def print_json(value: object) -> None:
    """One line of JSON, in the characters of its language."""
    out.file.write(json.dumps(value, ensure_ascii=False) + "\n")


def problem_text(problem: Problem) -> Text:
    """``file:line:column error sentence → fix``, with the place first so that editors and terminals can jump to it."""
    colour = "red" if problem.gravity is Gravity.ERROR else "yellow"
    line = Text()
    line.append(f"{problem.place}: ", "bold")
    line.append(f"{problem.gravity.value}: ", colour)
    line.append(printable(problem.sentence))
    if problem.fix:
        line.append(f" → {printable(problem.fix)}", "green")
    return line


def show_problems(problems: Iterable[Problem]) -> None:
    """Every problem on a line of its own, on standard error."""
    for problem in problems:
        err.print(problem_text(problem))


def problem_json(problem: Problem) -> dict[str, object]:
    """A problem for machines."""
    place = problem.place
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "kind": problem.kind,
        "gravity": problem.gravity.value,
        "sentence": problem.sentence,
        "fix": problem.fix,
    }


def highlighted(text: str, hits: Sequence[Hit], field: str) -> Text:
    """A field's text with its hits marked."""
    shown = Text(printable(text))
    for hit in hits:
        if hit.field == field:
            shown.stylize(_HIT_STYLE, hit.start, hit.end)
    return shown


def excerpt(text: str, hits: Sequence[Hit], field: str, width: int = 160) -> Text:
    """The part of a long text around its first hits, cut at spaces."""
    places = sorted((hit.start, hit.end) for hit in hits if hit.field == field)
    if not places or len(text) <= width:
        return highlighted(text, hits, field)[:width] if not places else highlighted(text, hits, field)
    start = max(0, places[0][0] - width // 4)
    end = min(len(text), start + width)
    shown = highlighted(text, hits, field)[start:end]
    return Text.assemble("…" if start else "", shown, "…" if end < len(text) else "")


def counted(number: int, one: str, more: str = "") -> str:
    """``1 match``, ``2 matches``."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def severity_text(severity: Severity) -> Text:
    """The word in its colour."""
    return Text(severity.word, SEVERITY_STYLES[severity])


def printable(text: str) -> str:
    """Text of strangers, unable to steer a terminal: control characters become ``·``, one for one."""
    return "".join(
        character
        if character >= " " and not "\x7f" <= character <= "\x9f" and character not in _STEERING
        else _stood(character)
        for character in text
    )


# Bidirectional overrides and isolates (UAX #9) reorder what a line shows.
_STEERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u2028\u2029")


def _stood(character: str) -> str:
    return " " if character in "\n\t\r\u2028\u2029" else "·"
