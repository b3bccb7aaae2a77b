"""A rule printed and read again is the same rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monitor.rules.loader import load_rule_text
from monitor.rules.model import (
    ANY_LANGUAGE,
    AlertPolicy,
    All,
    AnyOf,
    AtLeast,
    Budget,
    Concept,
    Condition,
    Corroborate,
    Escalation,
    HasConcept,
    HasTerm,
    InField,
    Near,
    NoneOf,
    Rule,
    RuleTest,
    Scope,
    Severity,
    Status,
    TellAgain,
    Term,
    TextField,
)
from monitor.rules.printer import dump_rule, rule_version
from monitor.rules.problems import Gravity, Place, ProblemsError
from monitor.rules.quantities import format_duration, format_rate, parse_duration, parse_rate
from monitor.rules.terms import parse_term
from monitor.rules.walk import concept_names

PLACE = Place("", 1, 1)
NAMES = st.sampled_from(["dprk", "weapon", "a-1", "x_y"])
# Characters that trip YAML: its indicators, quotes, colons, comments, and letters of many scripts.
TEXTS = st.text(alphabet="abz AB:#-'\"\\*&!|>%@`{}[],?~=$/.é№Пж북한無\u0627\u2028\x85", min_size=1, max_size=12)
TITLES = TEXTS.filter(lambda text: bool(text.strip()))
WORDS = st.text(alphabet="abcdePRÜпрж북한", min_size=4, max_size=9)
WRITTEN = st.one_of(
    WORDS, WORDS.map("={}".format), WORDS.map("{}*".format), WORDS.map("*{}*".format), WORDS.map("/{}+/".format), TEXTS
)


def terms(lang: str) -> st.SearchStrategy[Term]:
    parsed = WRITTEN.filter(lambda text: not text.strip().startswith("$")).map(
        lambda text: parse_term(text, lang, PLACE)
    )
    return parsed.filter(lambda term: isinstance(term, Term))  # type: ignore[return-value]  # only terms are left


def concept(name: str) -> st.SearchStrategy[Concept]:
    def lists(least: int) -> st.SearchStrategy[tuple[Term, ...]]:
        languages = st.lists(st.sampled_from(["any", "en", "ru", "ko", "no"]), min_size=least, max_size=3, unique=True)
        return languages.flatmap(
            lambda codes: st.tuples(
                *(st.lists(terms(code), min_size=1, max_size=3, unique=True).map(tuple) for code in codes)
            )
        ).map(lambda groups: tuple(term for group in groups for term in group))

    return st.builds(
        Concept, st.just(name), lists(1), lists(0), st.one_of(st.just(""), TITLES), st.sampled_from(["", "Q423"])
    )


LEAVES: st.SearchStrategy[Condition] = st.one_of(terms(ANY_LANGUAGE).map(HasTerm), NAMES.map(HasConcept))


def _near(members: list[Condition]) -> st.SearchStrategy[Condition]:
    within = st.one_of(st.integers(len(members), 99), st.sampled_from(["sentence", "paragraph"]))
    return st.builds(Near, st.just(tuple(members)), within, st.booleans())


def _compound(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    pairs = st.lists(LEAVES, min_size=2, max_size=3)
    return st.one_of(
        st.builds(All, several),
        st.builds(AnyOf, several),
        st.builds(NoneOf, st.lists(LEAVES, min_size=1, max_size=3).map(tuple)),
        pairs.map(lambda members: AtLeast(2, tuple(members))),
        pairs.flatmap(_near),
        st.builds(InField, st.sampled_from(list(TextField)), LEAVES),
    )


CONDITIONS = st.recursive(LEAVES, _compound, max_leaves=8)
DURATIONS = st.integers(1, 10**9).map(lambda milliseconds: timedelta(milliseconds=milliseconds))
SETS = st.frozensets(st.sampled_from(["wire", "korea", "x-1", "no"]), max_size=3)
TESTS = st.builds(
    RuleTest,
    st.just("match"),
    TITLES,
    summary=st.one_of(st.just(""), TITLES),
    body=st.one_of(st.just(""), TITLES),
    lang=st.sampled_from(["", "en", "no"]),
    hits=st.lists(TITLES, max_size=2).map(tuple),
)
POLICIES = st.builds(
    AlertPolicy,
    to=st.lists(NAMES, max_size=2).map(tuple),
    tell_again=st.builds(
        TellAgain, st.lists(st.integers(2, 99), max_size=2).map(tuple), st.booleans(), st.booleans(), st.booleans()
    ),
    corroborate=st.one_of(st.none(), st.builds(Corroborate, st.integers(2, 9), DURATIONS)),
    quiet=st.sampled_from(["", "nights"]),
    digest_below=st.none(),
    digest_as=st.sampled_from(["", "morning"]),
    budget=st.one_of(st.none(), st.builds(Budget, st.integers(1, 999), DURATIONS)),
)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    match = All((draw(LEAVES), draw(CONDITIONS)))
    steps = draw(st.lists(st.builds(Escalation, st.sampled_from(list(Severity)), CONDITIONS), max_size=2))
    used = {name for condition in (match, *(step.when for step in steps)) for name, _ in concept_names(condition)}
    return Rule(
        id=draw(st.sampled_from(["r", "dprk-russia-arms", "1984"])),
        title=draw(TITLES),
        match=match,
        severity=draw(st.sampled_from(list(Severity))),
        status=draw(st.sampled_from(list(Status))),
        owner=draw(st.one_of(st.just(""), TITLES)),
        tags=draw(SETS),
        scope=Scope(frozenset(), draw(SETS), draw(SETS), draw(SETS), draw(st.one_of(st.none(), DURATIONS))),
        concepts={name: draw(concept(name)) for name in used},
        escalate=tuple(steps),
        alert=draw(POLICIES),
        tests=tuple(draw(st.lists(TESTS, max_size=2))),
    )


REFUSED_ON_PURPOSE = {"always-true", "never-true", "double-negation", "near-member"}


def read_again(text: str) -> Rule | None:
    """The rule, or nothing if it is one of those the lint refuses although they can be written."""
    try:
        return load_rule_text(text)
    except ProblemsError as error:
        errors = {problem.kind for problem in error.problems if problem.gravity is Gravity.ERROR}
        if errors <= REFUSED_ON_PURPOSE:
            return None
        raise


@given(rules())
@settings(max_examples=150, deadline=None)
def test_a_rule_printed_and_read_again_is_the_same(rule: Rule) -> None:
    text = dump_rule(rule)
    again = read_again(text)
    assume(again is not None)
    assert again is not None
    assert again == replace(rule, version=again.version), text
    assert again.version == rule_version(rule)
    assert dump_rule(again) == text


@given(DURATIONS)
def test_a_duration_written_and_read_is_the_same(duration: timedelta) -> None:
    assert parse_duration(format_duration(duration)) == duration


@given(st.integers(1, 10**6), DURATIONS)
def test_a_rate_written_and_read_is_the_same(count: int, period: timedelta) -> None:
    assert parse_rate(format_rate(Budget(count, period))) == Budget(count, period)
