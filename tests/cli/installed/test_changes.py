"""Commands that change the archive beside a running daemon: each does what it says, and the journal knows."""

from __future__ import annotations

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
    done = here("deliveries", act, sent, "4711")
    assert done.code == 1
    assert "0 of 2" in done.line
    assert here.rows("events", "--kind", "dropped") == [], "what did not happen is not in the journal"


def test_a_silence_ends_when_told_to_and_stays_listed(here: Here) -> None:
    assert here("silence", "expire", "1").code == 0
    (listed,) = here.rows("silence", "list")
    assert listed["stories"], "what it kept back is not forgotten"
    assert here("silence", "expire", "1").code == 2, "it has ended"


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
