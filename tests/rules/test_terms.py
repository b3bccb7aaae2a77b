"""What a written term means, and what is said of one that cannot be meant."""

from __future__ import annotations

import pytest

from monitor.rules.model import ANY_LANGUAGE, Term, TermKind
from monitor.rules.problems import Place, Problem
from monitor.rules.regex import BadPatternError, compile_regex
from monitor.rules.terms import parse_term, term_warnings

PLACE = Place("terms.yaml", 3, 5)


@pytest.mark.parametrize(
    ("written", "kind", "text"),
    [
        pytest.param("missile", TermKind.FORMS, "missile", id="word"),
        pytest.param("artillery shell", TermKind.FORMS, "artillery shell", id="phrase"),
        pytest.param("  tank ", TermKind.FORMS, "tank", id="spaces-around"),
        pytest.param("=WHO", TermKind.EXACT, "WHO", id="exact"),
        pytest.param("rocket*", TermKind.PREFIX, "rocket", id="any-ending"),
        pytest.param("*rakete", TermKind.SUFFIX, "rakete", id="any-beginning"),
        pytest.param("*rakete*", TermKind.INFIX, "rakete", id="anywhere"),
        pytest.param("/KN-?\\d+/", TermKind.REGEX, "KN-?\\d+", id="regex"),
        pytest.param("미사일*", TermKind.PREFIX, "미사일", id="korean-stem"),
        pytest.param("导弹*", TermKind.PREFIX, "导弹", id="chinese-stem-of-two"),
        pytest.param("صاروخ*", TermKind.PREFIX, "صاروخ", id="arabic-stem"),
        pytest.param("cafe\u0301", TermKind.FORMS, "café", id="composed"),
        pytest.param("می\u200cخواهد", TermKind.FORMS, "می\u200cخواهد", id="persian-joiner-is-spelling"),
        pytest.param("155mm", TermKind.FORMS, "155mm", id="number-with-unit"),
    ],
)
def test_a_term_means(written: str, kind: TermKind, text: str) -> None:
    term = parse_term(written, "en", PLACE)
    assert isinstance(term, Term)
    assert (term.kind, term.text, term.lang, term.place) == (kind, text, "en", PLACE)


@pytest.mark.parametrize(
    ("written", "kind", "fix"),
    [
        pytest.param("", "empty-term", "", id="empty"),
        pytest.param("=", "empty-term", "", id="nothing-exact"),
        pytest.param("*", "empty-term", "", id="star-alone"),
        pytest.param("!!", "empty-term", "", id="no-letter"),
        pytest.param("roc*", "short-stem", "longer", id="short-stem"),
        pytest.param("핵*", "short-stem", "longer", id="one-syllable"),
        pytest.param("ro*et", "misplaced-star", "ordered", id="star-inside"),
        pytest.param("**rocket", "misplaced-star", "each end", id="two-stars"),
        pytest.param("artillery shell*", "wildcard-phrase", "near", id="wildcard-on-phrase"),
        pytest.param("/abc", "bad-regex", "end it with /", id="open-regex"),
        pytest.param("/a(?=b)/", "bad-regex", "near", id="look-ahead"),
        pytest.param("/(a)\\1/", "bad-regex", "alternatives", id="back-reference"),
        pytest.param("a\x08b", "control-character", "backspace", id="backspace"),
        pytest.param("so\u00adft", "invisible-character", "type the word", id="soft-hyphen"),
        pytest.param("a\u202eb", "invisible-character", "type the word", id="right-to-left-override"),
        pytest.param("x" * 300, "long-term", "shorten", id="long"),
    ],
)
def test_a_faulty_term_says_what_to_write(written: str, kind: str, fix: str) -> None:
    problem = parse_term(written, "en", PLACE)
    assert isinstance(problem, Problem)
    assert (problem.kind, problem.place) == (kind, PLACE)
    assert fix in problem.fix


@pytest.mark.parametrize(
    ("written", "lang", "kinds"),
    [
        pytest.param("WHO", "en", ["bare-acronym"], id="acronym"),
        pytest.param("МВД", "ru", ["bare-acronym"], id="cyrillic-acronym"),
        pytest.param("U.N.", "en", ["bare-acronym"], id="dotted-acronym"),
        pytest.param("NATO", "en", ["bare-acronym"], id="four-letters"),
        pytest.param("UNESCO", "en", [], id="long-acronym"),
        pytest.param("=WHO", "en", [], id="exact-acronym"),
        pytest.param("K", "en", [], id="one-letter"),
        pytest.param("북한", "ko", [], id="no-case"),
        pytest.param("Рutin", ANY_LANGUAGE, ["mixed-scripts"], id="mixed"),
        pytest.param("КНДР-Russia", "ru", [], id="mixed-over-a-hyphen"),
        pytest.param("Пхеньян", "de", ["wrong-script"], id="cyrillic-in-german"),
        pytest.param("Hwasong", "ru", [], id="latin-name-in-russian"),
        pytest.param("北朝鮮", "ja", [], id="han-in-japanese"),
        pytest.param("/WHO/", "en", [], id="regex-is-its-own-business"),
    ],
)
def test_a_suspicious_term_is_warned_about(written: str, lang: str, kinds: list[str]) -> None:
    term = parse_term(written, lang, PLACE)
    assert isinstance(term, Term)
    assert [problem.kind for problem in term_warnings(term)] == kinds


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        pytest.param("kn-?\\d+", "a KN-23", ["KN-23"], id="ignores-case"),
        pytest.param("(?-i)KN", "kn KN", ["KN"], id="unless-told"),
        pytest.param("ракет\\w+", "о ракетах", ["ракетах"], id="word-characters-of-every-script"),
        pytest.param("[\\w-]+탄", "포-탄 x", ["포-탄"], id="word-characters-in-a-class"),
        pytest.param("a\\W+b", "a – b", ["a – b"], id="other-characters"),
    ],
)
def test_a_pattern_finds(source: str, text: str, found: list[str]) -> None:
    assert [text[hit.start() : hit.end()] for hit in compile_regex(source).finditer(text)] == found


@pytest.mark.parametrize("source", ["a*", "(", "(?<=a)b", "\\bракета\\b", "[\\W]", "a{2000}", "x" * 2000])
def test_a_pattern_that_cannot_be_used_is_refused(source: str) -> None:
    with pytest.raises(BadPatternError):
        compile_regex(source)
