"""The rule pack that everyone starts from: it loads clean, proves itself, and finds what it must in every language."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.load import known_names, load_config
from monitor.rules.compile import CompiledRules, compile_rules
from monitor.rules.loader import RuleSet, load_rules
from monitor.rules.runner import run_tests
from monitor.text.article import Article
from monitor.text.language import languages_of

ROOT = Path(__file__).parents[2]
CORE = frozenset(
    {"en", "de", "fr", "es", "it", "pt", "nl", "pl", "uk", "ru", "tr", "ar", "fa", "ko", "ja", "zh"}
)  # fmt: skip
RULES = (
    "dprk-russia-arms",
    "iran-russia-arms",
    "dprk-missile-tests",
    "sanctions-evasion-shipping",
    "export-controls-dual-use",
)


@pytest.fixture(scope="module")
def pack() -> RuleSet:
    return load_rules(ROOT / "rules", known_names(load_config(ROOT / "config.example.yaml", {})))


@pytest.fixture(scope="module")
def compiled(pack: RuleSet) -> CompiledRules:
    return compile_rules(pack.rules, ())


def test_it_loads_against_the_example_configuration_without_a_warning(pack: RuleSet) -> None:
    assert [str(warning) for warning in pack.warnings] == []
    assert {rule.id for rule in pack.rules} == set(RULES)


@pytest.mark.parametrize("rule_id", RULES)
def test_every_rule_passes_its_own_tests(rule_id: str, pack: RuleSet, compiled: CompiledRules) -> None:
    report = run_tests(pack.rules, compiled, only=rule_id)
    assert [f"{result.test.title}: {result.sentence}" for result in report.failures] == []
    assert [result.test.title for result in report.surprises] == []


@pytest.mark.parametrize("rule_id", RULES)
@pytest.mark.parametrize("expect", ["match", "no_match"])
def test_every_rule_is_proved_by_a_dozen_articles_in_eight_languages(rule_id: str, expect: str, pack: RuleSet) -> None:
    rule = pack.rule(rule_id)
    assert rule is not None
    tests = [test for test in rule.tests if test.expect == expect]
    assert len(tests) >= 12
    assert len({test.lang for test in tests}) >= 8


def test_every_concept_speaks_the_core_languages(pack: RuleSet) -> None:
    # Weapons that only one state makes have few names, and those are the same everywhere.
    missing = {
        name: sorted(CORE - concept.languages)
        for name, concept in pack.concepts.items()
        if name != "dprk_made" and not concept.languages >= CORE
    }
    assert missing == {}


@pytest.mark.parametrize("path", sorted((ROOT / "rules").rglob("*.yaml")), ids=lambda path: path.name)
def test_every_file_names_a_schema_that_is_there(path: Path) -> None:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    marker, _, schema = first.partition("=")
    assert marker == "# yaml-language-server: $schema"
    assert (path.parent / schema).is_file()


@pytest.mark.parametrize("part", ["title", "text"])
def test_the_article_the_project_started_from_matches_on_title_and_on_text_alone(
    part: str, compiled: CompiledRules
) -> None:
    title, _, text = (ROOT / "tests" / "data" / "seed-article-de.txt").read_text(encoding="utf-8").partition("\n\n")
    article = (
        Article("seed", title, languages=languages_of(title, "", (), CORE))
        if part == "title"
        else Article("seed", "", body=text, languages=languages_of("", text, (), CORE))
    )
    assert "dprk-russia-arms" in {match.rule for match in compiled.match(article)}
