"""What the lexicon says of a piece of text: how many words it has, which slots they fill, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

UNCOUNTED = -1
# Among the signs of a piece: it is not just one word. A number that no group reaches.
UNEVEN = 1 << 62


class Find(NamedTuple):
    """A slot filled by words ``first`` to ``last``, at these offsets; all relative to the piece it was found in.

    The words of pieces without spaces are ``UNCOUNTED``: few of them are ever asked for.
    """

    slot: int
    first: int
    last: int
    start: int
    end: int


class Reading:
    """A piece of text that is not just one word without meaning; how many ``words`` it has may be ``UNCOUNTED``."""

    __slots__ = ("_by_word", "finds", "words")

    def __init__(self, words: int, finds: tuple[Find, ...]) -> None:
        self.words = words
        self.finds = finds
        self._by_word: Mapping[int, list[Find]] | None = None

    @property
    def by_word(self) -> Mapping[int, list[Find]]:
        """What begins at each of its words."""
        if self._by_word is None:
            found: dict[int, list[Find]] = {}
            for find in self.finds:
                found.setdefault(find.first, []).append(find)
            self._by_word = found
        return self._by_word


class Told(NamedTuple):
    """The pieces of a text that are more than one word without meaning; the two mappings may know others too.

    The signs of a piece are all that matters until some rule is woken: the groups of which a term may be there, the
    slots that phrases need, and ``UNEVEN``.
    """

    pieces: set[str]
    signs: Mapping[str, frozenset[int]]
    readings: Mapping[str, Reading]
