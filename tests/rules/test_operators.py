"""Whoever comes from another search language is told what to write here, and nobody else hears of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.rules.loader import load_rule_set_text, load_rules
from monitor.rules.model import ANY_LANGUAGE, Term
from monitor.rules.operators import operator_warnings
from monitor.rules.problems import Gravity, Place
from monitor.rules.terms import parse_term


def warned(written: str, *, in_list: bool = False) -> list[tuple[str, str]]:
    term = parse_term(written, ANY_LANGUAGE, Place("r.yaml", 5, 9))
    assert isinstance(term, Term)
    found = list(operator_warnings(term, in_list=in_list))
    assert all((one.kind, one.gravity, one.place) == ("no-operator", Gravity.WARNING, term.place) for one in found)
    return [(one.sentence.partition(" is ")[0], one.fix) for one in found]


@pytest.mark.parametrize(
    ("written", "sign", "fix"),
    [
        pytest.param("wolf AND bear", "AND", "write `all: [wolf, bear]`", id="and"),
        pytest.param("wolf AND brown bear AND cat", "AND", "write `all: [wolf, brown bear, cat]`", id="and twice"),
        pytest.param("wolf and cub OR bear", "OR", "write `any: [wolf and cub, bear]`", id="lower case is a word"),
        pytest.param("NOT cat", "NOT", "write `none: [cat]`", id="not"),
        pytest.param("wolf NOT cat", "NOT", "write `{all: [wolf], none: [cat]}`", id="and not, in one word"),
        pytest.param("wolf AND NOT cat", "AND NOT", "write `{all: [wolf], none: [cat]}`", id="and not"),
        pytest.param(
            "wolf NEAR/5 bear", "“NEAR/5”", "write `near: {of: [wolf, bear], within: 5}`", id="near with a number"
        ),
        pytest.param("wolf NEAR bear", "NEAR", "write `near: {of: [wolf, bear], within: 12}`", id="near without one"),
        pytest.param("dog|fox", "“|”", "write `any: [dog, fox]`", id="bar"),
        pytest.param("(dog | fox)", "“|”", "write `any: [dog, fox]`", id="bar in brackets"),
        pytest.param("(dog OR fox)", "OR", "write `any: [dog, fox]`", id="or in brackets"),
        pytest.param(
            "wolf, she AND bear: he", "AND", 'write `all: ["wolf, she", "bear: he"]`', id="quoted where needed"
        ),
        pytest.param(
            "(dog OR fox) AND bear",
            "OR",
            "write it with `all:`, `any:`, `none:` and `near:`, one list inside another",
            id="several",
        ),
        pytest.param(
            "wolf -bear",
            "“-”",
            "write `{all: [wolf], none: [bear]}`; an item of a list has a blank after its dash",
            id="minus",
        ),
        pytest.param(
            '-"bear" -$dprk',
            "“-”",
            "write `none: [bear, $dprk]`; an item of a list has a blank after its dash",
            id="dashes without a blank",
        ),
        pytest.param("북한 AND 러시아", "AND", "write `all: [북한, 러시아]`", id="between words of any script"),
    ],
)
def test_an_operator_in_a_term_is_warned_about_with_the_condition_it_would_be(
    written: str, sign: str, fix: str
) -> None:
    assert warned(written) == [(sign, fix)]


def test_brackets_around_a_term_are_warned_about() -> None:
    assert [fix for _, fix in warned("(brown bear)")] == ["write brown bear"]


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("dead or alive", id="lower case"),
        pytest.param("=DEAD OR ALIVE", id="exact"),
        pytest.param("/dog|fox/", id="pattern"),
        pytest.param("OR Tambo", id="a name that begins so"),
        pytest.param("NEAR Protocol", id="another"),
        pytest.param("operation AND", id="at the end"),
        pytest.param("ANDES", id="part of a word"),
        pytest.param("KN-23", id="hyphen"),
        pytest.param("Ship-to-ship -- transfer", id="dashes between words"),
        pytest.param("missile (short range)", id="brackets in the middle"),
    ],
)
def test_words_that_only_look_alike_are_left_alone(written: str) -> None:
    assert warned(written) == []


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        pytest.param("wolf OR bear", "write a term for each: [wolf, bear]", id="or"),
        pytest.param("wolf AND bear", "write `all: [wolf, bear]` under `match:`", id="and"),
    ],
)
def test_in_a_word_list_the_fix_is_one_that_can_stand_there(written: str, fix: str) -> None:
    assert [found for _, found in warned(written, in_list=True)] == [fix]


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        pytest.param("dprk", ["concept-as-word"], id="the name without its sign"),
        pytest.param("$dprk", [], id="the concept"),
        pytest.param("DPRK leader", [], id="a phrase with it"),
        pytest.param("=dprk", [], id="the word on purpose"),
        pytest.param("russia", [], id="no concept"),
    ],
)
def test_a_term_that_is_the_name_of_a_concept_is_taken_for_a_slip(written: str, kinds: list[str]) -> None:
    concepts = "concepts: {dprk: {en: [North Korea, dprk]}}"
    rule = f"id: r\ntitle: R\nstatus: draft\n{concepts}\nmatch: {{all: [{written}, tank, {{any: [$dprk, gun]}}]}}\n"
    assert [one.kind for one in load_rule_set_text([("r", rule)]).warnings] == kinds


def test_the_name_of_a_shared_concept_counts_too(tmp_path: Path) -> None:
    (tmp_path / "concepts").mkdir()
    (tmp_path / "concepts" / "states.yaml").write_text("dprk: {en: [North Korea]}\n", encoding="utf-8")
    (tmp_path / "r.yaml").write_text("id: r\ntitle: R\nstatus: draft\nmatch: [dprk]\n", encoding="utf-8")
    (problem,) = load_rules(tmp_path).warnings
    assert (problem.kind, problem.place.line, problem.fix) == ("concept-as-word", 4, "did you mean “$dprk”?")
