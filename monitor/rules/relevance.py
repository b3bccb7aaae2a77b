"""Whether an article has anything that some rule asks for: worth a look at its full text, or not. Pure.

A teaser that names one of the two states, or a weapon, may be the beginning of a report that matches; one that names
nothing of the kind is not. Asked before a page is fetched, so it may say yes too often, but not too seldom.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from monitor.rules.compile import EVALUATED, CompiledRules, in_scope
from monitor.rules.model import Concept, Condition, HasConcept, HasTerm, NoneOf, Rule, Scope, Term
from monitor.rules.view import ArticleView
from monitor.rules.walk import members_of
from monitor.text.article import Article


class Relevance:
    """Of one set of compiled rules."""

    def __init__(self, compiled: CompiledRules) -> None:
        self._compiled = compiled

    def touches(self, article: Article) -> bool:
        """Whether some rule that looks at this article finds a concept or term there that speaks for a match."""
        view = self._compiled.view(article)
        return any(
            _is_there(part, view) and any(in_scope(scope, article) for scope in scopes)
            for part, scopes in self._asked_for
        )

    @cached_property
    def _asked_for(self) -> list[tuple[Concept | Term, frozenset[Scope]]]:
        """Every concept and term that speaks for a match, with the scopes of the rules that ask for it."""
        parts: dict[int, Concept | Term] = {}
        scopes: dict[int, set[Scope]] = {}
        for rule in self._compiled.rules.values():
            if rule.status in EVALUATED:
                for part in _speaking_for(rule.match, rule):
                    parts[id(part)] = part
                    scopes.setdefault(id(part), set()).add(rule.scope)
        return [(part, frozenset(scopes[number])) for number, part in parts.items()]


def _is_there(part: Concept | Term, view: ArticleView) -> bool:
    return bool(view.concept(part) if isinstance(part, Concept) else view.term(part))


def _speaking_for(condition: Condition, rule: Rule) -> Iterator[Concept | Term]:
    match condition:
        case HasTerm(term):
            yield term
        case HasConcept(name):
            yield rule.concepts[name]
        case NoneOf():
            return
        case _:
            for member in members_of(condition):
                yield from _speaking_for(member, rule)
