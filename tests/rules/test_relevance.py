"""Whether a teaser names anything that some rule asks for."""

from __future__ import annotations

from dataclasses import replace

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
    NoneOf,
    Rule,
    Scope,
    Status,
    Term,
    TermKind,
    TextField,
)
from monitor.rules.relevance import Relevance
from monitor.text.article import Article

DPRK = Concept("dprk", (Term("Nordkorea", TermKind.FORMS, "Nordkorea", "de"),))
RUSSIA = Concept("russia", (Term("Russland", TermKind.FORMS, "Russland", "de"),))


def term(word: str) -> HasTerm:
    return HasTerm(Term(word, TermKind.FORMS, word))


def rule(condition: Condition, **rest: object) -> Rule:
    made = Rule("arms", "Arms", condition, concepts={"dprk": DPRK, "russia": RUSSIA})
    return replace(made, **rest)  # type: ignore[arg-type]


BOTH = All((HasConcept("dprk"), HasConcept("russia"), NoneOf((term("Fußball"),))))


@pytest.mark.parametrize(
    ("looked_for", "title", "expected"),
    [
        pytest.param(rule(BOTH), "Neues aus Nordkorea", True, id="one-of-what-must-be-there"),
        pytest.param(rule(BOTH), "Nordkoreas Führer reist", True, id="in-another-form"),
        pytest.param(rule(BOTH), "Regen in Bonn", False, id="nothing"),
        pytest.param(rule(BOTH), "Fußball am Abend", False, id="only-what-must-not-be-there"),
        pytest.param(rule(AnyOf((term("Rakete"), term("Munition")))), "Raketen am Himmel", True, id="a-term"),
        pytest.param(rule(AtLeast(2, (term("Rakete"), HasConcept("dprk")))), "Nordkorea", True, id="one-of-two"),
        pytest.param(rule(InField(TextField.TITLE, term("Rakete"))), "Rakete", True, id="inside-a-field"),
        pytest.param(rule(BOTH, status=Status.SHADOW), "Nordkorea", True, id="a-rule-on-trial"),
        pytest.param(rule(BOTH, status=Status.DRAFT), "Nordkorea", False, id="a-draft"),
        pytest.param(rule(BOTH, scope=Scope(languages=frozenset({"fr"}))), "Nordkorea", False, id="out-of-scope"),
        pytest.param(rule(BOTH, scope=Scope(feed_ids=frozenset({"wire"}))), "Nordkorea", True, id="in-scope"),
    ],
)
def test_a_teaser_is_relevant_if_a_rule_finds_something_in_it(looked_for: Rule, title: str, expected: bool) -> None:
    article = Article("k", title, feed="wire", languages=("de",))
    assert Relevance(compile_rules([looked_for])).touches(article) is expected


def test_what_the_summary_says_counts_as_well() -> None:
    article = Article("k", "Bericht", summary="Es geht um Nordkorea.", languages=("de",))
    assert Relevance(compile_rules([rule(BOTH)])).touches(article)
