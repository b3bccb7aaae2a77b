"""An article written to cost more than its length does not: what a hostile feed repeats is read in its own time."""

from __future__ import annotations

import sys
import time

import pytest

from monitor.rules.compile import CompiledRules, compile_rules
from monitor.rules.match import MOST_HITS
from monitor.rules.model import AtLeast, Concept, Condition, HasConcept, Near, Rule, Term, TermKind
from monitor.text.article import Article


def terms(lang: str, *words: str) -> tuple[Term, ...]:
    return tuple(Term(word, TermKind.FORMS, word, lang) for word in words)


STATES = Concept(
    "states",
    (*terms("en", "Korea", "North Korea"), *terms("zh", "朝鲜")),
    exclusions=terms("en", "Korea Town"),
)
CARGO = Concept("cargo", (*terms("en", "missile", "ballistic missile"), *terms("zh", "导弹")))
CONCEPTS = {"states": STATES, "cargo": CARGO}
BOTH = (HasConcept("states"), HasConcept("cargo"))


@pytest.fixture(scope="module")
def rules() -> CompiledRules:
    conditions: tuple[Condition, ...] = (
        Near(BOTH, 12),
        Near(BOTH, 12, ordered=True),
        Near(BOTH, "sentence"),
        AtLeast(2, (BOTH[1],)),
    )
    return compile_rules(
        [Rule(f"rule-{number}", "", one, concepts=CONCEPTS) for number, one in enumerate(conditions)], ["en", "zh"]
    )


def article(text: str, lang: str) -> Article:
    return Article("key", "", body=text, languages=(lang,))


def seconds(rules: CompiledRules, text: str, lang: str) -> float:
    spent = []
    for _ in range(3):
        begun = time.process_time()
        rules.match(article(text, lang))
        spent.append(time.process_time() - begun)
    return min(spent)


@pytest.mark.parametrize(
    ("first", "second", "lang"),
    [
        pytest.param("North Korea ", "ballistic missile ", "en", id="all-of-one-then-all-of-the-other"),
        pytest.param("missile Korea Town ", "North Korea ", "en", id="exclusions"),
        pytest.param("ballistic missile Korea ", "", "en", id="both-everywhere"),
        pytest.param("朝鲜导弹", "", "zh", id="one-piece-without-a-space"),
        pytest.param("朝鲜Korea ", "missile导弹 ", "zh", id="scripts-mixed"),
    ],
)
def test_eight_times_the_text_costs_about_eight_times_as_much(
    rules: CompiledRules, first: str, second: str, lang: str
) -> None:
    def text(size: int) -> str:
        return (first * size)[:size] + (second * size)[:size]

    rules.match(article(text(100), lang))
    # Were it the square, it would be 64 times as much.
    assert seconds(rules, text(40_000), lang) < 24 * seconds(rules, text(5_000), lang)


def test_of_one_term_the_first_few_hits_are_kept(rules: CompiledRules) -> None:
    (match,) = [one for one in rules.match(article("North Korea missile. " * 1_000, "en")) if one.rule == "rule-2"]
    counts = {(hit.term, [one.term for one in match.hits].count(hit.term)) for hit in match.hits}
    assert counts == {("Korea", MOST_HITS), ("North Korea", MOST_HITS), ("missile", MOST_HITS)}
    assert match.hits[0].start == 0


def test_ever_new_words_are_let_go_before_they_fill_the_memory(rules: CompiledRules) -> None:
    blocks = []
    for batch in range(110):
        words = [f"{batch:040}x{number:060}" for number in range(1_500)]
        assert rules.match(article("North Korea missile " + " ".join(words), "en"))
        blocks.append(sys.getallocatedblocks())
    assert blocks[-1] < max(blocks) - 50_000
