"""One field of an article as it was read: which slots are filled where, and which phrases they make.

Nothing is worked out before somebody asks: most articles wake no rule, and then no place in them matters.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from itertools import accumulate, compress, count
from typing import TypeAlias

from monitor.rules.reading import UNCOUNTED, UNEVEN, Find, Told
from monitor.rules.vocabulary import Phrases
from monitor.text.tokens import Token, tokens
from monitor.text.units import paragraph_starts, sentence_starts, words_between

# First and last word, first and last offset.
Extent: TypeAlias = tuple[int, int, int, int]

# A phrase goes on over hyphens, quotes and the stop of an abbreviation, not over what parts clauses or paragraphs.
_CLAUSE_END = re.compile(r"[,;:!?()،؛؟。！？、，]|\n\s*\n")


def cut_at_words(piece: str) -> tuple[list[int], list[Token]]:
    """Where the words of a piece begin, and the words."""
    found = tokens(piece)
    return [token.start for token in found], found


def pieces_of(text: str) -> list[str]:
    """A text cut at its spaces and line ends, each of which is one character wide."""
    return text.replace("\n", " ").split(" ") if text else []


class Passage:
    """A text, its pieces, and what those say that are more than one word without meaning."""

    def __init__(self, text: str, pieces: list[str], told: Told) -> None:
        self.text = text
        self._pieces = pieces
        self._told = told

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """The numbers of the pieces that say something, by piece."""
        places: dict[str, list[int]] = {}
        pieces = self._pieces
        for number in compress(count(), map(self._told.pieces.__contains__, pieces)):
            places.setdefault(pieces[number], []).append(number)
        return places

    @cached_property
    def _lengths(self) -> list[int]:
        """How many characters stand before each piece, not counting spaces."""
        return list(accumulate(map(len, self._pieces), initial=0))

    @cached_property
    def _uneven(self) -> tuple[list[int], list[int]]:
        """The numbers of the pieces that are not just one word, and how many more they make before each of them."""
        signs = self._told.signs
        pieces = [piece for piece in self._places if UNEVEN in signs[piece]]
        uneven = sorted([number for piece in pieces for number in self._places[piece]])
        return uneven, list(accumulate([self._words_of(number) - 1 for number in uneven], initial=0))

    def _words_of(self, number: int) -> int:
        piece = self._pieces[number]
        reading = self._told.readings.get(piece)
        if reading is None:
            return 1
        return words_between(piece, 0, len(piece)) if reading.words == UNCOUNTED else reading.words

    def _offset(self, number: int) -> int:
        """Where a piece begins."""
        return self._lengths[number] + number

    def _word(self, number: int) -> int:
        """How many words come before a piece."""
        uneven, surplus = self._uneven
        return number + surplus[bisect_left(uneven, number)]

    def extents(self, piece: str, find: Find) -> list[Extent]:
        """Where what was found in a piece is, once for each time that the piece is there."""
        return [self._extent(number, find) for number in self._places.get(piece, ())]

    def _extent(self, number: int, find: Find) -> Extent:
        offset, word = self._offset(number), self._word(number)
        first, last = find.first, find.last
        if first == UNCOUNTED:
            first, last = (self._word_within(self._pieces[number], one) for one in (find.start, find.end - 1))
        return word + first, word + last, offset + find.start, offset + find.end

    def _word_within(self, piece: str, offset: int) -> int:
        """The number of the word at an offset of a piece."""
        begins, found = self._cut.get(piece) or self._cut.setdefault(piece, cut_at_words(piece))
        return found[max(0, bisect_right(begins, offset) - 1)].word_at(offset) if found else 0

    @cached_property
    def _cut(self) -> dict[str, tuple[list[int], list[Token]]]:
        """The words of pieces that were asked for, and where they begin."""
        return {}

    def phrases(
        self, beginnings: Mapping[int, Mapping[int, Phrases]], pieces: Collection[str]
    ) -> Iterator[tuple[int, Extent]]:
        """The terms that go on behind these slots, in these pieces: words that follow one another in one clause."""
        readings = self._told.readings
        for number in compress(count(), map(pieces.__contains__, self._pieces)):
            reading = readings[self._pieces[number]]
            # Mostly what follows is a word without meaning, and then no phrase goes on.
            if reading.words != 1 or self._tells(number + 1):
                for word, finds in reading.by_word.items():
                    for find in finds:
                        if find.slot in beginnings:
                            yield from self._begun(beginnings[find.slot], number, word, find)

    def _tells(self, number: int) -> bool:
        return number < len(self._pieces) and self._pieces[number] in self._told.pieces

    def _begun(
        self, following: Mapping[int, Phrases], number: int, word: int, find: Find
    ) -> Iterator[tuple[int, Extent]]:
        """The terms that go on behind a first word."""
        for terms, last, end in self._follow(following, number, word + 1):
            extent = (self._word(number) + word, last, self._offset(number) + find.start, end)
            if _CLAUSE_END.search(self.text, extent[2], end) is None:
                yield from ((term, extent) for term in terms)

    def _follow(self, following: Mapping[int, Phrases], number: int, word: int) -> Iterator[tuple[list[int], int, int]]:
        """The ways to go on with a word of a piece or the next one's: terms that end, their last word, its end."""
        while word >= (words := self._words_of(number)):
            word -= words
            number += 1
            if number == len(self._pieces):
                return
        reading = self._told.readings.get(self._pieces[number])
        if reading is None:
            return
        for find in reading.by_word.get(word, ()):
            phrases = following.get(find.slot)
            if phrases is not None:
                if phrases.terms:
                    yield phrases.terms, self._word(number) + word, self._offset(number) + find.end
                if phrases.following:
                    yield from self._follow(phrases.following, number, word + 1)

    def word_at(self, offset: int) -> int:
        """The number of the word at an offset."""
        number = max(0, bisect_right(range(len(self._pieces)), offset, key=self._offset) - 1)
        piece = self._pieces[number]
        if piece not in self._told.pieces:
            return self._word(number)
        return max(0, self._word(number) + self._word_within(piece, offset - self._offset(number)))

    def sentences(self, offset: int) -> list[int]:
        """Where sentences begin, at least as far as the one that holds an offset."""
        found, more = self._sentences
        while found[-1] <= offset and (start := next(more, None)) is not None:
            found.append(start)
        return found

    @cached_property
    def _sentences(self) -> tuple[list[int], Iterator[int]]:
        more = sentence_starts(self.text)
        return [next(more)], more

    @cached_property
    def paragraphs(self) -> list[int]:
        """Where paragraphs begin."""
        return paragraph_starts(self.text)
