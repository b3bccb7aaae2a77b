"""What matching gives: a match per rule, made of hits that say which words held which condition."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.rules.model import Severity


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """One term found at one place: ``article.<field>[start:end] == text`` always holds.

    ``field`` is ``title``, ``summary``, ``body``, ``url``, ``author`` or ``feed``. ``concept`` is empty for a term
    written directly in a condition. ``term`` is as written in the rule.
    """

    field: str
    start: int
    end: int
    text: str
    term: str
    concept: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A rule holds for an article, through these hits (sorted: title, summary, body; then by offset)."""

    rule: str
    severity: Severity
    hits: tuple[Hit, ...]
