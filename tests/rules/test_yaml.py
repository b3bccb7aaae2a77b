"""YAML 1.2, written by people or by somebody hostile: a located tree or located problems, and soon."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rules.problems import Place, Problem, ProblemsError
from monitor.rules.tree import ListNode, MapNode, Node, Plain, Scalar, to_plain
from monitor.rules.yaml import RULE_LIMITS, parse_yaml, read_yaml
from tests.growth import growth

FULL = RULE_LIMITS.size - 16


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param("no", "no", id="norway"),
        pytest.param("on", "on", id="on"),
        pytest.param("22:30", "22:30", id="sexagesimal"),
        pytest.param("2024-05-01", "2024-05-01", id="date"),
        pytest.param("1_000", "1_000", id="underscored"),
        pytest.param("true", True, id="true"),
        pytest.param("1991", 1991, id="integer"),
        pytest.param("0o17", 15, id="octal"),
        pytest.param("017", 17, id="leading-zero"),
        pytest.param("0x1f", 31, id="hexadecimal"),
        pytest.param("1.5", 1.5, id="float"),
        pytest.param("~", None, id="null"),
        pytest.param("", None, id="nothing"),
        pytest.param("'1991'", "1991", id="quoted-integer"),
        pytest.param('"true"', "true", id="quoted-true"),
        pytest.param("=DPRK", "=DPRK", id="equals-sign"),
        pytest.param("9" * 5000, "9" * 5000, id="number-too-long-for-int"),
        pytest.param("https://example.org:8080/a", "https://example.org:8080/a", id="url"),
    ],
)
def test_scalars_mean_what_yaml_1_2_says(written: str, value: Plain) -> None:
    assert to_plain(parse_yaml(f"a: {written}\n")) == {"a": value}


def test_urls_and_times_need_no_quotes_in_brackets() -> None:
    assert to_plain(parse_yaml("{url: https://example.org/x, at: 22:30}")) == {
        "url": "https://example.org/x",
        "at": "22:30",
    }


def test_every_node_knows_its_line_and_column_in_characters() -> None:
    tree = parse_yaml("러시아: [북한,  무기]\nb:\n  - c\n", "x.yaml")
    assert isinstance(tree, MapNode)
    words, rest = tree.get("러시아"), tree.get("b")
    assert isinstance(words, ListNode)
    assert isinstance(rest, ListNode)
    assert tree.key_place("b") == Place("x.yaml", 2, 1)
    assert [item.place for item in words.items] == [Place("x.yaml", 1, 7), Place("x.yaml", 1, 12)]
    assert rest.items[0].place == Place("x.yaml", 3, 5)


def test_an_alias_is_the_anchored_value() -> None:
    assert to_plain(parse_yaml("a: &x [1, 2]\nb: *x\n")) == {"a": [1, 2], "b": [1, 2]}


def test_a_byte_order_mark_is_no_character() -> None:
    assert to_plain(parse_yaml(b"\xef\xbb\xbfa: b\n")) == {"a": "b"}


def test_every_duplicate_key_is_reported_at_once() -> None:
    with pytest.raises(ProblemsError) as caught:
        parse_yaml("a: 1\nb: {c: 1, c: 2}\na: 2\n")
    assert [(problem.kind, problem.place.line) for problem in caught.value.problems] == [
        ("duplicate-key", 2),
        ("duplicate-key", 3),
    ]


def test_a_leading_star_is_explained_with_the_word_in_quotes() -> None:
    with pytest.raises(ProblemsError) as caught:
        parse_yaml("terms: [Rakete, *rakete*]\n")
    (problem,) = caught.value.problems
    assert '"*rakete*"' in problem.fix
    assert problem.place.column == 17


@pytest.mark.parametrize(
    ("text", "place", "fix"),
    [
        pytest.param("- wolf\n-bear\n- cat\n", Place("r", 2, 1), "write “- bear”", id="a word"),
        pytest.param("a:\n  - wolf\n  -$bear\n", Place("r", 3, 3), "write “- $bear”", id="a concept"),
        pytest.param("- a: 1\n-b: 2\n", Place("r", 2, 1), "write “- b: 2”", id="a mapping"),
        pytest.param("a: 1\n-bear\n", Place("r", 2, 1), "write “- bear”", id="below a key"),
    ],
)
def test_a_list_item_without_its_blank_is_explained(text: str, place: Place, fix: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        parse_yaml(text, "r")
    (problem,) = caught.value.problems
    assert (problem.kind, problem.place, problem.fix) == ("missing-blank", place, fix)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("[" * FULL, "too-deep", id="flow-nesting"),
        pytest.param("- " * (FULL // 2), "too-deep", id="dash-nesting"),
        pytest.param("? " * (FULL // 2), "too-deep", id="key-nesting"),
        pytest.param("{" * 500 + "}" * 500, "too-deep", id="500-deep"),
        pytest.param("- a\n" * (FULL // 4), "too-large", id="many-items"),
        pytest.param("[" + "a," * (FULL // 2 - 2) + "]", "too-large", id="many-commas"),
        pytest.param("".join(f"k{i}: 1\n" for i in range(40_000)), "too-large", id="many-keys"),
        pytest.param(
            "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9) if i else 'x'}]\n" for i in range(40)),
            "too-large",
            id="billion-laughs",
        ),
        pytest.param("a: &a [*a]\n", "unquoted-star", id="alias-to-itself"),
        pytest.param("'" + "a" * FULL, "unclosed-quote", id="endless-quote"),
        pytest.param("\n" * FULL, "empty-file", id="empty-lines"),
        pytest.param("#\n" * (FULL // 2), "empty-file", id="comments"),
        pytest.param("a: b\n" * (RULE_LIMITS.size // 4), "too-large", id="too-many-bytes"),
        pytest.param("%x\n" * (FULL // 3), "syntax", id="directives"),
    ],
)
def test_hostile_yaml_is_refused_in_time_that_its_length_allows(text: str, kind: str) -> None:
    found: list[tuple[Problem, ...]] = []
    assert growth(lambda part: found.append(problems_in(part)), text) < 24
    assert found[0][0].kind == kind  # of the whole text, which is read first


def problems_in(text: str) -> tuple[Problem, ...]:
    try:
        parse_yaml(text.encode())
    except ProblemsError as error:
        return tuple(error.problems)
    return ()


@pytest.mark.parametrize("text", ["a" * FULL, "a: " + "b\n  " * (FULL // 4), "a: |\n" + "  x\n" * (FULL // 5)])
def test_one_huge_text_is_read_in_time_that_its_length_allows(text: str) -> None:
    assert growth(parse_yaml, text) < 24


def test_a_file_of_50_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    with path.open("wb") as handle:
        handle.truncate(50 * 1024 * 1024)
    tracemalloc.start()
    try:
        with pytest.raises(ProblemsError, match="larger than 512 KiB"):
            read_yaml(path)
        assert tracemalloc.get_traced_memory()[1] < 4 * RULE_LIMITS.size
    finally:
        tracemalloc.stop()


def test_what_is_not_a_file_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, tmp_path / "missing.yaml"):
        with pytest.raises(ProblemsError) as caught:
            read_yaml(path)
        assert caught.value.problems[0].kind == "unreadable"


def outcome(source: str | bytes) -> tuple[Node | None, tuple[Problem, ...]]:
    try:
        return parse_yaml(source), ()
    except ProblemsError as error:
        return None, error.problems


WHOLE = 'id: r\ntitle: "A rule: \\"x\\""\nmatch:\n  all:\n    - near: {of: [$a, \'b c\'], within: 12}\n    - /x+/\n'


@pytest.mark.parametrize("cut", range(len(WHOLE)))
def test_a_half_written_file_is_a_tree_or_a_problem(cut: int) -> None:
    _, problems = outcome(WHOLE[:cut])
    assert all(problem.place.line <= WHOLE.count("\n") + 1 for problem in problems)


@given(
    st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
)
def test_any_bytes_are_a_tree_or_problems(data: bytes) -> None:
    tree, problems = outcome(data)
    assert (tree is None) is bool(problems)


@given(st.text(alphabet="ab:-*&!|>%@`'\"{}[],# \n\t?~0\\", max_size=60))
def test_any_yaml_like_text_is_a_tree_or_problems(text: str) -> None:
    _, problems = outcome(text)
    for problem in problems:
        assert 1 <= problem.place.line <= text.count("\n") + 2


def test_a_scalar_says_whether_it_was_quoted() -> None:
    tree = parse_yaml("a: 'x'\nb: x\n")
    assert isinstance(tree, MapNode)
    quoted, plain = tree.get("a"), tree.get("b")
    assert isinstance(quoted, Scalar)
    assert isinstance(plain, Scalar)
    assert (quoted.plain, plain.plain) == (False, True)
