"""What the archive's lists say: to people in tables, to machines complete and in JSON."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from tests.cli.installed.commands import Here
from tests.cli.installed.conftest import TOLD


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("events",), id="events"),
        pytest.param(("alerts",), id="alerts"),
        pytest.param(("deliveries", "list"), id="deliveries"),
        pytest.param(("stories", "list"), id="stories"),
        pytest.param(("silence", "list"), id="silences"),
        pytest.param(("feeds", "list"), id="feeds"),
        pytest.param(("feedback", "list"), id="feedback"),
        pytest.param(("feedback", "report"), id="feedback report"),
        pytest.param(("route", "test"), id="route test"),
    ],
)
def test_every_list_has_a_table_for_people_and_json_for_machines(words: tuple[str, ...], past: Here) -> None:
    assert past(*words).code == 0
    assert isinstance(past.rows(*words), list)


def test_events_tell_the_whole_way_of_an_article_in_order(past: Here) -> None:
    rows = past.rows("events", "--limit", "1000")
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    assert all(datetime.fromisoformat(row["at"]).tzinfo for row in rows)
    told = next(row["article"] for row in rows if row["kind"] == "stored" and row["reason"] == TOLD.title)
    way = [row["kind"] for row in rows if row["article"] == told]
    assert [kind for kind in way if kind != "joined"][:3] == ["stored", "matched", "alerted"]
    assert {"sent", "dead"} <= set(way)


def test_events_are_narrowed_by_kind_feed_rule_and_time(past: Here) -> None:
    assert {row["kind"] for row in past.rows("events", "--kind", "failed", "--kind", "stored")} == {"failed", "stored"}
    assert {row["feed"] for row in past.rows("events", "--feed", "broken")} == {"broken"}
    assert {row["rule"] for row in past.rows("events", "--rule", "arms")} == {"arms"}
    assert past.rows("events", "--since", "1h")
    assert len(past.rows("events", "--limit", "2")) == 2


def test_events_leave_out_polls_that_brought_nothing_unless_asked_for(here: Here) -> None:
    assert here("once", "--all").code == 3
    assert here("once", "--all").code == 3, "twice the same: nothing is new"
    kinds = {row["kind"] for row in here.rows("events", "--limit", "1000")}
    assert kinds >= {"stored", "matched", "alerted", "failed"}
    assert "not-modified" not in kinds
    every = {row["id"] for row in here.rows("events", "--limit", "1000", "--all")}
    unasked = {row["id"] for row in here.rows("events", "--limit", "1000")}
    polls = {row["id"] for row in here.rows("events", "--limit", "1000", "--kind", "not-modified")}
    assert polls
    assert polls <= every - unasked


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("events", "--kind", "stord"), "kind of event; did you mean “stored”?", id="a slip in a kind"),
        pytest.param(("events", "--kind", "foo"), "“foo” is no kind of event: started, stopped", id="no such kind"),
        pytest.param(("events", "--since", "yesterday"), "yesterday", id="no such time"),
        pytest.param(("alerts", "--severity", "grave"), "critical", id="no such severity"),
        pytest.param(
            ("deliveries", "list", "--state", "lost"),
            "“lost” is no state of a delivery: due, claimed, sent, dead, dropped",
            id="no such state",
        ),
        pytest.param(("stories", "show", "4711"), "stories list", id="no such story"),
        pytest.param(("silence", "expire", "4711"), "no silence 4711", id="no such silence"),
        pytest.param(("silence", "add", "colour=red", "--for", "1h", "--comment", "x"), "colour", id="no such matcher"),
        pytest.param(("route", "test", "nothing"), "one of: arms, talk", id="no such rule"),
        pytest.param(("send-test", "nowhere"), "one of: hook, post", id="no such channel"),
        pytest.param(("feeds", "remove", "nothing"), "one of: broken, mirror, wire", id="no such feed"),
        pytest.param(("route", "test", "amrs"), "did you mean “arms”?", id="a slip in a rule to route"),
        pytest.param(("route", "test", "--lang", "kr"), "did you mean “ko”?", id="a country for a language"),
        pytest.param(("route", "test", "--lang", "klingon"), "ISO 639-1", id="no such language"),
        pytest.param(("test", "amrs"), "did you mean “arms”?", id="a slip in a rule to test"),
        pytest.param(("alerts", "--rule", "amrs"), "did you mean “arms”?", id="a slip in a rule of alerts"),
        pytest.param(("events", "--rule", "amrs"), "did you mean “arms”?", id="a slip in a rule of events"),
        pytest.param(("events", "--feed", "wier"), "did you mean “wire”?", id="a slip in a feed of events"),
        pytest.param(("events", "--channel", "pots"), "did you mean “post”?", id="a slip in a channel of events"),
        pytest.param(("events", "--follow", "--rule", "amrs"), "did you mean “arms”?", id="nothing to follow"),
        pytest.param(("deliveries", "list", "--channel", "pots"), "did you mean “post”?", id="a slip in a channel"),
        pytest.param(("deliveries", "list", "--alert", "4711"), "no alert 4711", id="no such alert of deliveries"),
        pytest.param(("feedback", "list", "--rule", "amrs"), "did you mean “arms”?", id="a slip in a rule judged"),
        pytest.param(("feedback", "report", "--rule", "amrs"), "did you mean “arms”?", id="a slip in a rule reported"),
        pytest.param(("feeds", "list", "--tag", "wier"), "did you mean “wire”?", id="a slip in a tag"),
        pytest.param(("why", "4711"), "4 articles", id="no such article"),
        pytest.param(("feedback", "1", "maybe"), "“maybe” is no verdict: good, bad", id="no such verdict"),
        pytest.param(("feedback", "propos", "arms"), "did you mean “feedback propose”?", id="a slip in a command"),
        pytest.param(("feedback", "4711", "good"), "newsmonitor alerts", id="no such alert"),
    ],
)
def test_what_is_not_there_is_said_in_one_line_with_exit_2(words: tuple[str, ...], said: str, past: Here) -> None:
    done = past(*words)
    assert done.code == 2
    assert said in done.err
    assert done.err.startswith("newsmonitor: ")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        pytest.param(("alerts", "--rule", "arms", "--severity", "critical"), "rule “arms”", id="rule"),
        pytest.param(("events", "--feed", "broken", "--kind", "sent"), "feed “broken”", id="feed"),
        pytest.param(("deliveries", "list", "--channel", "post", "--state", "due"), "channel “post”", id="channel"),
    ],
)
def test_a_list_that_is_empty_for_a_name_of_the_past_says_that_it_is_gone(
    words: tuple[str, ...], kind: str, here: Here
) -> None:
    config = json.loads(here.config.read_text(encoding="utf-8"))
    config["feeds"] = [feed for feed in config["feeds"] if feed["id"] != "broken"]
    del config["channels"]["post"]
    here.config.write_text(json.dumps(config), encoding="utf-8")
    (here.directory / "rules" / "arms.yaml").unlink()
    done = here(*words)
    assert done.code == 0, done.err
    assert f"there is no {kind} any more" in done.err
    assert here(*words, "--json").out == "[]\n", "what reads the list is not disturbed"
    assert here("alerts", "--rule", "arms").err == "", "its alerts are still listed, and need no excuse"


def test_alerts_carry_everything_that_was_told(past: Here) -> None:
    alert = next(row for row in past.rows("alerts", "--rule", "arms"))
    assert alert["alert"]["severity"] == "high"
    assert alert["alert"]["reason"] == "first-of-story"
    assert alert["alert"]["content"]["title"] == TOLD.title
    assert past.rows("alerts", "--severity", "critical") == []


def test_deliveries_say_what_became_of_each(past: Here) -> None:
    rows = past.rows("deliveries", "list")
    arms = past.rows("alerts", "--rule", "arms")[0]["id"]
    assert {(row["channel"], row["state"]) for row in rows if row["alert"] == arms} == {
        ("hook", "sent"),
        ("post", "dead"),
    }
    dead = past.rows("deliveries", "list", "--state", "dead")
    assert [row["channel"] for row in dead] == ["post"]
    assert "no such user here" in dead[0]["failure"]
    assert "no such user here" in past("deliveries", "list", "--channel", "post").line


def test_a_table_in_a_pipe_has_one_line_a_row(past: Here) -> None:
    lines = past("deliveries", "list").out.splitlines()
    assert len(lines) == 1 + len(past.rows("deliveries", "list"))
    assert lines[0].split()[:3] == ["number", "alert", "to"]


def test_feeds_show_their_health(past: Here) -> None:
    states = {row["id"]: row["state"] for row in past.rows("feeds", "list")}
    assert states["wire"]["failure"] == ""
    assert states["wire"]["succeeded_at"]
    assert "404" in states["broken"]["failure"]
    assert [row["id"] for row in past.rows("feeds", "list", "--failing")] == ["broken"]
    assert [row["id"] for row in past.rows("feeds", "list", "--tag", "wire")] == ["wire"]


def test_a_silence_lists_what_it_kept_back(past: Here) -> None:
    done = past("silence", "list")
    assert "rule=talk text=Brücken" in done.line
    assert "kim: season" in done.line
    assert "Podcast: Warum alte" in done.line
    (listed,) = past.rows("silence", "list")
    assert listed["silence"]["author"] == "kim"


def test_a_story_shows_its_articles_each_with_its_evidence(past: Here) -> None:
    story = max(past.rows("stories", "list"), key=lambda row: row["articles"])
    shown = past("stories", "show", str(story["id"])).line
    assert "founded the story" in shown
    assert "same text as article" in shown
    members = past("stories", "show", str(story["id"]), "--json").json["members"]
    assert len(members) == story["articles"] >= 2


def test_one_outlet_is_not_called_outlets(past: Here) -> None:
    story = min(past.rows("stories", "list"), key=lambda row: row["articles"])
    assert (story["outlets"], story["origins"]) == (1, 1)
    assert ": 1 outlet, 1 independent origin\n" in past("stories", "show", str(story["id"])).out


def test_route_test_names_who_would_get_it_and_why(past: Here) -> None:
    done = past("route", "test", "arms", "--severity", "critical")
    assert "arms critical" in done.out
    assert "hook: rule arms names it" in done.out
    (row,) = past.rows("route", "test", "arms")
    assert {one["channel"] for one in row["deliveries"]} == {"hook", "post"}


def test_before_the_first_run_lists_say_how_to_start(past: Here, here: Here) -> None:
    for file in here.database.parent.iterdir():
        if file.is_file():
            file.unlink()
    done = here("alerts")
    assert done.code == 2
    assert "newsmonitor run" in done.err
    assert not here.database.exists(), "a question creates nothing"
    assert here("feeds", "list").code == 0
