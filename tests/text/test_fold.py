"""Folding makes spellings of one word equal, keeps different letters apart, and finds the way back."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.fold import compose, fold, fold_aligned, fold_all


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Pjöngjang", "PJONGJANG", id="case-and-accents"),
        pytest.param("Straße", "STRASSE", id="sharp-s"),
        pytest.param("ёлка", "Елка", id="yo"),
        pytest.param("Се́верный", "северный", id="stress-mark"),
        pytest.param("İstanbul", "istanbul", id="dotted-capital-i"),
        pytest.param("IĞDIR", "ığdır", id="dotless-i"),
        pytest.param("ＤＰＲＫ", "dprk", id="full-width"),
        pytest.param("ﬁre", "fire", id="ligature"),
        pytest.param("Łódź", "lodz", id="stroke"),
        pytest.param("Nord\u00adkorea", "Nordkorea", id="soft-hyphen"),
        pytest.param("أسلحة", "اسلحه", id="alef-and-teh-marbuta"),
        pytest.param("موشک", "موشك", id="kaf"),
        pytest.param("ایران", "ايران", id="yeh"),
        pytest.param("كـوريا", "كوريا", id="tatweel"),
        pytest.param("صَارُوخ", "صاروخ", id="arabic-vowels"),
        pytest.param("שָׁלוֹם", "שלום", id="hebrew-vowels"),
        pytest.param("ﾐｻｲﾙ", "ミサイル", id="half-width-kana"),
        pytest.param("Ὀδυσσεύς", "οδυσσευσ", id="greek"),
        pytest.param("٣٥", "35", id="arabic-digits"),
        pytest.param("l’armée", "l'armee", id="apostrophe"),
        pytest.param("Kim–Putin", "kim-putin", id="dash"),
    ],
)
def test_spellings_of_one_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)
    assert fold(unicodedata.normalize("NFD", one)) == fold(unicodedata.normalize("NFD", other)) == fold(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("май", "маи", id="short-i"),
        pytest.param("їх", "іх", id="yi"),
        pytest.param("ўсе", "усе", id="short-u"),
        pytest.param("ガス", "カス", id="dakuten"),
        pytest.param("각", "가", id="hangul-final"),
        pytest.param("की", "का", id="vowel-sign"),
        pytest.param("ไม่", "ไม", id="thai-tone"),
    ],
)
def test_marks_that_make_a_letter_are_kept(one: str, other: str) -> None:
    for form in ("NFC", "NFD"):
        assert fold(unicodedata.normalize(form, one)) != fold(unicodedata.normalize(form, other))


@given(st.text())
def test_the_way_back_is_exact(text: str) -> None:
    aligned = fold_aligned(text)
    assert aligned.text == fold(text)
    assert len(aligned.starts) == len(aligned.ends) == len(aligned.text)
    for place in range(len(aligned.text)):
        start, end = aligned.span(place, place + 1)
        assert 0 <= start < end <= len(text)
        assert aligned.text[place] in fold(text[start:end])


@given(st.text(), st.text())
def test_offsets_never_go_backwards(one: str, other: str) -> None:
    aligned = fold_aligned(one + other)
    assert list(aligned.starts) == sorted(aligned.starts)
    assert list(aligned.ends) == sorted(aligned.ends)


def test_composing_keeps_case_and_accents() -> None:
    assert compose("Ｐjo\u0308ngjang’s") == "Pjöngjang's"


@given(st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["M"]))))
def test_many_words_fold_as_each_does(words: list[str]) -> None:
    assert fold_all(words) == [fold(word) for word in words]
