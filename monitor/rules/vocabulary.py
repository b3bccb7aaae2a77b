"""All terms of a set of rules, numbered, and the lexicons that find them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

from monitor.rules.lexicon import Lexicon
from monitor.rules.model import ANY_LANGUAGE, Concept, Term, TermKind
from monitor.rules.regex import Pattern, compile_regex
from monitor.rules.slots import Slot, sequences
from monitor.rules.table import Table
from monitor.text.article import Article
from monitor.text.forms import language

_MOST_LEXICONS = 64
_MOST_SIGNS = 1 << 17


@dataclass(frozen=True, slots=True)
class CompiledTerm:
    """A term: the slots that fill it by themselves (phrases are kept apart), or a regular expression."""

    number: int
    lang: str
    slots: tuple[int, ...]
    pattern: Pattern | None


@dataclass(frozen=True, slots=True)
class CompiledConcept:
    """A concept's terms by their numbers. Equal concepts of different rules share one."""

    number: int
    terms: dict[int, Term]
    excluded: dict[int, Term]
    numbers: frozenset[int]


class Phrases(NamedTuple):
    """Phrases by their next slot: those that go on, and the terms that end here."""

    following: dict[int, Phrases]
    terms: list[int]


class Signs(NamedTuple):
    """What words of a text say about it: terms and groups that may be there, and slots that phrases need."""

    slots: frozenset[int]
    terms: frozenset[int]
    groups: frozenset[int]
    joints: frozenset[int]
    beginnings: frozenset[int]


class Vocabulary:
    """The terms of a set of rules. Equal terms are one, wherever they are written."""

    def __init__(self) -> None:
        self.terms: dict[int, CompiledTerm] = {}  # by identity: the rules keep their terms alive
        self.beyond_prose = False
        self.compiled: list[CompiledTerm] = []  # by number
        self.concepts: dict[int, CompiledConcept] = {}  # likewise
        self._distinct: dict[Term, CompiledTerm] = {}
        self._distinct_concepts: dict[Concept, CompiledConcept] = {}
        self._words: defaultdict[int, set[int]] = defaultdict(set)  # by slot: terms of this word alone
        self.phrases: dict[int, Phrases] = {}
        self._in_phrases: set[int] = set()
        self.patterns: set[int] = set()
        self._groups: dict[frozenset[int], int] = {}
        self._groups_of: defaultdict[int, set[int]] = defaultdict(set)
        self._weights: list[float] = []  # by group
        self._terms_of: dict[int, tuple[int, ...]] = {}
        self._groups_with: dict[int, tuple[int, ...]] = {}
        self._signs: dict[frozenset[int], Signs] = {}
        self._slots: dict[Slot, int] = {}
        self._tables: dict[str, Table] = {}
        self._lexicons: dict[tuple[str, ...], Lexicon] = {}
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
            return CompiledTerm(number, lang, (), compile_regex(term.text))
        found = []
        for sequence in filter(None, sequences(term)):
            numbers = [self._slots.setdefault(slot, len(self._slots)) for slot in sequence]
            if len(numbers) == 1:
                found.append(numbers[0])
                self._words[numbers[0]].add(number)
            else:
                self._add_phrase(number, numbers)
        return CompiledTerm(number, lang, tuple(found), None)

    def _add_phrase(self, number: int, slots: Sequence[int]) -> None:
        self._in_phrases.update(slots)
        following = self.phrases
        for slot in slots[:-1]:
            following = following.setdefault(slot, Phrases({}, [])).following
        following.setdefault(slots[-1], Phrases({}, [])).terms.append(number)

    def add_concept(self, concept: Concept) -> CompiledConcept:
        """The compiled form of a concept."""
        compiled = self.concepts.get(id(concept))
        if compiled is None:
            compiled = self._distinct_concepts.get(concept)
            if compiled is None:
                terms = {self.add(term).number: term for term in concept.terms}
                excluded = {self.add(term).number: term for term in concept.exclusions}
                number = len(self._distinct_concepts)
                compiled = CompiledConcept(number, terms, excluded, frozenset(terms))
                self._distinct_concepts[concept] = compiled
            self.concepts[id(concept)] = compiled
        return compiled

    def group_of(self, key: Concept | Term) -> int:
        """The number of the set of terms of which one must be there for a concept or a term to be."""
        numbers = self.concepts[id(key)].numbers if isinstance(key, Concept) else {self.terms[id(key)].number}
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
        self._terms_of = {slot: tuple(terms) for slot, terms in self._words.items()}
        self._groups_with = {term: tuple(groups) for term, groups in self._groups_of.items()}
        for done in (self._words, self._groups_of, self._groups, self._distinct, self._distinct_concepts):
            done.clear()

    def weight(self, group: int) -> float:
        """How many terms a group has; infinite with a regular expression, of which only trying can tell."""
        return self._weights[group]

    def signs(self, slots: frozenset[int]) -> Signs:
        """What filling these slots says."""
        found = self._signs.get(slots)
        if found is None:
            if len(self._signs) >= _MOST_SIGNS:
                self._signs.clear()
            terms = frozenset(term for slot in slots for term in self._terms_of.get(slot, ()))
            joints = slots & self._in_phrases
            beginnings = frozenset(slot for slot in joints if slot in self.phrases)
            found = self._signs[slots] = Signs(slots, terms, self.groups_with(terms), joints, beginnings)
        return found

    def groups_with(self, terms: Collection[int]) -> frozenset[int]:
        """The groups that any of these terms is in."""
        return frozenset(group for term in terms for group in self._groups_with.get(term, ()))

    @property
    def languages(self) -> frozenset[str]:
        """The languages that have terms of their own."""
        return frozenset(slot.lang for slot in self._slots) - {ANY_LANGUAGE}

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
                    if len(self._lexicons) >= _MOST_LEXICONS:
                        self._lexicons.pop(next(iter(self._lexicons)))
                    found = self._lexicons[codes] = Lexicon([self._table(code) for code in codes], self.signs)
        return found

    def _table(self, code: str) -> Table:
        table = self._tables.get(code)
        if table is None:
            wanted = {code, ANY_LANGUAGE}
            slots = [(number, slot) for slot, number in self._slots.items() if slot.lang in wanted]
            table = self._tables[code] = Table(code, slots)
        return table
