"""What an operator mutes, for how long, and what was muted meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.alerts.silence import Matchers, Muted, describe, listing, matching_silence, parse_matchers
from monitor.alerts.state import ArticleFacts, Silence

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ARTICLE = ArticleFacts(
    "a",
    NOW,
    feed="yonhap-en",
    concepts=frozenset({"dprk", "weapon"}),
    title="Podcast: Über [Raketen] – 북한의 미사일",
    text="Ein Gespräch über Geschütze.",
)


def silence(number: int = 1, ends_at: datetime = NOW + HOUR, **what: str | int) -> Silence:
    return replace(Silence(number, ends_at, "desk", "exercise", NOW - HOUR, rule="*"), **{"rule": "", **what})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("what", "holds"),
    [
        pytest.param({"rule": "dprk-arms"}, True, id="the rule"),
        pytest.param({"rule": "dprk-*"}, True, id="a family of rules"),
        pytest.param({"rule": "arms"}, False, id="another rule"),
        pytest.param({"story": 12}, True, id="the story"),
        pytest.param({"story": 1}, False, id="another story"),
        pytest.param({"concept": "weapon"}, True, id="a concept in it"),
        pytest.param({"concept": "ship"}, False, id="a concept not in it"),
        pytest.param({"feed": "yonhap-*"}, True, id="a family of feeds"),
        pytest.param({"feed": "yonhap"}, False, id="another feed"),
        pytest.param({"text": "podcast"}, True, id="a word of the title, any case"),
        pytest.param({"text": "gesprach uber"}, True, id="words of the text, accents aside"),
        pytest.param({"text": "미사일"}, True, id="Korean words"),
        pytest.param({"text": "미사"}, True, id="a part of a word"),
        pytest.param({"text": "Interview"}, False, id="words that are not there"),
        pytest.param({"text": "podcast:*"}, True, id="a glob over the title"),
        pytest.param({"text": "*[raketen]*"}, True, id="brackets in a glob are brackets"),
        pytest.param({"text": "raketen*"}, False, id="a glob is for the whole title"),
        pytest.param({"text": "*geschütze*"}, False, id="and for the title only"),
        pytest.param({"rule": "dprk-arms", "feed": "tass"}, False, id="all matchers must hold"),
        pytest.param({"rule": "dprk-arms", "text": "podcast"}, True, id="and here they do"),
    ],
)
def test_a_silence_mutes_what_all_its_matchers_hold_for(what: dict[str, Any], holds: bool) -> None:
    assert bool(matching_silence([silence(**what)], "dprk-arms", 12, ARTICLE, NOW)) is holds


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        pytest.param(NOW - HOUR, True, id="from its start"),
        pytest.param(NOW - HOUR - timedelta(seconds=1), False, id="not before"),
        pytest.param(NOW + HOUR - timedelta(seconds=1), True, id="up to its end"),
        pytest.param(NOW + HOUR, False, id="which is not in it"),
    ],
)
def test_a_silence_has_a_start_and_an_end(now: datetime, holds: bool) -> None:
    assert bool(matching_silence([silence(rule="*")], "any", 1, ARTICLE, now)) is holds


def test_of_several_silences_the_one_that_lasts_longest_is_named() -> None:
    short, long, same = silence(1, rule="*"), silence(2, NOW + 2 * HOUR, rule="*"), silence(3, NOW + 2 * HOUR, story=12)
    assert matching_silence([short, same, long], "x", 12, ARTICLE, NOW) == long


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param({"rule": ""}, "at least one of", id="nothing to mute"),
        pytest.param({"ends_at": NOW - HOUR}, "ends after it starts", id="no time at all"),
        pytest.param({"author": " "}, "author and a comment", id="nobody's"),
        pytest.param({"comment": ""}, "author and a comment", id="without a comment"),
    ],
)
def test_a_silence_without_end_author_or_subject_is_refused(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        replace(silence(rule="x"), **change)


def test_matchers_are_read_as_they_are_described() -> None:
    words = ["rule=dprk-*", "story=41", "concept=weapon", "feed=tass", "text=live blog = daily"]
    matchers = parse_matchers(words)
    assert matchers == Matchers("dprk-*", 41, "weapon", "tass", "live blog = daily")
    fields = {name: getattr(matchers, name) for name in Matchers.__slots__}
    assert describe(silence(**fields)) == " ".join(words)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param([], "say what to silence", id="nothing"),
        pytest.param(["podcast"], "not a matcher", id="a bare word"),
        pytest.param(["title=podcast"], "not a matcher", id="an unknown matcher"),
        pytest.param(["rule="], "not a matcher", id="an empty one"),
        pytest.param(["rule=a", "rule=b"], "given twice", id="two of one kind"),
        pytest.param(["story=new"], "by its number", id="a story without a number"),
    ],
)
def test_matchers_that_cannot_be_read_are_refused_with_the_fix(words: list[str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_matchers(words)


def test_what_was_silenced_is_listed_by_silence_and_story_and_nothing_is_forgotten() -> None:
    old, new = silence(1, NOW - timedelta(minutes=1), rule="arms"), silence(2, rule="ships")
    muted = [
        Muted(1, NOW - HOUR, "arms", 7, "one"),
        Muted(1, NOW, "arms", 8, "two"),
        Muted(1, NOW + HOUR, "arms", 7, "three"),
        Muted(2, NOW, "ships", 9, "four"),
    ]
    listed = listing([old, new], muted, NOW)
    assert [one.headline for one in listed] == [
        "silence 2 (rule=ships, until 2026-03-03 13:00 UTC): 1 alert in 1 story",
        "silence 1 (rule=arms, ended 2026-03-03 11:59 UTC): 3 alerts in 2 stories",
    ]
    assert [(story, [one.title for one in of]) for story, of in listed[1].stories] == [
        (7, ["one", "three"]),
        (8, ["two"]),
    ]
