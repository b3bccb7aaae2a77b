"""Runs the tests that stand in rule files, and says which words nothing has ever proved."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import ClassVar

from monitor.rules.compile import CompiledRules, compile_rules, in_scope, match_rule
from monitor.rules.explain import Explanation, explain
from monitor.rules.hits import Hit, Match
from monitor.rules.model import ANY_LANGUAGE, Concept, Rule, RuleTest, Term
from monitor.text.article import Article
from monitor.text.language import languages_of

Detect = Callable[[str, str, Sequence[str], Collection[str]], tuple[str, ...]]


class Outcome(StrEnum):
    """What a test came to. ``surprise`` is a known miss that matches by now: it can become a ``match`` test."""

    PASSED = "passed"
    FAILED = "failed"
    SURPRISE = "surprise"


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test, the article it made, and what the rule said. ``explanation`` is there when it failed."""

    __test__: ClassVar[bool] = False  # its name is no invitation to pytest

    rule: str
    test: RuleTest
    article: Article
    outcome: Outcome
    match: Match | None
    sentence: str = ""
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Per concept and language: how many terms there are, and how many a test has hit."""

    cells: Mapping[tuple[str, str], tuple[int, int]]
    never_hit: tuple[tuple[str, Term], ...]

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language with terms, ``any`` first."""
        found = {lang for _, lang in self.cells}
        return tuple(sorted(found, key=lambda lang: (lang != ANY_LANGUAGE, lang)))

    @property
    def concepts(self) -> tuple[str, ...]:
        """Every concept, sorted."""
        return tuple(sorted({name for name, _ in self.cells}))


@dataclass(frozen=True, slots=True)
class TestReport:
    """What all tests came to."""

    __test__: ClassVar[bool] = False  # its name is no invitation to pytest

    results: tuple[TestResult, ...]
    coverage: Coverage

    @property
    def failures(self) -> tuple[TestResult, ...]:
        """The tests that failed: a set with any of them never replaces the one that runs."""
        return tuple(result for result in self.results if result.outcome is Outcome.FAILED)

    @property
    def surprises(self) -> tuple[TestResult, ...]:
        """Known misses that match by now."""
        return tuple(result for result in self.results if result.outcome is Outcome.SURPRISE)

    @property
    def ok(self) -> bool:
        """Whether no test failed."""
        return not self.failures


@dataclass(slots=True)
class _Hits:
    """The terms that were seen, by concept, language and writing."""

    seen: set[tuple[str, str, str]] = field(default_factory=set)

    def add(self, hits: Iterable[Hit]) -> None:
        self.seen.update((hit.concept, hit.lang, hit.term) for hit in hits)

    def has(self, concept: str, term: Term) -> bool:
        return (concept, term.lang, term.written) in self.seen


def run_tests(
    rules: Sequence[Rule], compiled: CompiledRules | None = None, *, only: str = "", detect: Detect = languages_of
) -> TestReport:
    """Run the inline tests of ``rules`` (of the one named ``only``, if given), whatever their status.

    ``compiled`` must be made of the same rules; it saves compiling them again. Which feed a test article comes from is
    not asked; its language is.
    """
    # Word forms are made as test articles need them: those of thirty languages take seconds.
    compiled = compiled if compiled is not None else compile_rules(rules, ())
    chosen = [rule for rule in rules if only in {"", rule.id}]
    known = frozenset(term.lang for rule in rules for concept in rule.concepts.values() for term in concept.terms)
    known -= {ANY_LANGUAGE}
    hits = _Hits()
    results = [_run(rule, test, compiled, hits, detect, known) for rule in chosen for test in rule.tests]
    return TestReport(tuple(results), _coverage(chosen, hits))


def article_of(test: RuleTest, known: Collection[str], detect: Detect = languages_of) -> Article:
    """The article a test describes; its language is the one it names, else the detected ones."""
    languages = (test.lang,) if test.lang else detect(test.title, f"{test.summary}\n{test.body}".strip(), (), known)
    return Article("test", test.title, summary=test.summary, body=test.body, languages=languages)


def _run(  # noqa: PLR0917  (private, one caller)
    rule: Rule, test: RuleTest, compiled: CompiledRules, hits: _Hits, detect: Detect, known: Collection[str]
) -> TestResult:
    article = article_of(test, known, detect)
    scope = replace(rule.scope, feed_ids=frozenset(), feed_tags=frozenset(), not_feed_tags=frozenset())
    found = match_rule(rule, compiled.view(article)) if in_scope(scope, article) else []
    match = found[0] if found else None
    if match is not None:
        hits.add(match.hits)
    outcome, sentence = _judge(test, match, article)
    explanation = explain(compiled, article, rule.id) if outcome is Outcome.FAILED else None
    return TestResult(rule.id, test, article, outcome, match, sentence, explanation)


def _judge(test: RuleTest, match: Match | None, article: Article) -> tuple[Outcome, str]:
    if match is None:
        if test.expect != "match":
            return Outcome.PASSED, ""
        read = f" (read as {', '.join(article.languages)})" if not test.lang and article.languages else ""
        return Outcome.FAILED, f"it should match, and does not{read}"
    if test.expect == "known_miss":
        return Outcome.SURPRISE, "this known miss matches by now: move it to `match:`"
    if test.expect == "no_match":
        return Outcome.FAILED, f"it should not match, and does: {_words(match.hits)}"
    shown = {hit.text.casefold() for hit in match.hits}
    missing = [text for text in test.hits if text.casefold() not in shown]
    if not missing:
        return Outcome.PASSED, ""
    words = ", ".join(f"“{text}”" for text in missing)
    return Outcome.FAILED, f"it matches without {words}; highlighted are {_words(match.hits)}"


def _words(hits: Iterable[Hit]) -> str:
    return ", ".join(dict.fromkeys(f"“{hit.text}”" for hit in hits)) or "nothing"


def _coverage(rules: Sequence[Rule], hits: _Hits) -> Coverage:
    concepts: dict[str, list[Concept]] = {}
    for rule in rules:
        for name, concept in rule.concepts.items():
            known = concepts.setdefault(name, [])
            if concept not in known:
                known.append(concept)
    cells: dict[tuple[str, str], tuple[int, int]] = {}
    never: list[tuple[str, Term]] = []
    for name in sorted(concepts):
        for term in dict.fromkeys(term for concept in concepts[name] for term in concept.terms):
            total, hit = cells.get((name, term.lang), (0, 0))
            seen = hits.has(name, term)
            cells[name, term.lang] = (total + 1, hit + seen)
            if not seen:
                never.append((name, term))
    return Coverage(cells, tuple(never))
