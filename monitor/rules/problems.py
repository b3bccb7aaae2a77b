"""A problem: one located fault in a file that a person edits, with what to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.errors import NewsmonitorError


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a file: line and column count from 1, as editors show them."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Gravity(StrEnum):
    """An error keeps the file from being used; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault: where, which kind (a stable slug such as ``unknown-key``), what is wrong, and the fix."""

    place: Place
    kind: str
    sentence: str
    fix: str = ""
    gravity: Gravity = Gravity.ERROR

    def __str__(self) -> str:
        fix = f" → {self.fix}" if self.fix else ""
        return f"{self.place}: {self.gravity.value}: {self.sentence}{fix}"


class ProblemsError(NewsmonitorError):
    """A config or rule file cannot be used; ``problems`` lists every fault found, not just the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))
