"""Rules made ready to run: compiled once, then swapped in as one value that nobody changes."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType

from monitor.rules.hits import Match
from monitor.rules.index import Grouping, Index
from monitor.rules.match import Sight, hits_of, spots_of
from monitor.rules.model import Condition, HasConcept, HasTerm, InField, Rule, Scope, Severity, Status, TextField
from monitor.rules.view import ArticleView
from monitor.rules.vocabulary import Vocabulary
from monitor.rules.walk import walk
from monitor.text.article import Article
from monitor.text.forms import language

EVALUATED = frozenset({Status.LIVE, Status.SHADOW})
_EVERYWHERE = Scope()
_BEYOND_PROSE = frozenset({TextField.URL, TextField.AUTHOR, TextField.FEED})


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that could not be evaluated for an article, and why; the other rules were."""

    rule: str
    error: Exception


@dataclass(frozen=True, slots=True)
class MatchResult:
    """What every rule says of one article. ``spent`` is the time of each evaluated rule, if a clock was given."""

    matches: tuple[Match, ...]
    failures: tuple[Failure, ...] = ()
    spent: Mapping[str, float] = field(default_factory=dict)


class CompiledRules:
    """A set of rules that articles can be matched against. It only remembers what it has read, and may be shared."""

    def __init__(self, rules: Sequence[Rule], vocabulary: Vocabulary, index: Index) -> None:
        self.rules: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in rules})
        self._ordered = tuple(rules)
        self._vocabulary = vocabulary
        self._index = index

    def match(self, article: Article) -> tuple[Match, ...]:
        """The rules that hold for an article, in the order the rules were given.

        Raises an :class:`ExceptionGroup` if a rule fails; :meth:`evaluate` gives failures as values.
        """
        result = self.evaluate(article)
        if result.failures:
            raise ExceptionGroup("rules failed", [failure.error for failure in result.failures])
        return result.matches

    def evaluate(
        self, article: Article, *, skip: Collection[str] = (), clock: Callable[[], float] | None = None
    ) -> MatchResult:
        """Match, but a rule that raises becomes a :class:`Failure` and stops no other.

        Rules named in ``skip`` (quarantined ones) are left out. ``clock`` gives seconds and is asked before and
        after each rule.
        """
        view = self.view(article)
        matches: list[Match] = []
        failures: list[Failure] = []
        spent: dict[str, float] = {}
        for number in self._index.candidates(view.groups):
            rule = self._ordered[number]
            if rule.id in skip or not (rule.scope == _EVERYWHERE or in_scope(rule.scope, article)):
                continue
            begun = clock() if clock else 0.0
            try:
                found = match_rule(rule, view)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is that rule's and is handed on
                failures.append(Failure(rule.id, error))
            else:
                matches += found
            if clock:
                spent[rule.id] = clock() - begun
        return MatchResult(tuple(matches), tuple(failures), spent)

    def tried(self, article: Article) -> tuple[str, ...]:
        """The languages whose terms are tried on an article."""
        return self._vocabulary.tried(article)

    def view(self, article: Article) -> ArticleView:
        """The article as these rules see it."""
        return ArticleView(article, self._vocabulary.lexicon(article), self._vocabulary)


def compile_rules(rules: Sequence[Rule], languages: Collection[str] | None = None) -> CompiledRules:
    """Compile rules; later ones of the same id replace earlier ones.

    The word forms of ``languages`` are made now (by default: of every language that has terms), those of others when
    the first article in them comes; that takes up to a second for a language. Raises :class:`KeyError` if a condition
    names a concept the rule does not have, :class:`~monitor.rules.regex.BadPatternError` for what RE2 does not take.
    """
    with _without_collector():
        return _compile(list({rule.id: rule for rule in rules}.values()), languages)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Millions of values are made and kept: looking through them again and again for rubbish is 60 % of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():
                # Into the oldest generation unseen: the next young collection would look through all of it.
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def _compile(unique: Sequence[Rule], languages: Collection[str] | None) -> CompiledRules:
    vocabulary = Vocabulary()
    uses: Counter[int] = Counter()  # by group
    for rule in unique:
        for concept in rule.concepts.values():
            vocabulary.add_concept(concept)
        for part in _conditions(rule):
            if isinstance(part, HasTerm):
                vocabulary.add(part.term)
                uses[vocabulary.group_of(part.term)] += 1
            elif isinstance(part, HasConcept):
                uses[vocabulary.group_of(rule.concepts[part.name])] += 1
            elif isinstance(part, InField) and part.where in _BEYOND_PROSE:
                vocabulary.beyond_prose = True
    index = Index()
    # How common a group of terms is likely to be in the news: a list that many rules share and that is long is.
    common = {group: count * vocabulary.weight(group) for group, count in uses.items()}
    grouping = Grouping(vocabulary.group_of, common.__getitem__)
    for number, rule in enumerate(unique):
        if rule.status in EVALUATED:
            index.add(number, rule.match, rule.concepts, grouping)
    index.seal()
    vocabulary.seal()
    vocabulary.prepare(vocabulary.languages if languages is None else [language(code).code for code in languages])
    return CompiledRules(unique, vocabulary, index)


def in_scope(scope: Scope, article: Article) -> bool:
    """Whether a rule looks at an article: its languages and feeds; age is for the alert policy to judge.

    Any plausible language of the article will do. A feed is looked at if it is named or has a named tag.
    """
    if scope.languages and article.languages and not _codes(scope.languages) & _codes(article.languages):
        return False
    if not scope.not_feed_tags.isdisjoint(article.feed_tags):
        return False
    if scope.feed_ids or scope.feed_tags:
        return article.feed in scope.feed_ids or not scope.feed_tags.isdisjoint(article.feed_tags)
    return True


def _codes(languages: Iterable[str]) -> set[str]:
    return {language(code).code for code in languages}


def match_rule(rule: Rule, view: ArticleView) -> list[Match]:
    """What one rule says, wherever it looks and whatever its status: nothing, or one match."""
    sight = Sight(view, rule.concepts)
    spots = spots_of(rule.match, sight)
    if spots is None:
        return []
    severity: Severity = rule.severity
    for escalation in rule.escalate:
        found = spots_of(escalation.when, sight)
        if found is not None:
            severity = escalation.to
            spots += found
    return [Match(rule.id, severity, hits_of(spots, view))]


def _conditions(rule: Rule) -> Iterator[Condition]:
    yield from walk(rule.match)
    for escalation in rule.escalate:
        yield from walk(escalation.when)
