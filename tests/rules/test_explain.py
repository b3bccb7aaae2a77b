"""An explanation says what holds, what does not, and how little was missing."""

from __future__ import annotations

import pytest

from monitor.rules.compile import compile_rules
from monitor.rules.explain import Explanation, explain
from monitor.rules.model import (
    All,
    AnyOf,
    AtLeast,
    Concept,
    Condition,
    Escalation,
    HasConcept,
    HasTerm,
    InField,
    Near,
    NoneOf,
    Rule,
    Scope,
    Severity,
    Status,
    Term,
    TermKind,
    TextField,
)
from monitor.text.article import Article


def plain(text: str, lang: str = "any") -> Term:
    return Term(text, TermKind.FORMS, text, lang)


def word(text: str) -> HasTerm:
    return HasTerm(plain(text))


WEAPON = Concept("weapon", (plain("missile", "en"), plain("Rakete", "de")))
KOREA = Concept("korea", (plain("북한", "ko"),), exclusions=(plain("북한산", "ko"),))
CONCEPTS = {"weapon": WEAPON, "korea": KOREA}
FAR = "alpha " + "x " * 30 + "beta"


def explained(condition: Condition, article: Article | str, **fields: object) -> Explanation:
    if isinstance(article, str):
        article = Article("k", article, languages=("en",))
    rule = Rule("r", "", condition, concepts=CONCEPTS, **fields)  # type: ignore[arg-type] # the test names real fields
    return explain(compile_rules([rule], ()), article, "r")


def nearest(condition: Condition, text: str, lang: str = "en") -> str:
    (miss,) = explained(condition, Article("k", text, languages=(lang,))).nearest_miss
    return miss


@pytest.mark.parametrize(
    ("condition", "text", "miss"),
    [
        pytest.param(word("alpha"), "beta", "“alpha”: not in the text", id="term"),
        pytest.param(Near((word("alpha"), word("beta")), 25), FAR, "31 words apart, limit 25", id="too-far-apart"),
        pytest.param(
            Near((word("alpha"), word("beta")), 5, ordered=True),
            "beta alpha",
            "they are there in another order",
            id="order",
        ),
        pytest.param(
            Near((word("alpha"), word("beta")), "sentence"),
            "Alpha. Beta.",
            "in different sentences, 1 words apart",
            id="unit",
        ),
        pytest.param(NoneOf((word("quiz"),)), "a quiz", "“quiz” is there", id="none"),
        pytest.param(
            All((word("alpha"), AnyOf((word("beta"), word("gamma"), word("delta"))))),
            "alpha",
            "[“beta”, “gamma”, “delta”]: none of 3 holds",
            id="none-of-a-list",
        ),
        pytest.param(AtLeast(2, (word("alpha"), word("beta"))), "alpha", "1 found, 2 needed", id="at-least"),
        pytest.param(InField(TextField.LEAD, word("alpha")), "alpha", "“alpha” is in the title", id="other-field"),
        pytest.param(All((word("alpha"), word("beta"))), "alpha", "“beta”: not in the text", id="the-part-that-fails"),
        pytest.param(
            AnyOf((All((word("alpha"), word("beta"))), word("gamma"))), "alpha", "“beta”: not in the text", id="fewest"
        ),
        pytest.param(
            HasTerm(Term("=WHO", TermKind.EXACT, "WHO")), "who knows", "“who” is there, in another form", id="case"
        ),
    ],
)
def test_the_nearest_miss_names_the_condition_and_the_measure(condition: Condition, text: str, miss: str) -> None:
    assert miss in nearest(condition, text)


def test_a_concept_without_terms_in_the_language_is_named() -> None:
    assert nearest(HasConcept("weapon"), "북한이 미사일을", "ko") == "$weapon: concept `weapon` has no term in ko"


def test_a_compound_is_proposed_as_a_wildcard() -> None:
    assert '"*rakete*"' in nearest(HasConcept("weapon"), "Nordkorea testet Kurzstreckenraketen", "de")
    assert "add rakete*" in nearest(HasConcept("weapon"), "ein Raketenwerfer", "de")


def test_an_exclusion_that_covers_every_hit_is_named() -> None:
    assert "exclusions cover it" in nearest(HasConcept("korea"), "북한산 등산", "ko")


def test_members_in_different_fields_are_told_so() -> None:
    article = Article("k", "alpha", body="beta", languages=("en",))
    (miss,) = explained(Near((word("alpha"), word("beta")), 5), article).nearest_miss
    assert "they are in different fields" in miss


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"status": Status.DRAFT}, "status draft", id="draft"),
        pytest.param(
            {"scope": Scope(languages=frozenset({"ko"}))}, "the article is in en, the rule reads ko", id="language"
        ),
        pytest.param({"scope": Scope(feed_ids=frozenset({"wire"}))}, "feed local is none of those", id="feed"),
        pytest.param({"scope": Scope(not_feed_tags=frozenset({"sport"}))}, "tagged sport", id="tag"),
    ],
)
def test_what_kept_the_rule_from_looking_is_named_first(fields: dict[str, object], said: str) -> None:
    article = Article("k", "alpha", languages=("en",), feed="local", feed_tags=frozenset({"sport"}))
    explanation = explained(word("alpha"), article, **fields)
    assert explanation.match is None
    assert said in explanation.stopped_by == explanation.nearest_miss[0]
    assert explanation.tree.holds


def test_the_tree_has_a_verdict_and_hits_for_every_part() -> None:
    tree = explained(All((word("alpha"), AnyOf((word("beta"), word("gamma"))))), "alpha gamma").tree
    assert (tree.holds, [hit.text for hit in tree.hits]) == (True, ["alpha", "gamma"])
    either = tree.members[1]
    assert [(part.words, part.holds) for part in either.members] == [("“beta”", False), ("“gamma”", True)]


def test_escalations_are_explained_too() -> None:
    steps = (Escalation(Severity.CRITICAL, word("beta")),)
    explanation = explained(word("alpha"), "alpha", escalate=steps)
    assert explanation.match is not None
    assert explanation.match.severity is Severity.MEDIUM
    assert [(to, verdict.holds) for to, verdict in explanation.escalations] == [(Severity.CRITICAL, False)]


def test_an_unknown_rule_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        explain(compile_rules([], ()), Article("k", "x"), "none")


def test_of_two_words_missing_the_one_inside_a_longer_word_is_the_nearest_miss() -> None:
    either = AnyOf((HasTerm(plain("drone", "en")), HasTerm(plain("Drohne", "de"))))
    said = nearest(All((either, word("Iran"))), "Iran schickt Kampfdrohnen", "de")
    assert said == '“Drohne”: not in the text; “Kampfdrohnen” contains it: to find such words, add "*drohne*"'


def test_a_list_inside_a_condition_is_named_by_its_words() -> None:
    near = Near((AnyOf((word("alpha"), word("omega"))), AnyOf(tuple(map(word, "abcdef")))), within=3)
    assert explained(near, "nothing").tree.words == "[“alpha”, “omega”], [“a”, “b”, “c”, …] within 3 words"


def test_of_many_languages_the_likeliest_are_named() -> None:
    article = Article("k", "nothing", languages=("de", "en", "fr", "es", "it"))
    assert "for de, en and 3 more languages" in explained(HasConcept("weapon"), article).nearest_miss[0]
