"""Which two lines of an article a message shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.content import Marked
from monitor.alerts.excerpt import ABOUT_TWO_LINES, Telling, make_content, make_excerpt, mark_title, why_lines
from monitor.alerts.graphemes import graphemes, take, width
from monitor.rules.hits import Hit
from monitor.text.article import Article
from tests.alerts.samples import ARTICLE, CONTENT, FOUND, HITS, MATCH, RULE, hits_in


def text_of(pieces: tuple[Marked, ...]) -> str:
    return "".join(piece.text for piece in pieces)


def marked(pieces: tuple[Marked, ...]) -> list[str]:
    return [piece.text for piece in pieces if piece.hit]


def test_it_is_where_most_different_concepts_stand_together() -> None:
    excerpt = make_excerpt(ARTICLE, HITS)
    assert text_of(excerpt).startswith("… Nach Angaben des Geheimdienstes NIS hat Nordkorea seit August")
    assert marked(excerpt) == ["Nordkorea", "Granaten", "Raketen", "Russland"]


def test_the_title_has_its_hits_marked() -> None:
    assert mark_title(ARTICLE, HITS) == (
        Marked("Nordkorea", hit=True),
        Marked(" liefert "),
        Marked("Raketen", hit=True),
        Marked(" an "),
        Marked("Russland", hit=True),
    )


def test_with_hits_in_the_title_alone_it_is_the_lead() -> None:
    excerpt = make_excerpt(ARTICLE, [hit for hit in HITS if hit.field == "title"])
    assert text_of(excerpt) == ARTICLE.summary
    assert not marked(excerpt)


def test_an_article_without_text_has_none() -> None:
    assert make_excerpt(replace(ARTICLE, summary="", body=" "), HITS[:1]) == ()


def test_a_first_paragraph_that_repeats_the_title_is_passed_over() -> None:
    article = replace(
        ARTICLE,
        title="Nordkorea liefert Russland laut Südkorea Raketen und Munition",
        summary="",
        body=(
            "Nordkorea liefert Russland laut Südkorea Raketen und Munition.\n\n"
            "Gestern sahen Satelliten, wie Granaten aus Nordkorea verladen wurden."
        ),
    )
    excerpt = make_excerpt(article, hits_in(article, dprk="Nordkorea", weapon="Raketen|Munition|Granaten"))
    assert text_of(excerpt) == "… Gestern sahen Satelliten, wie Granaten aus Nordkorea verladen wurden."


def test_overlapping_hits_are_one_mark() -> None:
    article = Article("k", "", body="Die Kurzstreckenraketen kamen an.")
    hits = (
        Hit("body", 4, 23, "Kurzstreckenraketen", "x"),
        Hit("body", 16, 23, "raketen", "*raketen"),
        Hit("body", 4, 9, "Kurzs", "y"),
    )
    assert marked(make_excerpt(article, hits)) == ["Kurzstreckenraketen"]


@pytest.mark.parametrize(
    ("body", "word", "start", "end"),
    [
        pytest.param("북한이 러시아에 포탄을 보냈다. " * 30, "포탄", "북한이", "…", id="korean"),
        pytest.param("北朝鮮がロシアに砲弾を送ったと韓国軍が発表した。" * 30, "砲弾", "北朝鮮", "…", id="japanese"),
        pytest.param("朝鲜向俄罗斯运送了炮弹。韩国情报机构周三表示。" * 30, "炮弹", "朝鲜向", "…", id="chinese"),
        pytest.param("КНДР поставила России снаряды, сообщил Сеул. " * 30, "снаряды", "КНДР", "…", id="russian"),
        pytest.param("كوريا الشمالية أرسلت قذائف إلى روسيا. " * 30, "قذائف", "كوريا", "…", id="arabic"),
    ],
)
def test_it_begins_with_a_sentence_and_ends_at_a_word_in_every_script(
    body: str, word: str, start: str, end: str
) -> None:
    article = Article("k", "", body=body)
    (first, *_) = hits_in(article, x=word)
    excerpt = make_excerpt(article, [first])
    assert text_of(excerpt).startswith(start)
    assert text_of(excerpt).endswith(end)
    assert marked(excerpt) == [word]
    assert width(text_of(excerpt)) <= ABOUT_TWO_LINES + 2


def test_a_hit_deep_in_a_sentence_without_end_is_shown_with_some_words_before_it() -> None:
    article = Article("k", "", body="wort " * 500 + "Granaten " + "wort " * 500)
    excerpt = make_excerpt(article, hits_in(article, x="Granaten"))
    before, _, after = text_of(excerpt).partition("Granaten")
    assert before.startswith("… wort")
    assert 20 < len(before) < 100
    assert after.endswith("wort …")


_alphabet = st.sampled_from("ab cd.\n。、北한국🇰🇵👍🏽e\u0301\u200d अकि्") | st.characters()


@given(
    body=st.text(_alphabet, max_size=900),
    spans=st.lists(st.tuples(st.integers(0, 900), st.integers(1, 30)), max_size=8),
)
def test_whatever_the_text_the_excerpt_is_made_of_it_in_whole_characters(
    body: str, spans: list[tuple[int, int]]
) -> None:
    article = Article("k", "", body=body)
    hits = [
        Hit("body", start, min(len(body), start + length), body[start : start + length], "t")
        for start, length in spans
        if start < len(body)
    ]
    excerpt = make_excerpt(article, hits)
    shown = text_of(excerpt).removeprefix("…").removesuffix("…").strip()
    assert " ".join(shown.split()) in " ".join(body.split())
    assert width(text_of(excerpt)) <= ABOUT_TWO_LINES + 6
    if text_of(excerpt) and not hits:
        assert next(graphemes(body.strip())).strip() == next(graphemes(shown))


@given(text=st.text(_alphabet, max_size=80), count=st.integers(0, 80))
def test_taking_characters_never_splits_one(text: str, count: int) -> None:
    assert "".join(graphemes(text)) == text
    assert take(text, count) in {"".join(list(graphemes(text))[:count]), text}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("e\u0301", 1, id="accent"),
        pytest.param("👨‍👩‍👧‍👦", 1, id="family"),
        pytest.param("👍🏽", 1, id="skin-tone"),
        pytest.param("🇰🇵🇷🇺", 2, id="flags"),
        pytest.param("한", 1, id="hangul-jamo"),
        pytest.param("각", 1, id="hangul-syllable"),
        pytest.param("कि", 1, id="devanagari-vowel"),
        pytest.param("กำ", 1, id="thai-sara-am"),
        pytest.param("❤️", 1, id="variation-selector"),
        pytest.param("ab\r\nc", 4, id="crlf"),
        pytest.param("", 0, id="empty"),
    ],
)
def test_characters_are_counted_as_people_see_them(text: str, count: int) -> None:
    assert len(list(graphemes(text))) == count


def test_why_names_each_concept_with_its_words_once() -> None:
    assert why_lines(HITS, RULE) == (
        "weapon: Raketen, Munition, Granaten",
        "North Korea: Nordkorea",
        "Russia: Russland",
    )


def test_why_shows_words_without_a_concept_and_counts_what_it_leaves_out() -> None:
    hits = [Hit("body", n, n + 1, word, word) for n, word in enumerate(("KN-23", "kn-23", "A", "B", "C", "D"))]
    assert why_lines(hits, RULE) == ("KN-23, A, B, C +1",)


@pytest.mark.parametrize(
    ("article", "title"),
    [
        pytest.param(replace(ARTICLE, title=" \n "), ARTICLE.summary, id="first-words"),
        pytest.param(replace(ARTICLE, title="", summary="", body=""), ARTICLE.url, id="address"),
        pytest.param(replace(ARTICLE, title="", summary="", body="", url=""), "(untitled)", id="nothing"),
        pytest.param(replace(ARTICLE, title="a\n b"), "a b", id="line-break"),
    ],
)
def test_every_alert_has_a_title(article: Article, title: str) -> None:
    content = make_content(article, RULE, MATCH.__class__(RULE.id, RULE.severity, ()), Telling("u", "t", FOUND))
    assert content.title == title


def test_a_content_holds_the_facts_of_its_time() -> None:
    assert CONTENT.severity == MATCH.severity
    assert CONTENT.feed_title == "Die Zeitung"
    assert CONTENT.lang == "de"
    assert CONTENT.tags == ("arms",)
    assert CONTENT.origins == 2
