"""Copies and light edits of one text: found in their language, from a likeness that depends on length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stories.duplicates import KEYS, SKETCH, TextKeys, resemblance, same_text_at, sketch
from monitor.stories.index import StoryIndex
from tests.stories.articles import article

TITLE = "Ferry with 212 passengers sinks off Mindoro"
REPORT = " ".join(
    f"Paragraph {number} tells how rescuers {verb} the {thing} near {place} and what witnesses saw there at dawn."
    for number, (verb, thing, place) in enumerate(
        zip(("found", "towed", "lost", "raised", "searched", "left"), ("hull", "raft", "crew", "mast", "deck", "boat"),
            ("Mindoro", "Batangas", "Lubang", "Romblon", "Coron", "Busuanga"), strict=True)
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("title", "body", "same"),
    [
        pytest.param(TITLE, REPORT, True, id="the same"),
        pytest.param(f"{TITLE} | WTOP", REPORT, True, id="an outlet's name behind the title"),
        pytest.param("Passenger ferry goes down near Mindoro", REPORT, True, id="another headline"),
        pytest.param(TITLE, REPORT[: len(REPORT) * 3 // 4], True, id="the end cut"),
        pytest.param(TITLE, REPORT.replace("witnesses", "people"), True, id="a word changed in every sentence"),
        pytest.param(TITLE, REPORT.upper(), True, id="capitals"),
        pytest.param(
            TITLE, "Divers will look for the cause next week, the coast guard said.", False, id="another text"
        ),
        pytest.param("Ferry with 80 passengers runs aground off Mindoro", "", False, id="a like headline alone"),
    ],
)
def test_what_shares_its_text_is_a_copy_of_the_first(title: str, body: str, same: bool) -> None:
    index = StoryIndex()
    index.place(article("first", TITLE, body=REPORT))
    assert index.place(article("second", title, 1, body=body)).duplicate_of == ("first" if same else None)


def test_a_copy_of_a_copy_points_to_the_first() -> None:
    index = StoryIndex()
    placements = [index.place(article(name, TITLE, hour, body=REPORT)) for hour, name in enumerate("abcd")]
    assert [placement.duplicate_of for placement in placements] == [None, "a", "a", "a"]
    assert placements[3].evidence.copied == 1.0
    assert str(placements[3].evidence).startswith("same text (100%)")


def test_texts_in_two_languages_are_never_copies_of_each_other() -> None:
    index = StoryIndex()
    index.place(article("en", "Reuters: 100 000 000 USD", body=REPORT))
    assert index.place(article("de", "Reuters: 100 000 000 USD", 1, lang="de", body=REPORT)).duplicate_of is None


@pytest.mark.parametrize(
    ("hours", "same"),
    [pytest.param(2, True, id="printed within two days"), pytest.param(60, False, id="printed again later")],
)
def test_a_short_headline_without_text_is_a_copy_only_while_fresh(hours: float, same: bool) -> None:
    index = StoryIndex()
    index.place(article("a", "Weather tomorrow in Brest: rain at first"))
    assert (index.place(article("b", "Weather tomorrow in Brest: rain at first", hours)).duplicate_of == "a") is same


@pytest.mark.parametrize(
    ("words", "least"),
    [
        pytest.param(8, 0.85, id="a headline"),
        pytest.param(25, 0.7, id="a teaser"),
        pytest.param(60, 0.6, id="a paragraph"),
        pytest.param(400, 0.5, id="a report"),
    ],
)
def test_the_shorter_a_text_the_more_of_it_has_to_be_the_same(words: int, least: float) -> None:
    assert same_text_at(words) == least


def test_a_text_without_spaces_is_compared_by_its_characters() -> None:
    one = "北朝鮮がロシアに砲弾百万発を供与したと韓国の情報機関が国会に報告した。船は羅津港を出た。"
    assert resemblance(sketch(one, "").hashes, sketch(one.replace("国会に", "議会に"), "").hashes) > 0.6
    assert resemblance(sketch(one, "").hashes, sketch("台風が九州に接近し、新幹線が運休した。", "").hashes) < 0.1


@given(st.text(), st.text())
def test_a_text_is_all_like_itself_and_likeness_has_no_direction(one: str, other: str) -> None:
    first, second = sketch(one, "").hashes, sketch(other, "").hashes
    assert resemblance(first, first) == (1.0 if first else 0.0)
    assert resemblance(first, second) == resemblance(second, first)
    assert len(first) <= SKETCH


def test_texts_are_found_by_their_keys_until_they_are_forgotten() -> None:
    keys = TextKeys()
    hashes = list(range(1, KEYS + 1))
    keys.add(1, hashes)
    keys.add(2, hashes[:3])
    assert keys.candidates(hashes) == [1, 2]
    keys.remove(1, hashes)
    assert keys.candidates(hashes) == [2]
    assert keys.candidates([999]) == []
