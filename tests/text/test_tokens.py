"""Words begin and end where a reader sees them, in every script, and distances count them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.tokens import (
    alphabetic_lines,
    alphabetic_words,
    apostrophe_parts,
    hangul_lines,
    is_alphabetic,
    spaced_words,
    tokens,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Kim's Nordkorea-Experte", ["Kim's", "Nordkorea", "Experte"], id="hyphen-and-possessive"),
        pytest.param("l’armée d'Ivoire", ["l’armée", "d'Ivoire"], id="elision"),
        pytest.param("'quoted' words", ["quoted", "words"], id="quotes-are-not-apostrophes"),
        pytest.param("U.S. T-72, 155mm", ["U", "S", "T", "72", "155mm"], id="stops-and-digits"),
        pytest.param("snake_case", ["snake", "case"], id="underscore"),
        pytest.param("ne\u0301 Nord\u00adkorea", ["ne\u0301", "Nord\u00adkorea"], id="mark-and-soft-hyphen"),
        pytest.param("موشک\u200cها", ["موشک", "ها"], id="persian-non-joiner"),
        pytest.param("क्\u200dष हिन्दी", ["क्\u200dष", "हिन्दी"], id="devanagari-joiner"),
        pytest.param('צה"ל אמר', ['צה"ל', "אמר"], id="hebrew-acronym"),
        pytest.param("与DPRK的155mm炮弹", ["与", "DPRK", "的", "155mm", "炮弹"], id="chinese-and-latin"),
        pytest.param("DPRK와 북한은", ["DPRK", "와", "북한은"], id="korean-and-latin"),
        pytest.param("金正恩・朝鮮", ["金正恩", "朝鮮"], id="middle-dot"),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert [token.text for token in tokens(text)] == words


@pytest.mark.parametrize(
    ("text", "count"),
    [("朝鲜半岛", 2), ("朝鲜半", 2), ("ขีปนาวุธ", 2), ("one two", 2), ("북한은", 1)],
    ids=["even", "odd", "thai", "latin", "korean"],
)
def test_text_without_spaces_counts_as_many_words_as_it_would_have(text: str, count: int) -> None:
    assert sum(token.words for token in tokens(text)) == count


@given(st.text())
def test_tokens_are_pieces_of_the_text_in_order(text: str) -> None:
    end = word = 0
    for token in tokens(text):
        assert token.start >= end
        assert token.word == word
        assert text[token.start : token.end] == token.text != ""
        assert token.word <= token.word_at(token.end - 1) < token.word + token.words
        end, word = token.end, token.word + token.words


_scripts = st.text(st.sampled_from("aé'’ -.\n7北한국กक्"), max_size=12)


@given(st.one_of(st.text(), _scripts))
def test_the_quick_ways_to_cut_a_text_find_the_same_words(text: str) -> None:
    found = tokens(text)
    assert spaced_words(text) == [token.text for token in found if not token.width]
    if is_alphabetic(text):
        assert alphabetic_words(text) == [token.text for token in found]
    lines = text.split("\n")
    assert alphabetic_lines(text) == {line for line in lines if is_alphabetic(line)}
    assert hangul_lines(text) == {
        line for line in lines if [(token.text, token.is_hangul) for token in tokens(line)] == [(line, True)]
    }


def test_what_stands_around_apostrophes() -> None:
    assert apostrophe_parts("l’armée") == ("l", "armée")
    assert apostrophe_parts("d'Alembert's") == ("d'Alembert", "Alembert's")
    assert apostrophe_parts("word") is None
