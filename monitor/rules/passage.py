"""One field of an article as it was read: which slots are filled where, and which phrases they make."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import accumulate, compress, count
from operator import add, attrgetter
from typing import TypeAlias

from monitor.rules.lexicon import Find, Lexicon, Reading
from monitor.rules.vocabulary import Phrases
from monitor.text.units import paragraph_starts, sentence_starts, words_between

# First and last word, first and last offset.
Extent: TypeAlias = tuple[int, int, int, int]

# A phrase goes on over hyphens, quotes and the stop of an abbreviation, not over what parts clauses or paragraphs.
_CLAUSE_END = re.compile(r"[,;:!?()،؛؟。！？、，]|\n\s*\n")
_WORDS = attrgetter("words")


class Passage:
    """A text cut into pieces at its spaces, with the reading of each; ``telling`` are those that fill any slot."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.text = text
        self.pieces = text.replace("\n", " ").split(" ") if text else []
        self._readings, distinct = lexicon.read_all(self.pieces)
        self.telling = [reading for reading in distinct if reading.finds]

    @cached_property
    def _offsets(self) -> list[int]:
        """Where each piece begins."""
        return list(map(add, accumulate(map(len, self.pieces), initial=0), count()))

    @cached_property
    def _words(self) -> list[int]:
        """How many words come before each piece."""
        return list(accumulate(map(_WORDS, self._readings), initial=0))

    @cached_property
    def _pieces_of(self) -> dict[Reading, list[int]]:
        """The numbers of the pieces that have each telling reading."""
        pieces: dict[Reading, list[int]] = {reading: [] for reading in self.telling}
        for number, reading in enumerate(self._readings):
            if reading in pieces:
                pieces[reading].append(number)
        return pieces

    @cached_property
    def _finds(self) -> dict[int, list[tuple[Reading, Find]]]:
        """By slot, what fills it."""
        finds: dict[int, list[tuple[Reading, Find]]] = {}
        for reading in self.telling:
            for find in reading.finds:
                finds.setdefault(find[0], []).append((reading, find))
        return finds

    def filled(self, slot: int) -> Iterator[Extent]:
        """Where a slot is filled."""
        for reading, (_, first, last, start, end) in self._finds.get(slot, ()):
            for number in self._pieces_of[reading]:
                offset, word = self._offsets[number], self._words[number]
                yield word + first, word + last, offset + start, offset + end

    def phrases(self, beginnings: Mapping[int, Phrases]) -> Iterator[tuple[int, Extent]]:
        """The terms of several words that are there: words that follow one another in one clause."""
        there = set[int]().union(*[reading.in_phrases for reading in self.telling])
        # Few phrases have even their first two words somewhere in a text: only for those are places looked at.
        begun = {
            slot: beginnings[slot].following
            for slot in beginnings.keys() & there
            if not beginnings[slot].following.keys().isdisjoint(there)
        }
        if not begun:
            return
        first = {reading for reading in self.telling if not begun.keys().isdisjoint(reading.in_phrases)}
        for number in compress(count(), map(first.__contains__, self._readings)):
            for word, finds in self._readings[number].joints.items():
                for find in finds:
                    if find[0] in begun:
                        yield from self._begun(begun[find[0]], number, word, find)

    def _begun(
        self, following: Mapping[int, Phrases], number: int, word: int, find: Find
    ) -> Iterator[tuple[int, Extent]]:
        """The terms that go on behind a first word."""
        for terms, last, end in self._follow(following, number, word + 1):
            extent = (self._words[number] + word, last, self._offsets[number] + find.start, end)
            if _CLAUSE_END.search(self.text, extent[2], end) is None:
                yield from ((term, extent) for term in terms)

    def _follow(self, following: Mapping[int, Phrases], number: int, word: int) -> Iterator[tuple[list[int], int, int]]:
        """The ways to go on with a word of a piece or the next one's: terms that end, their last word, its end."""
        while word >= self._readings[number].words:
            word -= self._readings[number].words
            number += 1
            if number == len(self._readings):
                return
        for find in self._readings[number].joints.get(word, ()):
            phrases = following.get(find[0])
            if phrases is not None:
                if phrases.terms:
                    yield phrases.terms, self._words[number] + word, self._offsets[number] + find.end
                if phrases.following:
                    yield from self._follow(phrases.following, number, word + 1)

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
