"""Sentences and paragraphs end where a reader stops."""

from __future__ import annotations

import pytest

from monitor.text.units import first_paragraph, paragraph_starts, sentence_starts, unit_of, words_between


def cut(text: str, starts: list[int]) -> list[str]:
    return [text[start:end].strip() for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        pytest.param("One. Two! Three?", ["One.", "Two!", "Three?"], id="plain"),
        pytest.param(
            "U.S. Gen. Smith met Mr. Kim. He left.", ["U.S. Gen. Smith met Mr. Kim.", "He left."], id="abbrev"
        ),
        pytest.param("Am 3. Mai kamen z.B. zwei.", ["Am 3. Mai kamen z.B. zwei."], id="german-ordinal"),
        pytest.param("It cost 3.5 million.", ["It cost 3.5 million."], id="decimal"),
        pytest.param("朝鲜发射。韩国谴责。", ["朝鲜发射。", "韩国谴责。"], id="chinese"),
        pytest.param("“Stop.” He left.", ["“Stop.”", "He left."], id="quote"),
        pytest.param("هل؟ نعم.", ["هل؟", "نعم."], id="arabic"),
        pytest.param("Title\nText", ["Title", "Text"], id="line-break"),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [one for one in cut(text, list(sentence_starts(text))) if one] == sentences


def test_blank_lines_part_paragraphs_and_single_breaks_do_not() -> None:
    assert cut("a\nb\n\nc", paragraph_starts("a\nb\n\nc")) == ["a\nb", "c"]


def test_without_blank_lines_every_line_is_a_paragraph() -> None:
    assert cut("a\nb", paragraph_starts("a\nb")) == ["a", "b"]


def test_the_first_paragraph_is_the_first_that_says_something() -> None:
    text = "\n\nLead here\n\nRest"
    assert text[: first_paragraph(text)].strip() == "Lead here"
    assert first_paragraph("") == 0


def test_units_and_words_are_counted() -> None:
    assert [unit_of([0, 5, 9], offset) for offset in (0, 4, 5, 20)] == [0, 0, 1, 2]
    assert words_between("one two 朝鲜 three", 0, 10) == 3
