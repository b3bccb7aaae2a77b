"""A proposed exclusion is written into the rule file as a person would write it, and leaves the rest alone."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from monitor.alerts.exclusion import Exclusion
from monitor.alerts.rule_edit import exclusion_diff, with_exclusions

PODCAST = Exclusion("podcast", title_only=True)
QUIZ = Exclusion("pub quiz")


def edited(text: str, *exclusions: Exclusion) -> str:
    return with_exclusions(text.strip("\n") + "\n", exclusions or (PODCAST, QUIZ)).strip("\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            """
id: arms
match:
  all:
    - $dprk
  none:
    - title: [x]   # never mind
    - Korean War

alert:
  to: [chat]
""",
            """
id: arms
match:
  all:
    - $dprk
  none:
    - title: [x]   # never mind
    - Korean War
    - {title: podcast}
    - pub quiz

alert:
  to: [chat]
""",
            id="at the end of a list",
        ),
        pytest.param(
            """
match:
  none:
  - Korean War
  all: [$dprk]
""",
            """
match:
  none:
  - Korean War
  - {title: podcast}
  - pub quiz
  all: [$dprk]
""",
            id="in a list that is not indented",
        ),
        pytest.param(
            """
match:
    all: [$dprk]
    none: [Korean War]  # a comment
""",
            """
match:
    all: [$dprk]
    none: [Korean War, {title: podcast}, pub quiz]  # a comment
""",
            id="in a list in brackets",
        ),
        pytest.param(
            "match:\n  all: [$dprk]\n  none: []",
            "match:\n  all: [$dprk]\n  none: [{title: podcast}, pub quiz]",
            id="in an empty list",
        ),
        pytest.param(
            "match:\n  none: Korean War",
            "match:\n  none: [Korean War, {title: podcast}, pub quiz]",
            id="beside a lone term",
        ),
        pytest.param(
            """
match:
  all:
    - none: [inner]
    - $dprk
# alerts
alert: {}
""",
            """
match:
  all:
    - none: [inner]
    - $dprk
  none:
    - {title: podcast}
    - pub quiz
# alerts
alert: {}
""",
            id="a new list beside the other conditions",
        ),
        pytest.param(
            "match: [$dprk, $iran]  # either\ntests: {}",
            "match:\n  any: [$dprk, $iran]\n  none:\n    - {title: podcast}\n    - pub quiz\ntests: {}",
            id="around a bare list in brackets",
        ),
        pytest.param(
            "match:\n- $dprk\n- $iran\ntests: {}",
            "match:\n  any:\n    - $dprk\n    - $iran\n  none:\n    - {title: podcast}\n    - pub quiz\ntests: {}",
            id="around a bare list",
        ),
        pytest.param(
            "match: $dprk",
            "match:\n  any: [$dprk]\n  none:\n    - {title: podcast}\n    - pub quiz",
            id="around a lone concept",
        ),
        pytest.param(
            "match: {all: [$dprk, $arms]}",
            "match: {all: [$dprk, $arms], none: [{title: podcast}, pub quiz]}",
            id="in braces",
        ),
    ],
)
def test_exclusions_are_added_where_a_person_would_add_them(before: str, after: str) -> None:
    assert edited(before) == after.strip("\n")
    document = YAML(typ="safe").load(edited(before))
    assert list(document["match"]["none"])[-2:] == [{"title": "podcast"}, "pub quiz"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("match: {all: [$dprk], none: [x]}", id="a none in braces"),
        pytest.param("match: [a,\n  b]", id="brackets over two lines"),
        pytest.param("match:\n  none: [a,\n    b]", id="a none in brackets over two lines"),
        pytest.param("id: x", id="no match at all"),
        pytest.param("match:\n", id="an empty match"),
    ],
)
def test_what_only_a_person_should_edit_is_left_to_a_person(text: str) -> None:
    with pytest.raises(ValueError, match="pub quiz"):
        with_exclusions(text, (PODCAST, QUIZ))


@pytest.mark.parametrize(
    ("word", "line"),
    [
        pytest.param("no", '    - "no"', id="a word YAML might take for false"),
        pytest.param("1950", '    - "1950"', id="a number"),
        pytest.param("a: b", '    - "a: b"', id="a colon"),
        pytest.param("=NATO", "    - =NATO", id="an exact term"),
        pytest.param("l’armée", "    - l’armée", id="an apostrophe"),
        pytest.param("퀴즈", "    - 퀴즈", id="Korean"),
    ],
)
def test_words_are_quoted_where_yaml_would_read_something_else(word: str, line: str) -> None:
    text = edited("match:\n  all: [$dprk]", Exclusion(word))
    assert text.splitlines()[-1] == line
    assert YAML(typ="safe").load(text)["match"]["none"] == [word]


def test_the_diff_applies_to_the_file() -> None:
    before = "id: arms\nmatch:\n  all: [$dprk]\n"
    assert exclusion_diff(before, (PODCAST,), "rules/arms.yaml") == (
        "--- a/rules/arms.yaml\n+++ b/rules/arms.yaml\n@@ -1,3 +1,5 @@\n"
        " id: arms\n match:\n   all: [$dprk]\n+  none:\n+    - {title: podcast}\n"
    )
    assert exclusion_diff(before, (), "rules/arms.yaml") == ""


def test_a_file_without_a_last_newline_keeps_being_one() -> None:
    diff = exclusion_diff("match: $dprk", (PODCAST,), "x")
    assert diff.count("\\ No newline at end of file") == 2
    assert not with_exclusions("match: $dprk", (PODCAST,)).endswith("\n")
