"""Copies and light edits of one text, found among a hundred thousand without comparing with each.

A text is the set of its word shingles. Kept of it are the ``SKETCH`` smallest hashes (bottom-k sketch, Broder 1997),
which give the Jaccard likeness of two texts without bias, and exactly when neither has more shingles than that. The
``KEYS`` smallest find candidates: texts that are alike have small hashes in common. Each key remembers the last two
texts that had it, so that neither boilerplate nor a report printed fifty times makes a look-up longer.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from monitor.stories.words import TOKEN, without_outlet

SKETCH = 48
KEYS = 6
MOST_WORDS = 600
_KEYS_KNOWN = 1 << 20
_PAGE = 1 << 8
_MIX = 0x9E3779B1
_MASK = 0xFFFFFFFF
_POSSESSIVE = re.compile(r"['’]s\b")
_UNSPACED = re.compile("[\u3040-\u9fff]")


@dataclass(frozen=True, slots=True)
class Sketch:
    """A text's smallest shingle hashes, ascending, and how many words it has (at most ``MOST_WORDS``)."""

    hashes: array[int]
    words: int


def sketch(title: str, body: str) -> Sketch:
    """The sketch of a text; shingles are three words, or three characters where no spaces are written."""
    text = f"{without_outlet(title)}\n{body}".casefold()
    words = [crc32(word.encode()) * _MIX & _MASK for word in _words(_POSSESSIVE.sub("", text))[:MOST_WORDS]]
    if len(words) < 3:
        words = [*words, 0, 0]
    # Multiplying after the sum spreads the hashes over all values: the smallest must be a fair sample.
    hashes = {(a * 31 + b * 17 + c) * _MIX & _MASK for a, b, c in zip(words, words[1:], words[2:], strict=False)}
    return Sketch(array("I", sorted(hashes)[:SKETCH]), len(words))


def _words(text: str) -> list[str]:
    words: list[str] = TOKEN.findall(text[: MOST_WORDS * 12])
    if _UNSPACED.search(text) is None:
        return words
    return [part for word in words for part in (word if _UNSPACED.match(word) else (word,))]


def resemblance(one: Sequence[int], other: Sequence[int]) -> float:
    """The Jaccard likeness of two texts, from their sketches."""
    if not one or not other:
        return 0.0
    shared = set(one).intersection(other)
    union = sorted(set(one).union(other))
    if len(one) == SKETCH or len(other) == SKETCH:
        union = union[:SKETCH]
    return sum(number in shared for number in union) / len(union)


def same_text_at(words: int) -> float:
    """From which likeness two texts of that many words (the shorter one's) are one text.

    A headline has to be the same but for a detail; of a long report nearly half of the shingles may go, because
    every edited word breaks three of them.
    """
    if words < 12:
        return 0.85
    if words < 30:
        return 0.7
    return 0.6 if words < 100 else 0.5


class TextKeys:
    """Finds earlier texts by the keys of a sketch, in constant time and space. Texts are positive numbers.

    Two slots a key, in pages that are made when one of their keys comes: a small window takes little.
    """

    def __init__(self) -> None:
        self._pages: list[array[int] | None] = [None] * (_KEYS_KNOWN // _PAGE)

    def add(self, text: int, hashes: Sequence[int]) -> None:
        """Remember ``text`` under its keys."""
        for key in hashes[:KEYS]:
            number, slot = _place(key)
            page = self._pages[number]
            if page is None:
                page = self._pages[number] = array("I", bytes(8 * _PAGE))
            page[slot + 1] = page[slot]
            page[slot] = text

    def remove(self, text: int, hashes: Sequence[int]) -> None:
        """Forget the oldest text."""
        for key in hashes[:KEYS]:
            number, slot = _place(key)
            page = self._pages[number]
            for each in (slot, slot + 1):
                if page is not None and page[each] == text:
                    page[each] = 0

    def candidates(self, hashes: Sequence[int]) -> list[int]:
        """Texts that may be alike, the oldest first."""
        found: set[int] = set()
        for key in hashes[:KEYS]:
            number, slot = _place(key)
            page = self._pages[number]
            if page is not None:
                found.update(page[slot : slot + 2])
        found.discard(0)
        return sorted(found)


def _place(key: int) -> tuple[int, int]:
    """The page of a key, and its first slot there."""
    number, rest = divmod(key % _KEYS_KNOWN, _PAGE)
    return number, 2 * rest
