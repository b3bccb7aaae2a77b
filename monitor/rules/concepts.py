"""Reads word lists: concepts with terms per language, and concepts made of other concepts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from monitor.rules.languages import LANGUAGES, did_you_mean, suggest_language
from monitor.rules.model import ANY_LANGUAGE, Concept, Term
from monitor.rules.operators import operator_warnings
from monitor.rules.problems import Gravity, Place, Problem
from monitor.rules.shapes import NAME_PATTERN
from monitor.rules.terms import parse_term, term_text, term_warnings
from monitor.rules.tree import ListNode, MapNode, Node, Scalar, describe

_KEYS = ("title", "wikidata", "terms", "not")


@dataclass(frozen=True, slots=True)
class Inclusion:
    """``$name`` in a list: the terms of another concept, in the list's language or (in ``any``) in all of them."""

    name: str
    lang: str
    place: Place


@dataclass(frozen=True, slots=True)
class WrittenConcept:
    """A concept as its file says it, before the concepts it includes are looked up."""

    name: str
    terms: tuple[Term | Inclusion, ...]
    exclusions: tuple[Term | Inclusion, ...]
    title: str
    wikidata: str
    place: Place


@dataclass(slots=True)
class ConceptReader:
    """Reads the concepts of one file, collecting problems."""

    languages: Collection[str] = LANGUAGES
    problems: list[Problem] = field(default_factory=list)

    def read_all(self, node: Node) -> dict[str, WrittenConcept]:
        """Every concept of a mapping from names to word lists."""
        if not isinstance(node, MapNode):
            fix = "write `name:` and under it a list of terms per language"
            self._report(node.place, "wrong-type", f"concepts are a mapping, and this is {describe(node)}", fix)
            return {}
        return {key.text: concept for key, body in node if (concept := self._concept(key, body)) is not None}

    def _concept(self, key: Scalar, body: Node) -> WrittenConcept | None:
        if not NAME_PATTERN.fullmatch(key.text):
            sentence = f"“{key.text}” is not a usable name for a concept"
            self._report(key.place, "bad-name", sentence, "use lower-case letters, digits and hyphens")
        if not isinstance(body, MapNode):
            sentence = f"the concept “{key.text}” needs a list of terms per language, and this is {describe(body)}"
            self._report(key.place, "wrong-type", sentence, "write `en: [first term, second term]`")
            return None
        full = any(name in body.entries for name in _KEYS)
        if full:
            self._check_keys(body)
        terms = self._lists(body.get("terms") if full else body, key)
        exclusions = self._lists(body.get("not"), key) if body.get("not") is not None else ()
        title, wikidata = self._text(body, "title") if full else "", self._text(body, "wikidata") if full else ""
        if wikidata and not (wikidata[0] == "Q" and wikidata[1:].isdigit()):
            node = body.get("wikidata") or body
            self._report(node.place, "bad-value", f"“{wikidata}” is not a Wikidata item", "write it as Q423")
        return WrittenConcept(key.text, terms, exclusions, title, wikidata, key.place)

    def _check_keys(self, body: MapNode) -> None:
        for key, _ in body:
            if key.text not in _KEYS:
                fix = did_you_mean(key.text, _KEYS)
                if key.text in self.languages or key.text == ANY_LANGUAGE:
                    fix = "put it under `terms:`"
                self._report(key.place, "unknown-key", f"the key “{key.text}” is not known in a concept", fix)

    def _text(self, body: MapNode, key: str) -> str:
        node = body.get(key)
        if node is None:
            return ""
        text = term_text(node, f"“{key}”")
        if isinstance(text, str):
            return text
        self.problems.append(text)
        return ""

    def _lists(self, node: Node | None, owner: Scalar) -> tuple[Term | Inclusion, ...]:
        if not isinstance(node, MapNode) or not node.entries:
            place, said = (node.place, describe(node)) if node is not None else (owner.place, "nothing")
            sentence = f"the concept “{owner.text}” needs a list of terms per language, and this is {said}"
            self._report(place, "wrong-type", sentence, "write `terms:` and under it `en: [first term, second term]`")
            return ()
        found: list[Term | Inclusion] = []
        for key, value in node:
            lang = self._language(key)
            found.extend(self._terms(value, lang))
        return tuple(found)

    def _language(self, key: Scalar) -> str:
        if key.text != ANY_LANGUAGE and key.text not in self.languages:
            self.problems.append(unknown_language(key.text, key.place, self.languages))
        return key.text

    def _terms(self, node: Node, lang: str) -> list[Term | Inclusion]:
        items = node.items if isinstance(node, ListNode) else (node,)
        if not items:
            self._report(node.place, "empty-list", f"the list for “{lang}” is empty", "add a term or remove the line")
        found: list[Term | Inclusion] = []
        seen: dict[tuple[str, str], Term] = {}
        for item in items:
            text = term_text(item, f"the list for “{lang}”")
            if isinstance(text, Problem):
                self.problems.append(text)
                continue
            if text.startswith("$"):
                found.append(Inclusion(text[1:].strip(), lang, item.place))
                continue
            term = parse_term(text, lang, item.place)
            if isinstance(term, Problem):
                self.problems.append(term)
                continue
            self._warn_about(term, seen)
            found.append(term)
        return found

    def _warn_about(self, term: Term, seen: dict[tuple[str, str], Term]) -> None:
        self.problems.extend(term_warnings(term))
        self.problems.extend(operator_warnings(term, in_list=True))
        plain = term.kind.value in {"exact", "regex"}
        first = seen.setdefault((term.kind, term.text if plain else term.text.casefold()), term)
        if first is not term:
            sentence = f"“{term.written}” is in this list already, in line {first.place.line}"
            self._report(term.place, "repeated-term", sentence, "remove one", Gravity.WARNING)

    def _report(self, place: Place, kind: str, sentence: str, fix: str, gravity: Gravity = Gravity.ERROR) -> None:
        self.problems.append(Problem(place, kind, sentence, fix, gravity))


def unknown_language(code: str, place: Place, languages: Collection[str] = LANGUAGES) -> Problem:
    """The problem of a code that is no language."""
    meant = suggest_language(code, languages)
    fix = f"did you mean “{meant}”?" if meant else "write an ISO 639-1 code such as en, or any"
    return Problem(place, "unknown-language", f"“{code}” is not a language code known here", fix)


@dataclass(slots=True)
class ConceptBook:
    """Looks concepts up by name, the rule's own before the shared ones, and puts included ones in."""

    shared: Mapping[str, WrittenConcept]
    own: Mapping[str, WrittenConcept] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _done: dict[str, Concept] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        """Every name that can be used."""
        return frozenset(self.shared) | frozenset(self.own)

    def get(self, name: str, place: Place) -> Concept | None:
        """The concept with all its terms; an unknown name is a problem at ``place``."""
        if name in self._done:
            return self._done[name]
        written = self.own.get(name) or self.shared.get(name)
        if written is None:
            self.problems.append(self._unknown(name, place))
            return None
        concept = self._expand(written, ())
        self._done[name] = concept
        return concept

    def _expand(self, written: WrittenConcept, inside: tuple[WrittenConcept, ...]) -> Concept:
        chain = (*inside, written)
        terms: list[Term] = []
        exclusions: list[Term] = []
        for item in written.terms:
            if isinstance(item, Term):
                terms.append(item)
                continue
            other = self._included(item, chain)
            if other is not None:
                terms.extend(_in_language(other.terms, item.lang))
                exclusions.extend(_in_language(other.exclusions, item.lang))
        for item in written.exclusions:
            if isinstance(item, Term):
                exclusions.append(item)
                continue
            other = self._included(item, chain)
            exclusions.extend(_in_language(other.terms, item.lang) if other is not None else ())
        return Concept(
            written.name, _by_language(terms), _by_language(exclusions), written.title, written.wikidata, written.place
        )

    def _included(self, item: Inclusion, chain: tuple[WrittenConcept, ...]) -> Concept | None:
        # A rule's own `weapon` may include the shared `$weapon` and add to it.
        candidates = [book[item.name] for book in (self.own, self.shared) if item.name in book]
        if not candidates:
            self.problems.append(self._unknown(item.name, item.place))
            return None
        free = [candidate for candidate in candidates if candidate not in chain]
        if not free:
            names = " → ".join(f"${link.name}" for link in (*chain, candidates[0]))
            self.problems.append(
                Problem(item.place, "concept-cycle", f"a concept includes itself: {names}", "break the circle")
            )
            return None
        concept = self._expand(free[0], chain)
        if item.lang != ANY_LANGUAGE and item.lang not in concept.languages:
            sentence = f"${item.name} has no terms in “{item.lang}”"
            fix = f"add a list `{item.lang}:` to it, or include it under `any:`"
            self.problems.append(Problem(item.place, "empty-inclusion", sentence, fix))
        return concept

    def _unknown(self, name: str, place: Place) -> Problem:
        return Problem(place, "unknown-concept", f"there is no concept “${name}”", did_you_mean(name, self.names))


def _in_language(terms: Iterable[Term], lang: str) -> list[Term]:
    return [term for term in terms if lang in {ANY_LANGUAGE, term.lang}]


def _by_language(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Grouped by language in the order of first appearance, without repetitions."""
    groups: dict[str, dict[Term, None]] = {}
    for term in terms:
        groups.setdefault(term.lang, {})[term] = None
    return tuple(term for group in groups.values() for term in group)
