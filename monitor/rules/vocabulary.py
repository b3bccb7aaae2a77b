"""All terms of a set of rules, numbered, and the lexicons that find them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple, TypeAlias

from monitor.rules.lexicon import Lexicon
from monitor.rules.model import ANY_LANGUAGE, Concept, Term, TermKind
from monitor.rules.reading import UNEVEN
from monitor.rules.regex import Pattern, compile_regex
from monitor.rules.slots import Slot, sequences
from monitor.rules.table import Table
from monitor.text.article import Article
from monitor.text.forms import language

_Key: TypeAlias = tuple[str | int | None, ...]  # of a concept: its name, and its terms by number
_MOST_LEXICONS = 64
# What all lexicons may remember, in characters: those of a piece of text and eight more, sixteen for a find. The words
# of 18,000 articles in fifteen languages take a fifth of it. What words say is counted too, eight for a sign.
_MOST_GROWTH = 1 << 24
_UNEVEN = frozenset([UNEVEN])


@dataclass(frozen=True, slots=True)
class CompiledTerm:
    """A term, which may be a regular expression; which words it is made of is known by slot."""

    number: int
    lang: str
    pattern: Pattern | None


@dataclass(frozen=True, slots=True)
class CompiledConcept:
    """A concept's terms by their numbers, and the groups they are. Equal concepts of different rules share one."""

    number: int
    group: int
    terms: dict[int, Term]
    excluded_group: int
    excluded: dict[int, Term]


class Phrases(NamedTuple):
    """How phrases go on behind some of their words: by the next slot, and the terms that end here."""

    following: dict[int, Phrases]
    terms: list[int]


class Vocabulary:
    """The terms of a set of rules. Equal terms are one, wherever they are written."""

    def __init__(self) -> None:
        self.terms: dict[int, CompiledTerm] = {}  # by identity: the rules keep their terms alive
        self.beyond_prose = False
        self.compiled: list[CompiledTerm] = []  # by number
        self.concepts: dict[int, CompiledConcept] = {}  # likewise
        self._distinct: dict[Term, CompiledTerm] = {}
        self._distinct_concepts: dict[_Key, CompiledConcept] = {}
        self._words: defaultdict[int, set[int]] = defaultdict(set)  # by slot: terms of this word alone
        self.phrases: dict[int, dict[int, Phrases]] = {}  # by first slot, then by second
        self._in_phrases: set[int] = set()
        self.patterns: set[int] = set()
        self._groups: dict[frozenset[int], int] = {}
        self._groups_of: defaultdict[int, set[int]] = defaultdict(set)
        self._weights: list[float] = []  # by group
        self.terms_of: Mapping[int, tuple[int, ...]] = {}  # by slot: terms of this word alone
        self._groups_with: dict[int, tuple[int, ...]] = {}
        self.group_of_term: dict[int, int] = {}  # of terms that stand in conditions themselves
        self.always: frozenset[int] = frozenset()  # groups with a pattern: only trying can tell
        self._signs: dict[frozenset[int], frozenset[int]] = {}
        self._slots_of: defaultdict[str, list[tuple[int, Slot]]] = defaultdict(list)  # by language
        self._slots: dict[Slot, int] = {}  # numbered downwards from -1: groups go up from 0, and a set may hold both
        self._tables: dict[str, Table] = {}
        self._lexicons: dict[tuple[str, ...], Lexicon] = {}
        self._growth = 0
        self._building = Lock()

    def add(self, term: Term) -> CompiledTerm:
        """The compiled form of a term."""
        compiled = self.terms.get(id(term))
        if compiled is None:
            compiled = self._distinct.get(term)
            if compiled is None:
                compiled = self._distinct[term] = self._compile(term)
                self.compiled.append(compiled)
            self.terms[id(term)] = compiled
        return compiled

    def _compile(self, term: Term) -> CompiledTerm:
        number = len(self._distinct)
        lang = term.lang if term.lang == ANY_LANGUAGE else language(term.lang).code
        if term.kind is TermKind.REGEX:
            self.patterns.add(number)
            return CompiledTerm(number, lang, compile_regex(term.text))
        for sequence in filter(None, sequences(term)):
            numbers = [self._number(slot) for slot in sequence]
            if len(numbers) == 1:
                self._words[numbers[0]].add(number)
            else:
                self._add_phrase(number, numbers)
        return CompiledTerm(number, lang, None)

    def _number(self, slot: Slot) -> int:
        number = self._slots.get(slot)
        if number is None:
            number = self._slots[slot] = -1 - len(self._slots)
            self._slots_of[slot.lang].append((number, slot))
        return number

    def _add_phrase(self, number: int, slots: Sequence[int]) -> None:
        self._in_phrases.update(slots)
        following = self.phrases.setdefault(slots[0], {})
        for slot in slots[1:-1]:
            following = following.setdefault(slot, Phrases({}, [])).following
        following.setdefault(slots[-1], Phrases({}, [])).terms.append(number)

    def add_concept(self, concept: Concept) -> CompiledConcept:
        """The compiled form of a concept."""
        compiled = self.concepts.get(id(concept))
        if compiled is None:
            terms = {self.add(term).number: term for term in concept.terms}
            excluded = {self.add(term).number: term for term in concept.exclusions}
            key = (concept.name, *terms, None, *excluded)
            compiled = self._distinct_concepts.get(key)
            if compiled is None:
                number = len(self._distinct_concepts)
                compiled = CompiledConcept(number, self._group(terms), terms, self._group(excluded), excluded)
                self._distinct_concepts[key] = compiled
            self.concepts[id(concept)] = compiled
        return compiled

    def group_of(self, key: Concept | Term) -> int:
        """The number of the set of terms of which one must be there for a concept or a term to be."""
        if isinstance(key, Concept):
            return self.concepts[id(key)].group
        term = self.terms[id(key)].number
        group = self.group_of_term.get(term)
        if group is None:
            group = self.group_of_term[term] = self._group((term,))
        return group

    def _group(self, numbers: Iterable[int]) -> int:
        terms = frozenset(numbers)
        number = self._groups.get(terms)
        if number is None:
            number = self._groups[terms] = len(self._groups)
            self._weights.append(math.inf if terms & self.patterns else len(terms))
            for term in terms:
                self._groups_of[term].add(number)
        return number

    def seal(self) -> None:
        """Keep what matching needs, in the least room; nothing can be added after that."""
        self.terms_of = {slot: tuple(terms) for slot, terms in self._words.items()}
        self._groups_with = {term: tuple(groups) for term, groups in self._groups_of.items()}
        self.always = self.groups_with(self.patterns)
        for done in (self._words, self._groups_of, self._groups, self._distinct, self._distinct_concepts, self._slots):
            done.clear()

    def weight(self, group: int) -> float:
        """How many terms a group has; infinite with a regular expression, of which only trying can tell."""
        return self._weights[group]

    def signs(self, slots: frozenset[int]) -> frozenset[int]:
        """What filling these slots says: the groups of which a term may be there, and the slots that phrases need.

        ``UNEVEN`` among them stays: equal signs must be one value, for it may be thousands of groups.
        """
        found = self._signs.get(slots)
        if found is None:
            groups = self.groups_with([term for slot in slots for term in self.terms_of.get(slot, ())])
            found = self._signs[slots] = groups | (slots & self._in_phrases) | (slots & _UNEVEN)
            self._grown(8 * (len(slots) + len(found)))
        return found

    def groups_with(self, terms: Collection[int]) -> frozenset[int]:
        """The groups that any of these terms is in."""
        return frozenset(group for term in terms for group in self._groups_with.get(term, ()))

    def phrases_of(self, signs: AbstractSet[int]) -> dict[int, set[int]]:
        """The terms of several words of which every word is there, by their first slot."""
        begun = self.phrases
        # Of few phrases are even the first two words somewhere in a text, and that is quick to see.
        return {
            slot: set(_ending(begun[slot], signs))
            for slot in begun.keys() & signs
            if not begun[slot].keys().isdisjoint(signs)
        }

    @property
    def languages(self) -> frozenset[str]:
        """The languages that have terms of their own."""
        return frozenset(self._slots_of) - {ANY_LANGUAGE}

    def tried(self, article: Article) -> tuple[str, ...]:
        """The languages whose terms are tried on an article: its own, or all if nothing is known."""
        codes = dict.fromkeys(language(code).code for code in article.languages)
        return tuple(codes) or tuple(sorted(self.languages)) or ("und",)

    def prepare(self, codes: Iterable[str]) -> None:
        """Build the tables of some languages now, so that no article waits for them."""
        for code in codes:
            self._table(code)

    def lexicon(self, article: Article) -> Lexicon:
        """The lexicon for the languages of an article."""
        codes = self.tried(article)
        found = self._lexicons.get(codes)
        if found is None:
            with self._building:
                found = self._lexicons.get(codes)
                if found is None:
                    lexicons = self._lexicons  # another thread may put an empty one in its place any moment
                    if len(lexicons) >= _MOST_LEXICONS:
                        lexicons.pop(next(iter(lexicons)))
                    found = lexicons[codes] = Lexicon([self._table(code) for code in codes], self.signs, self._grown)
        return found

    def _grown(self, characters: int) -> None:
        """Let all that was learnt go when it is too much; whoever reads with a lexicon goes on with it."""
        self._growth += characters
        if self._growth > _MOST_GROWTH:
            self._lexicons, self._signs, self._growth = {}, {}, 0

    def _table(self, code: str) -> Table:
        table = self._tables.get(code)
        if table is None:
            slots = [*self._slots_of.get(code, ()), *self._slots_of.get(ANY_LANGUAGE, ())]
            table = self._tables[code] = Table(code, slots)
        return table


def _ending(following: Mapping[int, Phrases], signs: AbstractSet[int]) -> Iterator[int]:
    """The terms that end somewhere behind these words, if all their words are there."""
    for slot in following.keys() & signs:
        yield from following[slot].terms
        yield from _ending(following[slot].following, signs)
