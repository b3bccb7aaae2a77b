"""What the words of a text stand for: a lexicon maps every piece of text between spaces to the slots it fills.

News repeats itself, so a piece is read once and remembered; after that a text costs one set difference, however many
rules there are. Most pieces are one word that fills nothing: of these only that is known. New ones are read together,
in a few passes over all of them, because Python is quick with many and slow with each.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate, chain
from threading import Lock
from typing import NamedTuple, TypeAlias

from monitor.rules.reading import UNCOUNTED, UNEVEN, Find, Reading, Told
from monitor.rules.table import Table
from monitor.text.fold import fold_aligned
from monitor.text.tokens import (
    Token,
    alphabetic_lines,
    alphabetic_words,
    apostrophe_parts,
    hangul_lines,
    is_alphabetic,
    is_unspaced,
    spaced_words,
    tokens,
)

_PUNCTUATION = ".,;:!?()[]\"'«»“”„‘’–—…-$€£%*/|#&+"
_Extent: TypeAlias = tuple[int, int, int]  # slot, start, end


class _Known(NamedTuple):
    """What has been read so far, of pieces and of the bare words in them: those that say something, and the others."""

    signs: dict[str, frozenset[int]]
    readings: dict[str, Reading]
    plain: set[str]


class Lexicon:
    """The slots of one or more languages, and what has been read with them so far."""

    def __init__(
        self, tables: Sequence[Table], signs: Callable[[frozenset[int]], frozenset[int]], grown: Callable[[int], None]
    ) -> None:
        """``signs`` says what filling some slots says; ``grown`` is told how much more is remembered by now."""
        self._tables = tuple(tables)
        self._signs_of = signs
        self._grown = grown
        self._known = _Known({}, {}, set())
        self._learning = Lock()
        self._empty: dict[int, Reading] = {}
        self._has_runs = any(table.runs for table in tables)

    def read(self, pieces: set[str]) -> Told:
        """What those pieces of text (they hold no space) say."""
        signs, readings, plain = self._known
        telling = pieces - plain
        if telling <= signs.keys():
            return Told(telling, signs, readings)
        # Articles are matched in several threads. Without the lock one would see what another has half learnt, and
        # a word taken for one without meaning is never looked up again.
        with self._learning:
            signs, readings, plain = self._known
            self._read_fresh(list((pieces - plain).difference(signs)))
        return Told(pieces - plain, signs, readings)

    def _read_fresh(self, pieces: Sequence[str]) -> None:
        bare = [piece.strip(_PUNCTUATION) for piece in pieces]
        together = "\n".join(bare)
        if is_alphabetic(together):
            self._read_words(pieces, [(one,) if one.isalnum() else alphabetic_words(one) for one in bare])
        else:
            hangul, alphabetic = hangul_lines(together), alphabetic_lines(together)
            spaced = {
                piece: (one,) if one in hangul else alphabetic_words(one)
                for piece, one in zip(pieces, bare, strict=True)
                if one in hangul or one in alphabetic
            }
            self._read_words(list(spaced), list(spaced.values()))
            self._read_mixed([piece for piece in pieces if piece not in spaced])
        self._grown(len(together) + 8 * len(pieces))

    def _read_words(self, pieces: Sequence[str], words: Sequence[Sequence[str]]) -> None:
        """Read pieces made of these words each; of the plain ones only that is remembered."""
        self._learn(set(chain.from_iterable(words)))
        signs, readings, plain = self._known
        for piece, parts in zip(pieces, words, strict=True):
            if len(parts) == 1:
                word = parts[0]
                if word not in signs:
                    plain.add(piece)
                elif word != piece:
                    readings[piece] = self._behind(readings[word], piece.index(word))
                    signs[piece] = signs[word]  # last: whoever finds it here will ask for the reading
            elif any(part in signs for part in parts):
                self._remember(piece, self._joined(tokens(piece), ()))
            else:
                self._remember(piece, self._without_finds(len(parts)))

    def _read_mixed(self, pieces: Sequence[str]) -> None:
        """Read pieces in scripts without spaces, and in several scripts."""
        words = {piece: spaced_words(piece) for piece in pieces}
        self._learn(set(chain.from_iterable(words.values())))
        runs = self._runs(list(filter(is_unspaced, pieces))) if self._has_runs else {}
        known = self._known.signs
        for piece in pieces:
            if any(word in known for word in words[piece]):
                reading = self._joined(tokens(piece), runs.get(piece, ()))
            elif piece in runs:
                found = [Find(slot, UNCOUNTED, UNCOUNTED, start, end) for slot, start, end in runs[piece]]
                reading = Reading(UNCOUNTED, tuple(found))
            else:
                reading = self._without_finds(UNCOUNTED)
            self._remember(piece, reading)

    def _runs(self, pieces: Sequence[str]) -> dict[str, list[_Extent]]:
        """What is found in pieces without spaces, wherever words may begin: all are scanned at once."""
        aligned = fold_aligned("\n".join(pieces))
        begins = list(accumulate((len(piece) + 1 for piece in pieces), initial=0))
        found: defaultdict[str, list[_Extent]] = defaultdict(list)
        for slot, low, high in {run for table in self._tables for run in table.runs_in(aligned.text)}:
            start, end = aligned.span(low, high)
            number = bisect_right(begins, start) - 1
            found[pieces[number]].append((slot, start - begins[number], end - begins[number]))
        return found

    def _learn(self, words: set[str]) -> None:
        """Look words up, of which most fill nothing, which is quick to say of many together."""
        signs, _, plain = self._known
        new = list((words - plain).difference(signs))
        if not new:
            return
        together = "\n".join(new)
        hangul = set() if is_alphabetic(together) else hangul_lines(together)
        self._fill([word for word in new if word not in hangul] if hangul else new)
        for table in self._tables if hangul else ():
            for word, ends in table.fill_korean(list(hangul)).items():
                self._remember_word(word, [Find(slot, 0, 0, 0, end) for slot, end in ends])
        plain.update([word for word in new if word not in signs])

    def _fill(self, words: Sequence[str]) -> None:
        """Look up words in alphabets, as themselves and on either side of an apostrophe."""
        parts = {word: found for word in words if not word.isalnum() and (found := apostrophe_parts(word))}
        tried = [*words, *chain.from_iterable(parts.values())] if parts else words
        filled = [table.fill(tried) for table in self._tables]
        there = set().union(*filled)
        for word in there.difference(parts).intersection(words) if parts else there:
            self._remember_word(word, [Find(slot, 0, 0, 0, len(word)) for one in filled for slot in one.get(word, ())])
        for word, (before, after) in parts.items():
            if word in there or before in there or after in there:
                elided = _slots(filled, after)  # l'armée: what stands before is another word
                whole = (_slots(filled, word) | _slots(filled, before)) - elided  # Kim's: what follows is an ending
                finds = [Find(slot, 0, 0, 0, len(word)) for slot in whole]
                finds += [Find(one, 0, 0, len(word) - len(after), len(word)) for one in elided]
                self._remember_word(word, finds)

    def _remember_word(self, word: str, finds: Sequence[Find]) -> None:
        if finds:
            self._remember(word, Reading(1, tuple(dict.fromkeys(finds))))

    def _remember(self, piece: str, reading: Reading) -> None:
        slots = [find.slot for find in reading.finds]
        self._known.readings[piece] = reading
        self._known.signs[piece] = self._signs_of(frozenset(slots if reading.words == 1 else [*slots, UNEVEN]))
        self._grown(16 * len(reading.finds))

    def _without_finds(self, words: int) -> Reading:
        found = self._empty.get(words)
        if found is None:
            found = self._empty[words] = Reading(words, ())
        return found

    def _behind(self, reading: Reading, offset: int) -> Reading:
        """A word's reading as that of a piece in which something that is no word stands before it."""
        if not offset:
            return reading
        self._grown(16 * len(reading.finds))
        return Reading(1, _moved(reading.finds, 0, offset))

    def _joined(self, found: Sequence[Token], runs: Iterable[_Extent]) -> Reading:
        """The reading of a piece of several words from theirs, and from what was found across them."""
        finds: list[Find] = []
        for token in found:
            if not token.width and (reading := self._known.readings.get(token.text)) is not None:
                finds += _moved(reading.finds, token.word, token.start)
        finds += [Find(slot, UNCOUNTED, UNCOUNTED, start, end) for slot, start, end in runs]
        words = found[-1].word + found[-1].words if found else 0
        return Reading(words, tuple(finds)) if finds else self._without_finds(words)


def _slots(filled: Sequence[Mapping[str, set[int]]], word: str) -> set[int]:
    return set().union(*[one.get(word, ()) for one in filled])


def _moved(finds: Iterable[Find], words: int, offset: int) -> tuple[Find, ...]:
    return tuple(
        [
            Find(slot, first + words, last + words, start + offset, end + offset)
            for slot, first, last, start, end in finds
        ]
    )
