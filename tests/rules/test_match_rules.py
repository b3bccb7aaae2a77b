"""A set of rules: which of them look at an article, how severe a match is, and what happens when one fails."""

from __future__ import annotations

from typing import Any, cast

import pytest

from monitor.rules.compile import compile_rules
from monitor.rules.model import AnyOf, Escalation, HasTerm, Near, Rule, Scope, Severity, Status, Term, TermKind
from monitor.text.article import Article


def word(text: str) -> HasTerm:
    return HasTerm(Term(text, TermKind.FORMS, text))


ARTICLE = Article("k", "alpha beta", languages=("en", "de"), feed="wire", feed_tags=frozenset({"world"}))


def matched(*rules: Rule, article: Article = ARTICLE) -> list[str]:
    return [match.rule for match in compile_rules(rules, ()).match(article)]


@pytest.mark.parametrize(
    ("status", "is_evaluated"),
    [(Status.DRAFT, False), (Status.SHADOW, True), (Status.LIVE, True), (Status.RETIRED, False)],
)
def test_only_live_and_shadow_rules_are_evaluated(status: Status, is_evaluated: bool) -> None:
    assert bool(matched(Rule("r", "", word("alpha"), status=status))) is is_evaluated


@pytest.mark.parametrize(
    ("scope", "looks"),
    [
        pytest.param(Scope(), True, id="everywhere"),
        pytest.param(Scope(languages=frozenset({"de"})), True, id="any-plausible-language"),
        pytest.param(Scope(languages=frozenset({"fr"})), False, id="other-language"),
        pytest.param(Scope(feed_ids=frozenset({"wire"})), True, id="feed-named"),
        pytest.param(Scope(feed_ids=frozenset({"other"})), False, id="other-feed"),
        pytest.param(Scope(feed_tags=frozenset({"world", "korea"})), True, id="one-tag-is-enough"),
        pytest.param(Scope(feed_ids=frozenset({"other"}), feed_tags=frozenset({"world"})), True, id="named-or-tagged"),
        pytest.param(Scope(not_feed_tags=frozenset({"world"})), False, id="tag-left-out"),
    ],
)
def test_a_rule_looks_where_its_scope_says(scope: Scope, looks: bool) -> None:
    assert bool(matched(Rule("r", "", word("alpha"), scope=scope))) is looks


def test_an_article_of_unknown_language_is_in_every_language_scope() -> None:
    rule = Rule("r", "", word("alpha"), scope=Scope(languages=frozenset({"ko"})))
    assert matched(rule, article=Article("k", "alpha")) == ["r"]


def test_the_last_escalation_that_holds_decides_the_severity() -> None:
    steps = (
        Escalation(Severity.CRITICAL, word("alpha")),
        Escalation(Severity.LOW, word("beta")),
        Escalation(Severity.HIGH, word("absent")),
    )
    (match,) = compile_rules([Rule("r", "", word("alpha"), escalate=steps)], ()).match(ARTICLE)
    assert match.severity is Severity.LOW
    assert [hit.text for hit in match.hits] == ["alpha", "beta"]


def test_matches_come_in_the_order_of_the_rules() -> None:
    assert matched(Rule("z", "", word("beta")), Rule("a", "", AnyOf((word("beta"), word("alpha"))))) == ["z", "a"]


def test_the_later_of_two_rules_with_one_id_counts() -> None:
    assert matched(Rule("r", "", word("alpha")), Rule("r", "", word("gamma"))) == []


def broken(rule_id: str) -> Rule:
    """A rule no loader would make: its evaluation raises."""
    return Rule(rule_id, "", Near((word("alpha"), word("beta")), cast("Any", "chapter")))


def test_a_rule_that_raises_stops_no_other_and_is_reported() -> None:
    result = compile_rules([broken("bad"), Rule("good", "", word("alpha"))], ()).evaluate(ARTICLE)
    assert [match.rule for match in result.matches] == ["good"]
    assert [(failure.rule, type(failure.error)) for failure in result.failures] == [("bad", ValueError)]


def test_match_does_not_hide_a_failure() -> None:
    with pytest.raises(ExceptionGroup):
        compile_rules([broken("bad")], ()).match(ARTICLE)


def test_a_quarantined_rule_is_left_out() -> None:
    compiled = compile_rules([broken("bad"), Rule("good", "", word("alpha"))], ())
    result = compiled.evaluate(ARTICLE, skip={"bad"})
    assert not result.failures
    assert [match.rule for match in result.matches] == ["good"]


def test_the_time_of_each_evaluated_rule_is_told_by_the_clock_given() -> None:
    ticks = iter([1.0, 3.5])
    compiled = compile_rules([Rule("r", "", word("alpha")), Rule("other", "", word("absent"))], ())
    assert compiled.evaluate(ARTICLE, clock=lambda: next(ticks)).spent == {"r": 2.5}


def test_the_rules_of_a_compiled_set_cannot_be_changed() -> None:
    compiled = compile_rules([Rule("r", "", word("alpha"))], ())
    with pytest.raises(TypeError):
        cast("dict[str, Rule]", compiled.rules)["x"] = Rule("x", "", word("alpha"))


def test_an_article_in_a_language_prepared_late_is_matched_all_the_same() -> None:
    compiled = compile_rules([Rule("r", "", word("ракета"))], ["en"])
    assert [match.rule for match in compiled.match(Article("k", "ракетами", languages=("ru",)))] == ["r"]
