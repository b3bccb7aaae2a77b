"""Copies and light edits of one text, found among a hundred thousand without comparing with each.

A text is the set of its word shingles. Kept of it are the ``SKETCH`` smallest hashes (bottom-k sketch, Broder 1997),
which give the Jaccard likeness of two texts without bias, and exactly when neither has more shingles than that. The
``KEYS`` smallest find candidates: texts that are alike have small hashes in common. Each key remembers the last two
texts that had it, so that neither boilerplate nor a report printed fifty times makes a look-up longer.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

from monitor.stories.words import TOKEN, without_outlet

SKETCH = 48
KEYS = 6
MOST_WORDS = 600
_SLOTS = 1 << 20
_MIX = 0x9E3779B1
_MASK = 0xFFFFFFFF
_POSSESSIVE = re.compile(r"['’]s\b")
_UNSPACED = ("\u3040", "\u9fff")


@dataclass(frozen=True, slots=True)
class Sketch:
    """A text's smallest shingle hashes, ascending, and how many words it has (at most ``MOST_WORDS``)."""

    hashes: array[int]
    words: int


def sketch(title: str, body: str) -> Sketch:
    """The sketch of a text; shingles are three words, or three characters where no spaces are written."""
    text = f"{without_outlet(title)}\n{body}".casefold()
    words = [_word(word) for word in _words(_POSSESSIVE.sub("", text))][:MOST_WORDS]
    if len(words) < 3:
        words = [*words, 0, 0]
    # Multiplying after the sum spreads the hashes over all values: the smallest must be a fair sample.
    hashes = {(a * 31 + b * 17 + c) * _MIX & _MASK for a, b, c in zip(words, words[1:], words[2:], strict=False)}
    return Sketch(array("I", sorted(hashes)[:SKETCH]), len(words))


def _words(text: str) -> Iterator[str]:
    for word in TOKEN.findall(text[: MOST_WORDS * 12]):
        if _UNSPACED[0] <= word[0] <= _UNSPACED[1]:
            yield from word
        else:
            yield word


@lru_cache(maxsize=16_384)
def _word(word: str) -> int:
    return crc32(word.encode()) * _MIX & _MASK


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
    """Finds earlier texts by the keys of a sketch, in constant time and space. Texts are positive numbers."""

    def __init__(self) -> None:
        self._slots = array("I", bytes(8 * _SLOTS))

    def add(self, text: int, hashes: Sequence[int]) -> None:
        """Remember ``text`` under its keys."""
        slots = self._slots
        for key in hashes[:KEYS]:
            slot = key % _SLOTS * 2
            slots[slot + 1] = slots[slot]
            slots[slot] = text

    def remove(self, text: int, hashes: Sequence[int]) -> None:
        """Forget ``text``."""
        slots = self._slots
        for key in hashes[:KEYS]:
            slot = key % _SLOTS * 2
            if slots[slot] == text:
                slots[slot] = slots[slot + 1]
                slots[slot + 1] = 0
            elif slots[slot + 1] == text:
                slots[slot + 1] = 0

    def candidates(self, hashes: Sequence[int]) -> list[int]:
        """Texts that may be alike, the oldest first."""
        slots = self._slots
        found: set[int] = set()
        for key in hashes[:KEYS]:
            slot = key % _SLOTS * 2
            found.update(slots[slot : slot + 2])
        found.discard(0)
        return sorted(found)
