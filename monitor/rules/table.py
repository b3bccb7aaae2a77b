"""One language's slots, laid out for looking words up; the only module that imports Aho-Corasick."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

import ahocorasick_rs

from monitor.rules.slots import How, Slot
from monitor.text.fold import compose, fold, fold_aligned, fold_all
from monitor.text.forms import UNKNOWN, language
from monitor.text.tokens import without_apostrophes
from monitor.text.vietnamese import spelling as spelling_of_vietnamese

# Particles and endings that follow a noun, for words inside a phrase.
_PARTICLES = re.compile(
    "(?:들)?(?:은|는|이|가|을|를|의|에|에서|에게|께서|로|으로|와|과|도|만|까지|부터|보다|이나|나|측|산|제|군|식|발|형)?$"
)
_Ids = tuple[int, ...]


class Fragments:
    """Strings to be found inside text, all in one scan."""

    def __init__(self, slots: Iterable[tuple[int, Slot]]) -> None:
        by_text: defaultdict[str, list[tuple[int, How]]] = defaultdict(list)
        for number, slot in slots:
            if slot.text:
                by_text[slot.text].append((number, slot.how))
        self._slots = list(by_text.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(by_text)) if by_text else None

    def __bool__(self) -> bool:
        return self._automaton is not None

    def find(self, text: str) -> Iterator[tuple[int, How, int, int]]:
        """Every occurrence, overlapping ones too: slot, how it wants to be found, start, end."""
        if self._automaton is not None:
            for pattern, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
                for number, how in self._slots[pattern]:
                    yield number, how, start, end

    def in_lines(self, text: str, lines: Sequence[str]) -> Iterator[tuple[int, int]]:
        """What is found in which line of a text, by the number of the line. A suffix stands at its end."""
        begins: list[int] = []
        for number, how, start, end in self.find(text):
            if how is How.INFIX or end == len(text) or text[end] == "\n":
                begins = begins or list(accumulate([len(line) + 1 for line in lines], initial=0))
                yield number, bisect_right(begins, start) - 1


class Table:
    """The slots that are tried in articles of one language: its own and those of every language."""

    def __init__(self, code: str, slots: Iterable[tuple[int, Slot]]) -> None:
        self._language = language(code)
        self._spelling = spelling_of_vietnamese if code == "vi" else fold
        by_how: defaultdict[How, list[tuple[int, Slot]]] = defaultdict(list)
        for number, slot in slots:
            by_how[slot.how].append((number, slot))
        self._known, self._stems = self._words(by_how[How.FORMS])
        self._exact = _index((slot.text, number) for number, slot in by_how[How.EXACT])
        self._prefixes = _index((slot.text, number) for number, slot in by_how[How.PREFIX])
        self._prefix_lengths = sorted({len(text) for text in self._prefixes})
        self._prefix_starts = frozenset(text[:length] for length in self._prefix_lengths[:1] for text in self._prefixes)
        self._korean_stems = _index((slot.text, number) for number, slot in [*by_how[How.STEM], *by_how[How.PREFIX]])
        self._korean_words = _index((slot.text, number) for number, slot in by_how[How.PARTICLE])
        self._korean_starts = frozenset(text[:2] for text in (*self._korean_stems, *self._korean_words))
        self._inside = Fragments(by_how[How.SUFFIX] + by_how[How.INFIX])
        self.runs = Fragments(by_how[How.RUN])

    def _words(self, slots: list[tuple[int, Slot]]) -> tuple[Mapping[str, _Ids], Mapping[str, _Ids]]:
        """The look-up by spelling, and by stem for what has no entry there.

        A spelling that is known to be another word has an entry without the slots whose stem it happens to share.
        """
        speech = self._language
        words = dict.fromkeys([slot.text for _, slot in slots])
        spellings = dict(zip(words, self._spell([without_apostrophes(word) for word in words]), strict=True))
        forms = speech.forms(words.keys())
        stems_of = speech.all_stems_of_terms({word: forms.get(word, UNKNOWN).known for word in words})
        known: defaultdict[str, list[int]] = defaultdict(list)
        stems: defaultdict[str, list[int]] = defaultdict(list)
        strangers: defaultdict[str, set[int]] = defaultdict(set)
        for number, slot in slots:
            spelling = spellings[slot.text]
            known[slot.text if spelling == slot.text else spelling].append(number)
            for stem in stems_of[slot.text]:
                stems[stem].append(number)
            generated = forms.get(slot.text)
            if generated is not None:
                for one in generated.known:
                    known[one].append(number)
                for one in generated.strangers:
                    strangers[one].add(number)
        # An entry hides what the stem would find, so it must hold that too.
        entries = [*known, *(strangers.keys() - known.keys())]
        for one, found in zip(entries, speech.all_stems(entries), strict=True):
            same = [number for stem in found if stem in stems for number in stems[stem]]
            if one in strangers:
                known[one] += [number for number in same if number not in strangers[one]]
            elif same:
                known[one] += same
        return _frozen(known), _frozen(stems)

    def _spell(self, words: Sequence[str]) -> Sequence[str]:
        return fold_all(words) if self._spelling is fold else [self._spelling(word) for word in words]

    def fill(self, words: Sequence[str]) -> dict[str, set[int]]:
        """The slots that words in an alphabet fill. Most fill none, and to say so of many together is quick."""
        filled: defaultdict[str, set[int]] = defaultdict(set)
        if not words:
            return filled
        composed = [word if word.isascii() else compose(word) for word in words] if self._exact else ()
        folded_lines = "\n".join(fold_all(words)).replace("'", "")
        folded = folded_lines.split("\n")
        spelled = folded if self._spelling is fold else [self._spelling(word) for word in words]
        self._fill_spelled(words, spelled, composed, filled)
        if self._prefixes:
            self._fill_beginnings(words, folded, filled)
        for number, line in self._inside.in_lines(folded_lines, folded):
            filled[words[line]].add(number)
        return filled

    def _fill_spelled(
        self,
        words: Sequence[str],
        spelled: Sequence[str],
        composed: Sequence[str],
        filled: defaultdict[str, set[int]],
    ) -> None:
        known, exact = self._known, self._exact
        hidden = set()
        for word, spelling in zip(words, spelled, strict=True):
            if spelling in known:
                filled[word].update(known[spelling])
                hidden.add(word)
        for word in self._language.maybe_stemmed(words, self._stems):
            if word not in hidden:
                filled[word].update(slot for stem in self._language.stems(word) for slot in self._stems.get(stem, ()))
        for word, written in zip(words, composed, strict=False):
            if written in exact:
                filled[word].update(exact[written])

    def _fill_beginnings(self, words: Sequence[str], folded: Sequence[str], filled: defaultdict[str, set[int]]) -> None:
        shortest, starts = self._prefix_lengths[0], self._prefix_starts
        for word, one in zip(words, folded, strict=True):
            if one[:shortest] in starts:
                for length in self._prefix_lengths:
                    if length <= len(one):
                        filled[word].update(self._prefixes.get(one[:length], ()))

    def fill_korean(self, words: Sequence[str]) -> dict[str, set[tuple[int, int]]]:
        """The slots that Korean words fill, each with the number of characters of the word that are not particles."""
        filled: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
        if not words:
            return filled
        lines = "\n".join(words)
        folded_lines = fold(lines)
        folded = folded_lines.split("\n")
        starts, exact = self._korean_starts, self._exact
        for word, one, written in zip(words, folded, compose(lines).split("\n"), strict=True):
            if written in exact:
                filled[word].update((number, len(word)) for number in exact[written])
            if one[:2] in starts or one[:1] in starts:
                ends = range(len(word) + 1) if len(one) == len(word) else (0, *fold_aligned(word).ends)
                filled[word].update((number, ends[length]) for number, length in self._stems_of_korean(one))
        for number, line in self._inside.in_lines(folded_lines, folded):
            filled[words[line]].add((number, len(words[line])))
        return filled

    def _stems_of_korean(self, word: str) -> Iterator[tuple[int, int]]:
        for length in range(1, len(word) + 1):
            start = word[:length]
            for number in self._korean_stems.get(start, ()):
                yield number, length
            if start in self._korean_words and _PARTICLES.match(word, length):
                for number in self._korean_words[start]:
                    yield number, length

    def runs_in(self, text: str) -> Iterator[tuple[int, int, int]]:
        """The slots found in text without spaces: slot, start, end."""
        for number, _, start, end in self.runs.find(text):
            yield number, start, end


def _index(pairs: Iterable[tuple[str, int]]) -> Mapping[str, _Ids]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for text, number in pairs:
        found[text].append(number)
    return _frozen(found)


def _frozen(found: Mapping[str, list[int]]) -> dict[str, _Ids]:
    return {
        text: (numbers[0],) if len(numbers) == 1 else tuple(dict.fromkeys(numbers)) for text, numbers in found.items()
    }
