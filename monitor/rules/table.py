"""One language's slots, laid out for looking words up; the only module that imports Aho-Corasick."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

import ahocorasick_rs

from monitor.rules.slots import How, Slot
from monitor.text.fold import compose, fold
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

    def lines(self, text: str) -> AbstractSet[int]:
        """The numbers of the lines in which any is found."""
        return {text.count("\n", 0, start) for _, _, start, _ in self.find(text)}


class Table:
    """The slots that are tried in articles of one language: its own and those of every language."""

    def __init__(self, code: str, slots: Iterable[tuple[int, Slot]]) -> None:
        self._language = language(code)
        self._spelling = spelling_of_vietnamese if code == "vi" else fold
        by_how: defaultdict[How, list[tuple[int, Slot]]] = defaultdict(list)
        for number, slot in slots:
            by_how[slot.how].append((number, slot))
        self._known, self._stems = self._words(by_how[How.FORMS])
        self.exact = _index((slot.text, number) for number, slot in by_how[How.EXACT])
        self._prefixes = _index((slot.text, number) for number, slot in by_how[How.PREFIX])
        self._prefix_lengths = sorted({len(text) for text in self._prefixes})
        self._shortest_prefix = min(self._prefix_lengths, default=0)
        self._prefix_starts = frozenset(text[: self._shortest_prefix] for text in self._prefixes)
        self._korean_stems = _index((slot.text, number) for number, slot in [*by_how[How.STEM], *by_how[How.PREFIX]])
        self._korean_words = _index((slot.text, number) for number, slot in by_how[How.PARTICLE])
        self._inside = Fragments(by_how[How.SUFFIX] + by_how[How.INFIX])
        self.runs = Fragments(by_how[How.RUN])

    def _words(self, slots: list[tuple[int, Slot]]) -> tuple[Mapping[str, _Ids], Mapping[str, _Ids]]:
        """The look-up by spelling, and by stem for what has no entry there.

        A spelling that is known to be another word has an entry without the slots whose stem it happens to share.
        """
        speech = self._language
        forms = speech.forms({slot.text for _, slot in slots})
        known: defaultdict[str, list[int]] = defaultdict(list)
        stems: defaultdict[str, list[int]] = defaultdict(list)
        strangers: defaultdict[str, set[int]] = defaultdict(set)
        for number, slot in slots:
            generated = forms.get(slot.text, UNKNOWN)
            known[self._spelling(without_apostrophes(slot.text))].append(number)
            for one in generated.known:
                known[one].append(number)
            for stem in speech.stems_of_term(slot.text, generated.known):
                stems[stem].append(number)
            for one in generated.strangers:
                strangers[one].add(number)
        # An entry hides what the stem would find, so it must hold that too.
        entries = [*known, *(strangers.keys() - known.keys())]
        for one, found in zip(entries, speech.all_stems(entries), strict=True):
            barred = strangers.get(one, ())
            known[one] += [number for stem in found for number in stems.get(stem, ()) if number not in barred]
        return _frozen(known), _frozen(stems)

    def sieve(self, words: Sequence[str]) -> Iterator[str]:
        """Those of some words in an alphabet that may fill a slot: most fill none, and for many this is quick."""
        if not words:
            return
        lines = "\n".join(words)
        composed = words if lines.isascii() else [compose(word) for word in words]
        folded_lines = fold(lines)
        folded = folded_lines.split("\n")
        spelled = folded if self._spelling is fold else [self._spelling(word) for word in words]
        with_fragment = self._inside.lines(folded_lines)
        facts = zip(words, composed, folded, spelled, self._language.all_stems(words), strict=True)
        for number, (word, exact, one, spelling, stems) in enumerate(facts):
            if (
                spelling in self._known
                or exact in self.exact
                or not self._stems.keys().isdisjoint(stems)
                or one[: self._shortest_prefix] in self._prefix_starts
                or number in with_fragment
            ):
                yield word

    def spelled(self, word: str, composed: str, folded: str) -> set[int]:
        """The slots that a word in an alphabet fills, given also as ``compose`` and ``fold`` make it."""
        found: set[int] = set()
        if composed in self.exact:
            found.update(self.exact[composed])
        known = self._known.get(folded if self._spelling is fold else self._spelling(word))
        if known is not None:
            found.update(known)
        else:
            for stem in self._language.stems(word):
                if stem in self._stems:
                    found.update(self._stems[stem])
        if folded[: self._shortest_prefix] in self._prefix_starts:
            for length in self._prefix_lengths:
                found.update(self._prefixes.get(folded[:length], ()) if length <= len(folded) else ())
        if self._inside:
            found.update(number for number, _ in self._fragments(folded))
        return found

    def korean(self, word: str) -> Iterator[tuple[int, int]]:
        """The slots that a Korean word fills, and how much of it is not particles."""
        for length in range(1, len(word) + 1):
            start = word[:length]
            for number in self._korean_stems.get(start, ()):
                yield number, length
            if start in self._korean_words and _PARTICLES.match(word, length):
                for number in self._korean_words[start]:
                    yield number, length
        for number, _ in self._fragments(word):
            yield number, len(word)

    def runs_in(self, text: str) -> Iterator[tuple[int, int, int]]:
        """The slots found in text without spaces: slot, start, end."""
        for number, _, start, end in self.runs.find(text):
            yield number, start, end

    def _fragments(self, word: str) -> Iterator[tuple[int, int]]:
        for number, how, start, end in self._inside.find(word):
            if how is How.INFIX or end == len(word):
                yield number, start


def _index(pairs: Iterable[tuple[str, int]]) -> Mapping[str, _Ids]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for text, number in pairs:
        found[text].append(number)
    return _frozen(found)


def _frozen(found: Mapping[str, list[int]]) -> dict[str, _Ids]:
    return {text: tuple(dict.fromkeys(numbers)) for text, numbers in found.items()}
