"""The smallest exclusion that keeps every bad article away and no good one."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.exclusion import Exclusion, propose
from monitor.text.article import Article


def article(title: str, body: str = "", key: str = "") -> Article:
    return Article(key or title, title, body=body)


GOOD = [
    article("North Korea ships artillery shells to Russia", "Seoul said the shells left by train."),
    article("Russia received missiles from Pyongyang", "An episode of the war, officials said."),
    article("Nordkorea liefert Munition und Raketen an Russland", "Das teilte der Geheimdienst mit."),
    article("북한, 러시아에 포탄 제공", "국정원이 밝혔다."),
    article("朝鲜向俄罗斯提供弹药", "韩国情报机构说。"),
]


@pytest.mark.parametrize(
    ("bad", "exclusions"),
    [
        pytest.param(
            [article("Podcast: shells to Russia"), article("Our podcast on North Korean missiles")],
            (Exclusion("Podcast", title_only=True),),
            id="one word of all their titles",
        ),
        pytest.param(
            [article("Shells to Russia", "From our newsletter."), article("Missiles", "Sign up for the newsletter")],
            (Exclusion("newsletter"),),
            id="one word of their texts",
        ),
        pytest.param(
            [article("Podcast: shells"), article("Quiz: who sent missiles?"), article("Podcast and Quiz")],
            (Exclusion("Podcast", title_only=True), Exclusion("Quiz", title_only=True)),
            id="two words where no single one will do",
        ),
        pytest.param(
            [article("Museum zeigt Raketen", "Ein Museum."), article("Raketen im Museumsdorf", "Museum.")],
            (Exclusion("Museum"),),
            id="German",
        ),
        pytest.param(
            [article("북한 미사일 다큐멘터리 공개"), article("다큐멘터리로 보는 북한 포탄")],
            (Exclusion("다큐멘터리", title_only=True),),
            id="Korean, whatever particle follows",
        ),
        pytest.param(
            [article("电视剧讲述朝鲜弹药"), article("新电视剧关于俄罗斯")],
            (Exclusion("电视剧", title_only=True),),
            id="Chinese, without spaces",
        ),
    ],
)
def test_the_proposal_is_the_smallest_that_removes_all_bad_ones(
    bad: list[Article], exclusions: tuple[Exclusion, ...]
) -> None:
    proposal = propose(bad, GOOD)
    assert proposal.exclusions == exclusions
    assert proposal.removed == tuple(one.key for one in bad)
    assert proposal.left == ()


def test_a_word_that_a_good_article_has_in_another_form_is_not_proposed() -> None:
    proposal = propose([article("Russia", "Episodes", "x")], GOOD)
    assert proposal.exclusions == ()
    assert proposal.left == ("x",)


def test_what_cannot_be_told_from_the_good_ones_is_left_and_said() -> None:
    twin = article(GOOD[0].title, key="twin")
    proposal = propose([twin, article("Podcast on shells")], GOOD)
    assert proposal.left == ("twin",)
    assert proposal.removed == ("Podcast on shells",)


def test_what_the_rule_is_about_is_never_proposed() -> None:
    bad = [article("Missiles", "Missiles exhibited"), article("Missiles", "Missiles painted", "b")]
    assert propose(bad, (), never=["missiles"]).exclusions != (Exclusion("Missiles", title_only=True),)
    assert propose(bad, ()).exclusions == (Exclusion("Missiles", title_only=True),)


def test_words_that_are_common_elsewhere_are_not_proposed() -> None:
    others = [article(f"Report number {number}", "according to sources") for number in range(100)]
    bad = [article("Shells", "according to a podcast"), article("Rockets", "according to the podcast")]
    assert propose(bad, GOOD, others=others).exclusions == (Exclusion("podcast"),)


WORDS = ["podcast", "museum", "missile", "exhibit", "train", "quiz", "shells", "recipe"]
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)


@given(st.lists(texts, min_size=1, max_size=5, unique=True), st.lists(texts, max_size=5))
@settings(max_examples=60, deadline=None)
def test_no_good_article_is_ever_excluded_and_no_smaller_exclusion_exists(bad: list[str], good: list[str]) -> None:
    proposal = propose([article(text) for text in bad], [article(text) for text in good])

    def excluded(text: str, phrases: tuple[str, ...]) -> bool:
        return any(f" {phrase} " in f" {text} " for phrase in phrases)

    chosen = tuple(one.text for one in proposal.exclusions)
    assert not any(excluded(text, chosen) for text in good)
    assert sorted(proposal.removed) == sorted(text for text in bad if excluded(text, chosen))
    assert sorted((*proposal.removed, *proposal.left)) == sorted(bad)
    phrases = {
        " ".join(words[start:end])
        for words in map(str.split, bad)
        for start in range(len(words))
        for end in range(start + 1, min(start + 3, len(words)) + 1)
    }
    safe = sorted(one for one in phrases if not any(excluded(text, (one,)) for text in good))
    for fewer in range(min(len(chosen), 3)):
        for some in combinations(safe, fewer):
            assert not all(excluded(text, some) for text in proposal.removed)
