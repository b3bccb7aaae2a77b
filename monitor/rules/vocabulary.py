"""All terms of a set of rules, numbered, and the lexicons that find them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.rules.lexicon import Lexicon
from monitor.rules.model import ANY_LANGUAGE, Term, TermKind
from monitor.rules.regex import Pattern, compile_regex
from monitor.rules.slots import Slot, sequences
from monitor.rules.table import Table
from monitor.text.article import Article
from monitor.text.forms import language

_MOST_LEXICONS = 64


@dataclass(frozen=True, slots=True)
class CompiledTerm:
    """A term as slot numbers, one tuple for each way to read it, or as a regular expression."""

    number: int
    lang: str
    sequences: tuple[tuple[int, ...], ...]
    pattern: Pattern | None


class Vocabulary:
    """The terms of a set of rules. Equal terms are one, wherever they are written."""

    def __init__(self) -> None:
        self.terms: dict[int, CompiledTerm] = {}  # by identity: the rules keep their terms alive
        self.beyond_prose = False
        self._distinct: dict[Term, CompiledTerm] = {}
        self._slots: dict[Slot, int] = {}
        self._tables: dict[str, Table] = {}
        self._lexicons: dict[tuple[str, ...], Lexicon] = {}

    def add(self, term: Term) -> CompiledTerm:
        """The compiled form of a term."""
        compiled = self.terms.get(id(term))
        if compiled is None:
            compiled = self._distinct.get(term)
            if compiled is None:
                compiled = self._distinct[term] = self._compile(term)
            self.terms[id(term)] = compiled
        return compiled

    def _compile(self, term: Term) -> CompiledTerm:
        number = len(self._distinct)
        lang = term.lang if term.lang == ANY_LANGUAGE else language(term.lang).code
        if term.kind is TermKind.REGEX:
            return CompiledTerm(number, lang, (), compile_regex(term.text))
        found = tuple(
            tuple(self._slots.setdefault(slot, len(self._slots)) for slot in sequence) for sequence in sequences(term)
        )
        return CompiledTerm(number, lang, tuple(filter(None, found)), None)

    @property
    def slots(self) -> Sequence[Slot]:
        """Every slot, by its number."""
        return list(self._slots)

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
            if len(self._lexicons) >= _MOST_LEXICONS:
                self._lexicons.pop(next(iter(self._lexicons)))
            found = self._lexicons[codes] = Lexicon([self._table(code) for code in codes])
        return found

    def _table(self, code: str) -> Table:
        table = self._tables.get(code)
        if table is None:
            wanted = {code, ANY_LANGUAGE}
            slots = [(number, slot) for slot, number in self._slots.items() if slot.lang in wanted]
            table = self._tables[code] = Table(code, slots)
        return table
