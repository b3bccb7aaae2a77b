"""What the words of a text stand for: a lexicon maps every piece of text between spaces to the slots it fills.

News repeats itself, so a piece is read once and remembered; after that a text costs one dictionary look-up per piece,
however many rules there are. Nothing is remembered of long pieces (Chinese, Japanese, Thai sentences): these are read
each time, with one Aho-Corasick scan.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple, TypeAlias

from monitor.rules.table import Table
from monitor.text.fold import compose, fold, fold_aligned
from monitor.text.tokens import Script, Token, apostrophe_parts, is_unspaced, tokens

_LONGEST_REMEMBERED = 48
_MOST_REMEMBERED = 1 << 17


class Find(NamedTuple):
    """A slot filled by words ``first`` to ``last``, at these offsets; all relative to the piece it was found in."""

    slot: int
    first: int
    last: int
    start: int
    end: int


_Filled: TypeAlias = tuple[tuple[int, int, int], ...]  # slot, start, end within one word


class Reading:
    """A piece of text as the lexicon sees it: how many words it has, and which slots they fill."""

    __slots__ = ("finds", "slots", "words")

    def __init__(self, words: int, finds: tuple[Find, ...]) -> None:
        self.words = words
        self.finds = finds
        self.slots = frozenset(find.slot for find in finds)


class Lexicon:
    """The slots of one or more languages, and what has been read with them so far."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = tuple(tables)
        self._remembered: dict[str, Reading] = {}
        self._words: dict[str, _Filled] = {}
        self._plain: dict[int, Reading] = {}  # readings without finds, one for each number of words
        self._has_runs = any(table.runs for table in tables)

    @property
    def remembered(self) -> Mapping[str, Reading]:
        """Pieces read so far; look here first."""
        return self._remembered

    def read(self, piece: str) -> Reading:
        """Read a piece of text that holds no space."""
        reading = self._read(piece)
        if len(piece) <= _LONGEST_REMEMBERED:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[piece] = reading
        return reading

    def _read(self, piece: str) -> Reading:
        found = tokens(piece)
        finds: list[Find] = []
        for token in found:
            if token.script.value <= 0:
                for slot, start, end in self._fill(token):
                    finds.append(Find(slot, token.word, token.word, token.start + start, token.start + end))
        if self._has_runs and is_unspaced(piece):
            finds += self._runs(piece, found)
        words = found[-1].word + found[-1].words if found else 0
        if not finds:
            return self._plain.setdefault(words, Reading(words, ()))
        return Reading(words, tuple(finds))

    def _fill(self, token: Token) -> _Filled:
        filled = self._words.get(token.text)
        if filled is None:
            if len(self._words) >= _MOST_REMEMBERED:
                self._words.clear()
            look_up = self._look_up_korean if token.script is Script.HANGUL else self._look_up
            filled = self._words[token.text] = look_up(token.text)
        return filled

    def _look_up(self, word: str) -> _Filled:
        filled = dict.fromkeys((slot, 0, len(word)) for slot in self._spelled(word))
        parts = apostrophe_parts(word)
        if parts is not None:
            before, after = parts
            filled |= dict.fromkeys((slot, 0, len(word)) for slot in self._spelled(before))
            filled |= dict.fromkeys((slot, len(word) - len(after), len(word)) for slot in self._spelled(after))
        return tuple(filled)

    def _spelled(self, word: str) -> set[int]:
        composed, folded = compose(word), fold(word).replace("'", "")
        return set(chain.from_iterable(table.spelled(word, composed, folded) for table in self._tables))

    def _look_up_korean(self, word: str) -> _Filled:
        aligned = fold_aligned(word)
        composed = compose(word)
        filled: dict[tuple[int, int, int], None] = {}
        for table in self._tables:
            for slot in table.exact.get(composed, ()):
                filled[slot, 0, len(word)] = None
            for slot, length in table.korean(aligned.text):
                filled[slot, 0, aligned.span(0, length)[1]] = None
        return tuple(filled)

    def _runs(self, piece: str, found: Sequence[Token]) -> list[Find]:
        aligned = fold_aligned(piece)
        begins = [token.start for token in found]
        finds = {}
        for table in self._tables:
            for slot, low, high in table.runs_in(aligned.text):
                start, end = aligned.span(low, high)
                finds[slot, start] = Find(
                    slot, _word_at(found, begins, start), _word_at(found, begins, end - 1), start, end
                )
        return list(finds.values())


def _word_at(found: Sequence[Token], begins: Sequence[int], offset: int) -> int:
    """The number of the word that holds an offset."""
    token = found[max(0, bisect_right(begins, offset) - 1)]
    return token.word + min(token.words_before(offset + 1), token.words) - 1
