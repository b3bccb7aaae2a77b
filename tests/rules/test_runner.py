"""The tests in rule files gate the rules: what fails, why, what is a surprise, which words nothing proves."""

from __future__ import annotations

from monitor.rules.loader import load_rule_set_text
from monitor.rules.runner import Outcome, TestReport, run_tests

RULE = """\
id: r
title: R
scope: {languages: [en, de], feeds: {tags: [wire]}}
concepts:
  weapon: {en: [missile, howitzer], de: [Rakete], any: [=KN-23]}
match: [$weapon]
tests:
"""


def report(tests: str, rule: str = RULE, only: str = "") -> TestReport:
    return run_tests(load_rule_set_text([("r.yaml", rule + tests)]).rules, only=only)


def test_a_passing_test_passes_with_its_match() -> None:
    done = report("  match:\n    - en: Two missiles fired\n      hits: missiles\n")
    (result,) = done.results
    assert done.ok
    assert result.outcome is Outcome.PASSED
    assert result.match is not None
    assert [hit.text for hit in result.match.hits] == ["missiles"]


def test_a_match_that_does_not_come_fails_with_the_nearest_miss() -> None:
    (failure,) = report("  match:\n    - en: All quiet\n").failures
    assert failure.sentence == "it should match, and does not"
    assert failure.explanation is not None
    assert "$weapon" in failure.explanation.nearest_miss[-1]
    assert failure.test.place.line == 9


def test_a_match_that_should_not_come_fails_with_the_words_that_made_it() -> None:
    (failure,) = report("  no_match:\n    - de: Drei Raketen\n").failures
    assert failure.sentence == "it should not match, and does: “Raketen”"


def test_a_match_without_the_expected_word_fails() -> None:
    (failure,) = report("  match:\n    - {en: A missile and a howitzer, hits: [howitzers]}\n").failures
    assert "“howitzers”" in failure.sentence
    assert "“missile”" in failure.sentence


def test_a_known_miss_that_matches_is_a_surprise_and_no_failure() -> None:
    done = report("  known_miss:\n    - en: A missile\n    - en: A thing\n")
    assert done.ok
    assert [result.outcome for result in done.results] == [Outcome.SURPRISE, Outcome.PASSED]
    assert done.surprises == (done.results[0],)


def test_a_test_article_is_read_in_its_own_language_only() -> None:
    assert not report("  match:\n    - en: Zwei Raketen\n").ok


def test_without_a_language_it_is_detected() -> None:
    (result,) = report("  match:\n    - Die Armee hat gestern zwei Raketen auf die Stadt gefeuert\n").results
    assert result.outcome is Outcome.PASSED
    assert result.article.lang == "de"


def test_a_language_out_of_scope_does_not_match() -> None:
    assert report("  no_match:\n    - ru: Ракета KN-23\n").ok


def test_drafts_and_rules_for_certain_feeds_are_tested_too() -> None:
    assert report("  match:\n    - en: A missile\n", RULE.replace("title: R", "title: R\nstatus: draft")).ok


def test_coverage_counts_the_terms_that_tests_hit() -> None:
    coverage = report("  match:\n    - en: Two missiles\n    - en: The KN-23\n").coverage
    assert coverage.languages == ("any", "de", "en")
    assert coverage.cells == {("weapon", "en"): (2, 1), ("weapon", "de"): (1, 0), ("weapon", "any"): (1, 1)}
    assert {term.written for _, term in coverage.never_hit} == {"howitzer", "Rakete"}


def test_one_rule_can_be_tested_alone() -> None:
    other = "id: other\ntitle: O\nmatch: [tank]\ntests: {match: [{en: a tank}]}\n"
    rules = load_rule_set_text([("r", RULE + "  match:\n    - en: A missile\n"), ("o", other)]).rules
    assert {result.rule for result in run_tests(rules, only="other").results} == {"other"}
    assert len(run_tests(rules).results) == 2
