"""Every condition holds exactly when the rule language says so, through exactly the words that made it hold."""

from __future__ import annotations

import pytest

from monitor.rules.compile import compile_rules
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


def word(text: str) -> HasTerm:
    return HasTerm(Term(text, TermKind.FORMS, text))


def concept(name: str, *texts: str) -> Concept:
    return Concept(name, tuple(Term(text, TermKind.FORMS, text, "en") for text in texts))


CONCEPTS = {
    "dprk": concept("dprk", "North Korea", "Pyongyang"),
    "weapon": concept("weapon", "missile", "ballistic missile", "shell", "gun"),
}
A, B, C = word("alpha"), word("beta"), word("gamma")
DPRK, WEAPON = HasConcept("dprk"), HasConcept("weapon")


def found(condition: Condition, article: Article | str) -> list[str] | None:
    """The hits as texts, or ``None`` if the rule does not match."""
    if isinstance(article, str):
        article = Article("k", article, languages=("en",))
    matches = compile_rules([Rule("r", "", condition, concepts=CONCEPTS)], ()).match(article)
    for match in matches:
        for hit in match.hits:
            assert getattr(article, hit.field)[hit.start : hit.end] == hit.text
    return [hit.text for hit in matches[0].hits] if matches else None


@pytest.mark.parametrize(
    ("condition", "text", "hits"),
    [
        pytest.param(All((A, B)), "beta alpha", ["beta", "alpha"], id="all-holds"),
        pytest.param(All((A, B)), "alpha", None, id="all-lacks-one"),
        pytest.param(AnyOf((A, B)), "beta", ["beta"], id="any-one"),
        pytest.param(AnyOf((A, B)), "alpha beta", ["alpha", "beta"], id="any-shows-all-that-hold"),
        pytest.param(AnyOf((A, B)), "gamma", None, id="any-nothing"),
        pytest.param(All((A, NoneOf((B, C)))), "alpha", ["alpha"], id="none-holds-without-hits"),
        pytest.param(All((A, NoneOf((B, C)))), "alpha gamma", None, id="none-sees-one"),
        pytest.param(NoneOf((A,)), "beta", [], id="only-none"),
        pytest.param(AnyOf((A, NoneOf((B,)))), "gamma", [], id="any-of-a-none"),
        pytest.param(AtLeast(2, (A, B, C)), "alpha gamma", ["alpha", "gamma"], id="two-different-members"),
        pytest.param(AtLeast(2, (A, B, C)), "alpha alpha", None, id="twice-the-same-member-is-one"),
        pytest.param(AtLeast(2, (WEAPON,)), "a missile and a gun", ["missile", "gun"], id="two-terms-of-a-concept"),
        pytest.param(AtLeast(2, (WEAPON,)), "missile, missiles", None, id="twice-the-same-term-is-one"),
        pytest.param(AtLeast(2, (WEAPON,)), "a ballistic missile", None, id="a-term-inside-another-is-none"),
        pytest.param(AtLeast(2, (DPRK, WEAPON)), "Pyongyang fired a shell", ["Pyongyang", "shell"], id="two-concepts"),
        pytest.param(AtLeast(0, (A,)), "beta", [], id="at-least-nothing"),
        pytest.param(DPRK, "Pyongyang, North Korea", ["Pyongyang", "North Korea"], id="concept"),
    ],
)
def test_boolean_conditions(condition: Condition, text: str, hits: list[str] | None) -> None:
    assert found(condition, text) == hits


@pytest.mark.parametrize(
    ("near", "text", "hits"),
    [
        pytest.param(Near((A, B), 3), "alpha x x beta", ["alpha", "beta"], id="exactly-the-limit"),
        pytest.param(Near((A, B), 3), "alpha x x x beta", None, id="one-more-than-the-limit"),
        pytest.param(Near((A, B), 1), "beta, alpha", ["beta", "alpha"], id="neighbours-in-either-order"),
        pytest.param(Near((A, B), 3, ordered=True), "beta alpha", None, id="ordered-the-wrong-way"),
        pytest.param(Near((A, B), 3, ordered=True), "beta alpha x beta", ["alpha", "beta"], id="ordered"),
        pytest.param(Near((A, B, C), 4), "gamma x alpha x beta", ["gamma", "alpha", "beta"], id="three"),
        pytest.param(Near((A, B, C), 3), "gamma x alpha x beta", None, id="three-too-far-from-first-to-last"),
        pytest.param(Near((A, B), 2), "alpha x x x alpha beta", ["alpha", "beta"], id="only-the-hits-in-the-window"),
        pytest.param(
            Near((DPRK, WEAPON), 1), "North Korea missile", ["North Korea", "missile"], id="from-a-phrase's-end"
        ),
        pytest.param(Near((A, B), "sentence"), "An alpha. A beta.", None, id="two-sentences"),
        pytest.param(Near((A, B), "sentence"), "Gen. Alpha met U.S. Beta.", ["Alpha", "Beta"], id="abbreviations"),
        pytest.param(Near((A, B), "sentence"), "alpha。beta", None, id="ideographic-stop"),
        pytest.param(Near((A, B), "sentence", ordered=True), "beta alpha", None, id="sentence-ordered"),
        pytest.param(Near((A, B), "paragraph"), "An alpha. A beta.\n\nElse", ["alpha", "beta"], id="one-paragraph"),
        pytest.param(Near((A, B), "paragraph"), "An alpha.\n\nA beta.", None, id="two-paragraphs"),
        pytest.param(Near((AnyOf((A, C)), B), 1), "gamma beta", ["gamma", "beta"], id="a-list-as-member"),
        pytest.param(Near((A, A), 1), "alpha", ["alpha"], id="one-hit-for-both"),
    ],
)
def test_near(near: Near, text: str, hits: list[str] | None) -> None:
    assert found(near, text) == hits


def test_near_never_reaches_across_fields() -> None:
    assert found(Near((A, B), 5), Article("k", "alpha", "beta", "beta", languages=("en",))) is None
    assert found(Near((A, B), 5), Article("k", "x", "x", "alpha beta", languages=("en",))) == ["alpha", "beta"]


def test_two_ideographs_count_as_one_word() -> None:
    near, far = (Near((word("朝鲜"), word("俄罗斯")), within) for within in (2, 1))
    article = Article("k", "朝鲜向盟友俄罗斯", languages=("zh",))
    assert found(near, article) == ["朝鲜", "俄罗斯"]
    assert found(far, article) is None


@pytest.mark.parametrize(
    ("where", "hits"),
    [
        pytest.param(TextField.TITLE, ["title"], id="title"),
        pytest.param(TextField.LEAD, ["summary"], id="lead"),
        pytest.param(TextField.BODY, ["summary", "late", "body"], id="body-is-summary-and-body"),
        pytest.param(TextField.URL, ["url"], id="url"),
        pytest.param(TextField.AUTHOR, ["author"], id="author"),
        pytest.param(TextField.FEED, ["feed"], id="feed"),
    ],
)
def test_a_field_condition_sees_that_field_only(where: TextField, hits: list[str]) -> None:
    words = ("title", "summary", "late", "body", "url", "author", "feed")
    article = Article(
        key="k",
        title="a title",
        summary="a summary\n\nlate",
        body="the body",
        url="https://example.org/some-url/",
        author="An Author",
        feed="feed",
        languages=("en",),
    )
    assert [text.lower() for text in found(InField(where, AnyOf(tuple(map(word, words)))), article) or []] == hits


def test_the_lead_of_an_article_without_summary_is_in_its_body() -> None:
    article = Article("k", "x", body="alpha leads\n\nbeta follows", languages=("en",))
    assert found(InField(TextField.LEAD, A), article) == ["alpha"]
    assert found(InField(TextField.LEAD, B), article) is None


def test_text_conditions_look_at_title_summary_and_body_alone() -> None:
    article = Article("k", "x", url="https://alpha.example", author="alpha", feed="alpha", languages=("en",))
    assert found(A, article) is None
    assert found(AnyOf((A, InField(TextField.AUTHOR, A))), article) == ["alpha"]


def test_a_phrase_in_a_url_is_found_over_its_hyphens() -> None:
    article = Article("k", "x", url="https://example.org/2024/north-korea-fires", languages=("en",))
    assert found(InField(TextField.URL, DPRK), article) == ["north-korea"]


def test_hits_are_sorted_and_not_repeated() -> None:
    article = Article("k", "beta", "alpha", "beta alpha", languages=("en",))
    assert found(All((A, B, AnyOf((A, B)))), article) == ["beta", "alpha", "beta", "alpha"]
