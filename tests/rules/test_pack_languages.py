"""The bars of ``dprk-russia-arms`` on articles made up as each language's press writes: see docs/rule-pack.md."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.rules.compile import compile_rules
from monitor.rules.loader import load_rules
from monitor.rules.model import ANY_LANGUAGE
from monitor.text.article import Article
from monitor.text.language import languages_of

ROOT = Path(__file__).parents[2]
RULE = "dprk-russia-arms"
OTHERS = ("export-controls-dual-use", "sanctions-evasion-shipping", "iran-russia-arms", "dprk-missile-tests")
CORE = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "uk", "ru", "tr", "ar", "fa", "ko", "ja", "zh")


@dataclass(frozen=True)
class Labelled:
    lang: str
    relevant: bool
    title: str
    summary: str


@dataclass
class Score:
    found: int = 0
    missed: int = 0
    false: int = 0
    quiet: int = 0

    @property
    def recall(self) -> float:
        return self.found / (self.found + self.missed)


def labelled() -> list[Labelled]:
    rows = [
        json.loads(line)
        for path in sorted((ROOT / "tests" / "data" / "pack").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return [Labelled(row["lang"], row["label"] == "pos", row["title"], row.get("summary", "")) for row in rows]


@pytest.fixture(scope="module")
def others() -> dict[str, Score]:
    """How the other rules do, by rule."""
    rules = load_rules(ROOT / "rules").rules
    terms = (term for rule in rules for concept in rule.concepts.values() for term in concept.terms)
    known = frozenset(term.lang for term in terms) - {ANY_LANGUAGE}
    compiled = compile_rules([rule for rule in rules if rule.id != RULE], ())
    scores: defaultdict[str, Score] = defaultdict(Score)
    for line in (ROOT / "tests" / "data" / "pack_others.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        title, summary = row["title"], row.get("summary", "")
        article = Article("x", title, summary=summary, languages=languages_of(title, summary, (), known))
        found = {match.rule for match in compiled.match(article)}
        # A row speaks of one rule, or (with ``rules``) of all of them.
        for rule in OTHERS if "rules" in row else [row["rule"]]:
            relevant = rule in row["rules"] if "rules" in row else row["label"] == "pos"
            score, matched = scores[rule], rule in found
            score.found += relevant and matched
            score.missed += relevant and not matched
            score.false += matched and not relevant
            score.quiet += not matched and not relevant
    return dict(scores)


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    """How the rule does, by language; nothing is declared, so detection is part of it."""
    rules = load_rules(ROOT / "rules").rules
    terms = (term for rule in rules for concept in rule.concepts.values() for term in concept.terms)
    known = frozenset(term.lang for term in terms) - {ANY_LANGUAGE}
    compiled = compile_rules([rule for rule in rules if rule.id == RULE], ())
    scores: defaultdict[str, Score] = defaultdict(Score)
    for one in labelled():
        languages = languages_of(one.title, one.summary, (), known)
        matched = bool(compiled.match(Article("x", one.title, summary=one.summary, languages=languages)))
        score = scores[one.lang]
        score.found += one.relevant and matched
        score.missed += one.relevant and not matched
        score.false += matched and not one.relevant
        score.quiet += not matched and not one.relevant
    return dict(scores)


@pytest.mark.parametrize("lang", CORE)
def test_there_are_enough_examples_to_judge_by(lang: str, scores: dict[str, Score]) -> None:
    score = scores[lang]
    assert score.found + score.missed >= 25
    assert score.false + score.quiet >= 25


def test_precision_and_recall_hold_over_all_languages(scores: dict[str, Score]) -> None:
    found = sum(score.found for score in scores.values())
    assert found / (found + sum(score.missed for score in scores.values())) >= 0.95
    assert found / (found + sum(score.false for score in scores.values())) >= 0.95


def test_no_language_is_left_behind(scores: dict[str, Score]) -> None:
    assert {lang: score for lang, score in scores.items() if score.found + score.missed and score.recall < 0.85} == {}


@pytest.mark.parametrize("rule", OTHERS)
def test_the_other_rules_find_nine_in_ten_without_a_false_alarm(rule: str, others: dict[str, Score]) -> None:
    assert others[rule].found >= 20
    assert others[rule].recall >= 0.95
    assert others[rule].false == 0
