"""Commands that change the archive beside a running daemon: each does what it says, and the journal knows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.installed.commands import Here
from tests.e2e.daemon import Installation, running
from tests.e2e.world import until


def dead_of(here: Here) -> str:
    (dead,) = here.rows("deliveries", "list", "--state", "dead")
    return str(dead["id"])


def test_a_dead_delivery_can_be_tried_again_and_dies_again_of_the_same(here: Here) -> None:
    number = dead_of(here)
    assert "1 of 1 will be tried again" in here("deliveries", "retry", number).line
    (due,) = here.rows("deliveries", "list", "--state", "due")
    assert str(due["id"]) == number
    done = here("once")
    assert done.code == 4, done
    assert "not delivered: 1" in done.err
    assert dead_of(here) == number


def test_a_dead_delivery_can_be_dropped_for_good(here: Here) -> None:
    number = dead_of(here)
    assert here("deliveries", "drop", number, "--why", "she left").code == 0
    (dropped,) = here.rows("deliveries", "list", "--state", "dropped")
    assert dropped["failure"] == "she left"
    event = here.rows("events", "--kind", "dropped")[-1]
    assert (event["reason"], event["channel"], event["rule"]) == ("she left", "post", "arms")
    assert here("once").code == 0


@pytest.mark.parametrize("act", ["retry", "drop"])
def test_what_has_arrived_can_neither_be_tried_again_nor_dropped(act: str, here: Here) -> None:
    sent = str(here.rows("deliveries", "list", "--state", "sent")[0]["id"])
    done = here("deliveries", act, sent, sent)
    assert done.code == 1
    assert "0 of 1" in done.line
    assert "1 is " in done.line
    assert here.rows("events", "--kind", "dropped") == [], "what did not happen is not in the journal"


@pytest.mark.parametrize("act", ["retry", "drop"])
def test_a_number_that_no_delivery_has_is_named_and_nothing_is_done(act: str, here: Here) -> None:
    dead = dead_of(here)
    done = here("deliveries", act, dead, "4711", "4712")
    assert done.code == 2
    assert "there is no delivery 4711, 4712; `newsmonitor deliveries list` lists them" in done.err
    assert dead_of(here) == dead


def test_a_silence_ends_when_told_to_and_stays_listed(here: Here) -> None:
    assert here("silence", "expire", "1").code == 0
    (listed,) = here.rows("silence", "list")
    assert listed["stories"], "what it kept back is not forgotten"
    assert here("silence", "expire", "1").code == 2, "it has ended"


@pytest.mark.parametrize(
    ("until", "ends"),
    [
        pytest.param("2099-07-01T18:00", "2099-07-01T16:00:00+00:00", id="a time in the zone of the config, in summer"),
        pytest.param("2099-01-31 07:30", "2099-01-31T06:30:00+00:00", id="the same in winter"),
        pytest.param("2099-01-31", "2099-01-30T23:00:00+00:00", id="the beginning of a day"),
    ],
)
def test_a_silence_ends_at_a_time_on_the_users_clock(until: str, ends: str, here: Here) -> None:
    text = here.config.read_text(encoding="utf-8")
    here.config.write_text(text.replace("{", '{"timezone": "Europe/Berlin",', 1), encoding="utf-8")
    assert here("silence", "add", "rule=arms", "--until", until, "--comment", "exercise").code == 0
    silences = [row["silence"] for row in here.rows("silence", "list")]
    assert ends in [one["ends_at"] for one in silences]


def test_a_time_of_day_is_the_next_one(here: Here) -> None:
    soon = datetime.now(UTC) + timedelta(hours=23)
    assert here("silence", "add", "rule=arms", "--until", f"{soon:%H:%M}", "--comment", "exercise").code == 0
    silence = next(row["silence"] for row in here.rows("silence", "list") if row["silence"]["rule"] == "arms")
    assert datetime.fromisoformat(silence["ends_at"]) == soon.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param((), "--for 8h, or --until 18:00", id="no end at all"),
        pytest.param(("--for", "1h", "--until", "18:00"), "--for 8h, or --until 18:00", id="two ends"),
        pytest.param(("--until", "2020-01-01"), "is over already", id="an end in the past"),
        pytest.param(("--until", "25:00"), "25:00", id="no time of day"),
        pytest.param(("--until", "2099-13-01"), "“2099-13-01” is no time", id="no date"),
        pytest.param(("--until", "yesterday"), "“yesterday” is no time", id="a word"),
        pytest.param(("--for", "soon"), "soon", id="no duration"),
    ],
)
def test_a_silence_needs_one_end_that_can_be(words: tuple[str, ...], said: str, past: Here) -> None:
    done = past("silence", "add", "rule=arms", "--comment", "x", *words)
    assert done.code == 2
    assert said in done.err


@pytest.mark.parametrize(
    ("matcher", "said"),
    [
        pytest.param("rule=amrs", "there is no rule “amrs”; did you mean “arms”?", id="a slip in a rule"),
        pytest.param("rule=nope-*", "there is no rule “nope-*”", id="a pattern that holds for no rule"),
        pytest.param("feed=wier", "there is no feed “wier”; did you mean “wire”?", id="a slip in a feed"),
        pytest.param("concept=dprks", "there is no concept “dprks”; did you mean “dprk”?", id="a slip in a concept"),
        pytest.param("story=4711", "there is no story 4711", id="a story that is not there"),
    ],
)
def test_a_silence_that_would_mute_nothing_is_refused(matcher: str, said: str, past: Here) -> None:
    before = past.rows("silence", "list")
    done = past("silence", "add", matcher, "--for", "1h", "--comment", "x")
    assert done.code == 2
    assert said in done.err
    assert past.rows("silence", "list") == before


@pytest.mark.parametrize(
    "matcher", ["rule=arms", "rule=ar*", "feed=wire", "feed=brok*", "concept=dprk", "story=1", "text=anything"]
)
def test_what_the_installation_has_or_the_archive_remembers_can_be_silenced(matcher: str, here: Here) -> None:
    feeds = json.loads(here.config.read_text(encoding="utf-8"))
    feeds["feeds"] = [feed for feed in feeds["feeds"] if feed["id"] != "broken"]
    here.config.write_text(json.dumps(feeds), encoding="utf-8")
    done = here("silence", "add", matcher, "--for", "1h", "--comment", "x")
    assert done.code == 0, done.err


def test_in_a_storm_a_rule_can_be_silenced_even_while_the_rules_do_not_load(here: Here) -> None:
    (here.directory / "rules" / "talk.yaml").write_text("id: [", encoding="utf-8")
    assert here("silence", "add", "rule=arms", "--for", "1h", "--comment", "x").code == 0


def test_silences_are_set_and_ended_beside_a_running_daemon(here: Here) -> None:
    home = Installation(here.directory)
    with running(home) as daemon:
        done = here("silence", "add", "story=1", "--for", "1h", "--comment", "known", "--author", "kim")
        assert done.code == 0, done.err
        assert "silence 2: story=1" in done.out
        assert here("silence", "expire", "2").code == 0
        until(lambda: bool(here.rows("events", "--kind", "started")), "the daemon's first word")
        assert here("once").code == 1, "a second one on the same database"
        assert daemon.stop() == 0, daemon.text()


def test_a_story_is_split_and_merged_by_hand_with_an_author(here: Here) -> None:
    story = max(here.rows("stories", "list"), key=lambda row: row["articles"])
    number, before = str(story["id"]), story["articles"]
    members = here("stories", "show", number, "--json").json["members"]
    out = str(members[-1]["article"])
    assert here("stories", "split", number, out, "--author", "kim").code == 0
    made = max(row["id"] for row in here.rows("stories", "list"))
    sizes = {row["id"]: row["articles"] for row in here.rows("stories", "list")}
    assert (sizes[story["id"]], sizes[made]) == (before - 1, 1)
    assert here("stories", "merge", str(made), number, "--author", "kim").code == 0
    merged = here("stories", "show", number, "--json").json
    assert len(merged["members"]) == before
    assert [change["kind"] for change in merged["changes"]] == ["split", "merge"]
    assert {change["author"] for change in merged["changes"]} == {"kim"}
    assert here("stories", "merge", number, number).code == 2


def test_no_article_of_another_story_can_be_split_off(here: Here) -> None:
    done = here("stories", "split", "1", "4711")
    assert done.code == 2
    assert done.err.startswith("newsmonitor: ")
