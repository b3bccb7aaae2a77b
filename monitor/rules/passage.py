"""One field of an article as it was read: which slots are filled where, and which phrases they make."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import accumulate, compress, count
from operator import attrgetter
from typing import TypeAlias

from monitor.rules.lexicon import Find, Lexicon
from monitor.rules.vocabulary import Phrases
from monitor.text.units import paragraph_starts, sentence_starts, words_between

# First and last word, first and last offset.
Extent: TypeAlias = tuple[int, int, int, int]

# A phrase goes on over hyphens, quotes and the stop of an abbreviation, not over what parts clauses or paragraphs.
_CLAUSE_END = re.compile(r"[,;:!?()،؛؟。！？、，]|\n\s*\n")
_WORDS, _FINDS, _JOINTS = attrgetter("words"), attrgetter("finds"), attrgetter("joints")
_Joints: TypeAlias = tuple[int, tuple[Find, ...]]  # number of a piece, what one word of it is in phrases
_NO_JOINTS: _Joints = (0, ())


class Passage:
    """A text cut into pieces at its spaces, with the reading of each."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.text = text
        self.pieces = text.replace("\n", " ").split(" ") if text else []
        self.readings, self.distinct = lexicon.read_all(self.pieces)

    @cached_property
    def _offsets(self) -> list[int]:
        """Where each piece begins."""
        sums = accumulate(map(len, self.pieces), initial=0)
        return [offset + spaces for spaces, offset in enumerate(sums)]

    @cached_property
    def _words(self) -> list[int]:
        """How many words come before each piece."""
        return list(accumulate(map(_WORDS, self.readings), initial=0))

    def filled(self) -> Iterator[tuple[int, Extent]]:
        """Every filled slot, in order."""
        for number in compress(count(), map(_FINDS, self.readings)):
            offset, word = self._offsets[number], self._words[number]
            for slot, first, last, start, end in self.readings[number].finds:
                yield slot, (word + first, word + last, offset + start, offset + end)

    def phrases(self, beginnings: Mapping[int, Phrases]) -> Iterator[tuple[int, Extent]]:
        """The terms of several words that are there: words that follow one another in one clause."""
        at: dict[int, _Joints] = {}
        for number in compress(count(), map(_JOINTS, self.readings)):
            for word, finds in self.readings[number].joints:
                at[self._words[number] + word] = number, finds
        for word, (number, finds) in at.items():
            if word + 1 in at:
                for find in finds:
                    begun = beginnings.get(find[0])
                    if begun is not None:
                        for terms, last, end in self._follow(begun.following, word + 1, at):
                            extent = (word, last, self._offsets[number] + find.start, end)
                            if _CLAUSE_END.search(self.text, extent[2], end) is None:
                                yield from ((term, extent) for term in terms)

    def _follow(
        self, following: Mapping[int, Phrases], word: int, at: Mapping[int, _Joints]
    ) -> Iterator[tuple[list[int], int, int]]:
        """The ways to go on: terms that end, their last word, and where that ends."""
        number, finds = at.get(word, _NO_JOINTS)
        for find in finds:
            phrases = following.get(find[0])
            if phrases is not None:
                if phrases.terms:
                    yield phrases.terms, word, self._offsets[number] + find.end
                if phrases.following:
                    yield from self._follow(phrases.following, word + 1, at)

    def word_at(self, offset: int) -> int:
        """The number of the word at an offset."""
        piece = max(0, bisect_right(self._offsets, offset) - 1)
        within = words_between(self.text, self._offsets[piece], offset + 1)
        return max(0, self._words[piece] + within - 1)

    @cached_property
    def sentences(self) -> list[int]:
        """Where sentences begin."""
        return sentence_starts(self.text)

    @cached_property
    def paragraphs(self) -> list[int]:
        """Where paragraphs begin."""
        return paragraph_starts(self.text)
