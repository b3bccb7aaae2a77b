"""An article written to cost more than its length does not: what a hostile feed repeats is read in its own time."""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable

import pytest

from monitor.rules.compile import CompiledRules, compile_rules
from monitor.rules.match import MOST_HITS
from monitor.rules.model import All, AtLeast, Concept, Condition, HasConcept, HasTerm, Near, Rule, Term, TermKind
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


def bytes_for(act: Callable[[], object]) -> int:
    """The most that was held at once beyond what was held before."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture(scope="module")
def many() -> CompiledRules:
    """Fifteen hundred rules, each with a list of its own; one word is in all of them."""
    lists = [Concept("own", terms("en", "missile", f"weapon{number}x")) for number in range(1_500)]
    return compile_rules(
        [Rule(f"rule-{n}", "", HasConcept("own"), concepts={"own": one}) for n, one in enumerate(lists)]
    )


def test_what_a_word_of_many_lists_says_is_held_once_however_it_is_written(many: CompiledRules) -> None:
    text = " ".join(f"missile-x{number}" for number in range(400))
    concept = many.rules["rule-7"].concepts["own"]
    assert len(many.view(article(text, "en")).concept(concept)) == 400
    text = text.replace("x", "y")
    assert bytes_for(lambda: many.view(article(text, "en")).concept(concept)) < 5_000_000


def test_what_combined_words_say_is_let_go_before_it_fills_the_memory(many: CompiledRules) -> None:
    pairs = [f"missile-weapon{one}x-weapon{other}x" for one in range(60) for other in range(60, 120)]

    def act() -> None:
        for begin in range(0, len(pairs), 40):
            assert many.view(article(" ".join(pairs[begin : begin + 40]), "en")).groups

    assert bytes_for(act) < 150_000_000, "all of them take more than 220 MB"


def test_rules_that_wait_for_one_word_take_room_in_proportion_to_their_number() -> None:
    shared = HasTerm(Term("Russia", TermKind.FORMS, "Russia"))
    patterns = [Term(f"/z{number}q/", TermKind.REGEX, f"z{number}q") for number in range(4_000)]
    rules = [Rule(one.text, "", All((shared, HasTerm(one)))) for one in patterns]
    few = bytes_for(lambda: compile_rules(rules[:500], ()))
    assert bytes_for(lambda: compile_rules(rules, ())) < 16 * few
