"""Laws of the rule language that no article and no rule may break."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.rules.compile import compile_rules
from monitor.rules.explain import explain
from monitor.rules.model import (
    All,
    AnyOf,
    AtLeast,
    Concept,
    Condition,
    HasConcept,
    HasTerm,
    InField,
    Near,
    NoneOf,
    Rule,
    Term,
    TermKind,
    TextField,
)
from monitor.text.article import Article
from monitor.text.forms import language

WORDS = [
    "rocket",
    "rockets",
    "Korea",
    "north",
    "Straße",
    "strasse",
    "ракетами",
    "북한은",
    "朝鲜",
    "don't",
    "l'été",
    "WHO",
    "who",
]
KINDS = [TermKind.FORMS, TermKind.FORMS, TermKind.FORMS, TermKind.EXACT, TermKind.INFIX]
LANGUAGES = ("en", "de", "ru", "ko", "zh", "fr")

texts = st.lists(st.sampled_from([*WORDS, "a", "und", ".", "\n\n", ","]), max_size=12).map(" ".join)
wild_texts = st.text(max_size=40) | st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=8).map("".join)
terms = st.builds(
    lambda text, kind: Term(text, kind, text),
    st.sampled_from([*WORDS, "north Korea", "rocket north"]),
    st.sampled_from(KINDS),
)
CONCEPT = Concept("c", (Term("rocket", TermKind.FORMS, "rocket", "en"), Term("ракета", TermKind.FORMS, "ракета", "ru")))
leaves: st.SearchStrategy[Condition] = terms.map(HasTerm) | st.just(HasConcept("c"))


def groups(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    members = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        members.map(All),
        members.map(AnyOf),
        members.map(NoneOf),
        st.builds(AtLeast, st.integers(0, 3), members),
        st.builds(Near, members, st.integers(1, 4) | st.sampled_from(["sentence", "paragraph"]), st.booleans()),
        st.builds(InField, st.sampled_from(TextField), inner),
    )


@pytest.fixture(scope="module", autouse=True)
def _read_dictionaries_once() -> None:
    """A dictionary is read through for the words it was never asked for: here all at once, not with every example."""
    words = {word for term in [*WORDS, "north", "rocket", "ракета"] for word in re.split("['’ ]", term)}
    for code in LANGUAGES:
        language(code).forms(words.union(WORDS))


conditions = st.recursive(leaves, groups, max_leaves=6)


@st.composite
def articles(draw: st.DrawFn, text: st.SearchStrategy[str] = texts) -> Article:
    languages = tuple(draw(st.lists(st.sampled_from(LANGUAGES), unique=True, max_size=2)))
    return Article("k", draw(text), draw(text), draw(text), url=draw(text), languages=languages)


def holds(condition: Condition, article: Article) -> bool:
    return bool(compile_rules([Rule("r", "", condition, concepts={"c": CONCEPT})], ()).match(article))


@given(articles(wild_texts), st.lists(terms, min_size=1, max_size=4))
@settings(deadline=None)
def test_every_hit_is_the_text_it_claims_to_be(article: Article, sought: list[Term]) -> None:
    condition = AnyOf((*map(HasTerm, sought), InField(TextField.URL, HasTerm(sought[0]))))
    for match in compile_rules([Rule("r", "", condition)], ()).match(article):
        assert match.hits
        for hit in match.hits:
            assert 0 <= hit.start < hit.end
            assert getattr(article, hit.field)[hit.start : hit.end] == hit.text


@given(st.text(alphabet="aéßİı\u0301\u0308\u00ad\u200d한국각ᄀ朝ガｶﾞ\ud800٣’'- \n", max_size=30))
@settings(deadline=None)
def test_offsets_survive_combining_and_invisible_characters(text: str) -> None:
    article = Article("k", text, languages=("en", "ko", "ja"))
    sought = [Term(one, TermKind.FORMS, one) for one in ("ae", "ss", "한국", "각", "ガ", "朝", "i", "3")]
    sought.append(Term("/a./", TermKind.REGEX, "a."))
    for match in compile_rules([Rule("r", "", AnyOf(tuple(map(HasTerm, sought))))], ()).match(article):
        for hit in match.hits:
            assert text[hit.start : hit.end] == hit.text != ""


@given(articles(), conditions, conditions)
@settings(deadline=None)
def test_de_morgan(article: Article, one: Condition, other: Condition) -> None:
    assert holds(NoneOf((one, other)), article) == holds(All((NoneOf((one,)), NoneOf((other,)))), article)
    assert holds(NoneOf((All((one, other)),)), article) == holds(AnyOf((NoneOf((one,)), NoneOf((other,)))), article)


@given(articles(), conditions)
@settings(deadline=None)
def test_the_opposite_of_the_opposite_is_the_same(article: Article, condition: Condition) -> None:
    assert holds(NoneOf((NoneOf((condition,)),)), article) == holds(condition, article)


@given(articles(), st.lists(leaves, min_size=1, max_size=3), terms)
@settings(deadline=None)
def test_adding_a_term_never_loses_a_match_of_an_any(article: Article, members: list[Condition], added: Term) -> None:
    if holds(AnyOf(tuple(members)), article):
        assert holds(AnyOf((*members, HasTerm(added))), article)


@given(articles(), st.lists(conditions, min_size=1, max_size=4))
@settings(deadline=None)
def test_rules_do_not_change_each_other(article: Article, several: list[Condition]) -> None:
    rules = [Rule(f"r{number}", "", one, concepts={"c": CONCEPT}) for number, one in enumerate(several)]
    together = {match.rule: match for match in compile_rules(rules, ()).match(article)}
    alone = {match.rule: match for rule in rules for match in compile_rules([rule], ()).match(article)}
    assert together == alone


@given(articles(), conditions)
@settings(deadline=None)
def test_an_explanation_agrees_with_the_match(article: Article, condition: Condition) -> None:
    compiled = compile_rules([Rule("r", "", condition, concepts={"c": CONCEPT})], ())
    matches = compiled.match(article)
    explanation = explain(compiled, article, "r")
    assert explanation.match == (matches[0] if matches else None)
    assert explanation.tree.holds == bool(matches)
    assert bool(explanation.nearest_miss) != bool(matches)


@given(articles(), conditions)
@settings(deadline=None)
def test_matching_twice_gives_the_same(article: Article, condition: Condition) -> None:
    compiled = compile_rules([Rule("r", "", condition, concepts={"c": CONCEPT})], ())
    assert compiled.match(article) == compiled.match(article)
