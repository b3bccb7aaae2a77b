"""Sentences and paragraphs: the units that ``near: {within: sentence}`` and ``lead:`` speak of."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from monitor.text.tokens import tokens

_PARAGRAPH = re.compile(r"\n[ \t\r]*\n\s*")
_LINE = re.compile(r"\n\s*")
# A full stop ends a sentence before a space and anything but a lower-case letter; an ideographic one always does.
_STOP = re.compile(r"[。！？｡]+[」』”’）)]*|[.!?؟۔।…]+[\"'”’»)\]]*(?=\s)\s+|\n\s*")
_ABBREVIATION = re.compile(
    r"(?:\b\w|\b(?:mr|mrs|ms|dr|prof|gen|lt|col|capt|sgt|adm|gov|sen|rep|rev|st|no|vs|etc|inc|ltd|co|corp|jr|sr"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|bzw|usw|ca|nr|evtl|ggf|mio|mrd|mme|mlle|sra?|ud|uds|dott|sig|ing"
    r"|тыс|млн|млрд|им|ул|св|см|руб|proc|tys|mln|mld|ul|im|tzw|np|tj|gen|płk|kpt|dhr|mevr|bv|nl))\.$",
    re.IGNORECASE,
)


def paragraph_starts(text: str) -> list[int]:
    """Where paragraphs begin. Blank lines part them; in a text without any, every line is one."""
    breaks = [match.end() for match in _PARAGRAPH.finditer(text)]
    return [0, *(breaks or [match.end() for match in _LINE.finditer(text)])]


def sentence_starts(text: str) -> Iterator[int]:
    """Where sentences begin; abbreviations and initials (``U.S.``, ``Gen.``) do not end one, a line break does."""
    yield 0
    yield from (match.end() for match in _STOP.finditer(text) if _ends_sentence(text, match))


def first_paragraph(text: str) -> int:
    """Where the first paragraph that says something ends."""
    starts = [*paragraph_starts(text), len(text)]
    return next((end for start, end in pairwise(starts) if text[start:end].strip()), len(text))


def unit_of(starts: Sequence[int], offset: int) -> int:
    """Which unit an offset lies in, counting from 0."""
    return bisect_right(starts, offset) - 1


def words_between(text: str, start: int, end: int) -> int:
    """How many words lie between two offsets."""
    found = tokens(text[start:end])
    return found[-1].word + found[-1].words if found else 0


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    if not match.group().startswith("."):
        return True
    after = text[match.end() : match.end() + 1]
    if after.islower():
        return False
    return not _ABBREVIATION.search(text, max(0, match.start() - 12), match.start() + 1)
