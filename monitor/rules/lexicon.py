"""What the words of a text stand for: a lexicon maps every piece of text between spaces to the slots it fills.

News repeats itself, so a piece is read once and remembered; after that a text costs one dictionary look-up per piece,
however many rules there are. Nothing is remembered of long pieces (Chinese, Japanese, Thai sentences): these are read
each time, with one Aho-Corasick scan.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import chain, groupby
from operator import attrgetter
from typing import NamedTuple, Protocol, TypeAlias, cast

from monitor.rules.table import Table
from monitor.text.fold import compose, fold, fold_aligned
from monitor.text.tokens import Token, apostrophe_parts, is_plain_word, is_unspaced, tokens

_LONGEST_REMEMBERED = 48
_FIRST = attrgetter("first")
_MOST_REMEMBERED = 1 << 17
_PUNCTUATION = ".,;:!?()[]\"'«»“”„‘’–—…-$€£%*/|#&+"


class Find(NamedTuple):
    """A slot filled by words ``first`` to ``last``, at these offsets; all relative to the piece it was found in."""

    slot: int
    first: int
    last: int
    start: int
    end: int


_NO_JOINTS: Mapping[int, tuple[Find, ...]] = {}
_Filled: TypeAlias = tuple[tuple[int, int, int], ...]  # slot, start, end within one word


class Signs(Protocol):
    """What a set of filled slots says about a text; see :mod:`monitor.rules.vocabulary`."""

    @property
    def terms(self) -> frozenset[int]:
        """Terms that may be there."""

    @property
    def groups(self) -> frozenset[int]:
        """Groups of which such a term is one."""

    @property
    def joints(self) -> Collection[int]:
        """Slots that phrases need."""


class Reading:
    """A piece of text as the lexicon sees it: how many words it has, which slots they fill, and what that says."""

    __slots__ = ("finds", "groups", "in_phrases", "joints", "terms", "words")

    def __init__(self, words: int, finds: tuple[Find, ...], signs: Signs) -> None:
        self.words = words
        self.finds = finds
        self.terms = signs.terms
        self.groups = signs.groups
        self.in_phrases = signs.joints
        # For each word that may be part of a phrase, what it is there.
        parts = groupby((find for find in finds if find.slot in signs.joints), key=_FIRST)
        self.joints = {word: tuple(found) for word, found in parts} if signs.joints else _NO_JOINTS


class Lexicon:
    """The slots of one or more languages, and what has been read with them so far."""

    def __init__(self, tables: Sequence[Table], signs: Callable[[Collection[int]], Signs]) -> None:
        self._tables = tuple(tables)
        self._signs = signs
        self._remembered: dict[str, Reading] = {}
        self._words: dict[str, _Filled] = {}
        self._plain: dict[int, Reading] = {}  # readings without finds, one for each number of words
        self._one_plain_word = self._without_finds(1)
        self._has_runs = any(table.runs for table in tables)

    def read_all(self, pieces: Sequence[str]) -> tuple[list[Reading], set[Reading]]:
        """The readings of pieces of text that hold no space, and which different ones there are."""
        known = list(map(self._remembered.get, pieces))
        distinct = set(known)
        if None in distinct:
            unknown = [number for number, reading in enumerate(known) if reading is None]
            fresh = self._read_fresh({pieces[number] for number in unknown})
            for number in unknown:
                known[number] = fresh[pieces[number]]
            distinct.update(fresh.values())
            distinct.discard(None)
        return cast("tuple[list[Reading], set[Reading]]", (known, distinct))

    def _read_fresh(self, pieces: set[str]) -> dict[str, Reading]:
        """Read pieces for the first time: most are one word with punctuation around it, and fill nothing."""
        plain: dict[str, str] = {}
        cut: dict[str, list[Token]] = {}
        for piece in pieces:
            word = piece.strip(_PUNCTUATION)
            if is_plain_word(word):
                plain[piece] = word
            else:
                cut[piece] = tokens(piece)
        self._learn({*plain.values(), *(token.text for found in cut.values() for token in found if token.is_plain)})
        fresh = {piece: self._read_word(piece, word) for piece, word in plain.items()}
        fresh |= {piece: self._read(piece, found) for piece, found in cut.items()}
        if len(self._remembered) + len(fresh) >= _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered.update(
            (piece, reading) for piece, reading in fresh.items() if len(piece) <= _LONGEST_REMEMBERED
        )
        return fresh

    def _learn(self, words: set[str]) -> None:
        """Look up plain words together, which is quicker than one by one."""
        if len(self._words) + len(words) >= _MOST_REMEMBERED:
            self._words.clear()
        new = [word for word in words if word not in self._words]
        self._words.update(dict.fromkeys(new, ()))
        for word in {word for table in self._tables for word in table.sieve(new)}:
            self._words[word] = self._look_up(word)

    def _read_word(self, piece: str, word: str) -> Reading:
        filled = self._words[word]
        if not filled:
            return self._one_plain_word
        offset = piece.index(word)
        finds = tuple(Find(slot, 0, 0, offset + start, offset + end) for slot, start, end in filled)
        return Reading(1, finds, self._signs({find.slot for find in finds}))

    def _without_finds(self, words: int) -> Reading:
        found = self._plain.get(words)
        if found is None:
            found = self._plain[words] = Reading(words, (), self._signs(()))
        return found

    def _read(self, piece: str, found: Sequence[Token]) -> Reading:
        finds: list[Find] = []
        for token in found:
            if not token.width:
                for slot, start, end in self._fill(token):
                    finds.append(Find(slot, token.word, token.word, token.start + start, token.start + end))
        if self._has_runs and is_unspaced(piece):
            finds += self._runs(piece, found)
        words = found[-1].word + found[-1].words if found else 0
        if not finds:
            return self._without_finds(words)
        return Reading(words, tuple(finds), self._signs({find.slot for find in finds}))

    def _fill(self, token: Token) -> _Filled:
        filled = self._words.get(token.text)
        return self._new_word(token.text, is_hangul=token.is_hangul) if filled is None else filled

    def _new_word(self, word: str, *, is_hangul: bool) -> _Filled:
        if len(self._words) >= _MOST_REMEMBERED:
            self._words.clear()
        filled = self._words[word] = self._look_up_korean(word) if is_hangul else self._look_up(word)
        return filled

    def _look_up(self, word: str) -> _Filled:
        slots = self._spelled(word)
        parts = None if word.isalnum() else apostrophe_parts(word)
        if parts is None:
            return tuple([(slot, 0, len(word)) for slot in slots]) if slots else ()
        before, after = parts
        elided = self._spelled(after)  # l'armée: what stands before is another word
        whole = (slots | self._spelled(before)) - elided  # Kim's: what stands behind is an ending
        begin = len(word) - len(after)
        return (*((slot, 0, len(word)) for slot in whole), *((slot, begin, len(word)) for slot in elided))

    def _spelled(self, word: str) -> set[int]:
        composed, folded = compose(word), fold(word)
        if "'" in folded:
            folded = folded.replace("'", "")
        if len(self._tables) == 1:
            return self._tables[0].spelled(word, composed, folded)
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
    return found[max(0, bisect_right(begins, offset) - 1)].word_at(offset)
