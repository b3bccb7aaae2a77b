"""``once``: the exit status says what a cron job has to know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.installed.commands import Here, as_process
from tests.cli.installed.conftest import World, write_installation
from tests.e2e.world import Item, rss

NEWS = Item("news", "Nordkorea gibt Russland Munition aus alten Beständen")


@pytest.fixture
def fresh(tmp_path: Path, world: World) -> Here:
    """An installation with one working feed and one working channel, both its own."""
    world.feeds.pages["/fresh"] = rss([NEWS], "de")
    here = write_installation(tmp_path / "fresh", world)
    config = json.loads(here.config.read_text(encoding="utf-8"))
    config |= {"feeds": [{"id": "fresh", "url": f"{world.feeds.url}/fresh", "language": "de"}], "backfill": False}
    del config["channels"]["post"]
    here.config.write_text(json.dumps(config), encoding="utf-8")
    rule = here.directory / "rules" / "arms.yaml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("[hook, post]", "[hook]"), encoding="utf-8")
    return here


def test_0_when_all_went_well_and_a_first_poll_tells_nothing(fresh: Here) -> None:
    done = as_process("once", "--config", str(fresh.config), cwd=fresh.directory)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert fresh.rows("alerts") == []
    assert fresh.rows("events", "--kind", "suppressed")[0]["details"]["reason"] == "first-poll"


def test_backfill_tells_what_a_first_poll_brings(fresh: Here, world: World) -> None:
    before = len(world.hook.calls)
    assert fresh("once", "--backfill").code == 0
    assert [row["alert"]["content"]["title"] for row in fresh.rows("alerts")] == [NEWS.title]
    assert len(world.hook.calls) == before + 1


def test_what_is_not_due_is_polled_only_with_all(fresh: Here, world: World) -> None:
    assert fresh("once").code == 0
    polls = world.feeds.count("/fresh")
    assert fresh("once").code == 0
    assert world.feeds.count("/fresh") == polls
    assert fresh("once", "--all").code == 0
    assert world.feeds.count("/fresh") == polls + 1


def test_3_when_a_feed_fails_with_its_sentence(fresh: Here, world: World) -> None:
    del world.feeds.pages["/fresh"]
    done = fresh("once")
    assert done.code == 3
    assert "fresh: 127.0.0.1 answered 404" in done.err


def test_4_when_a_message_could_not_be_delivered(fresh: Here, world: World) -> None:
    world.hook.status = 503
    try:
        done = fresh("once", "--backfill")
    finally:
        world.hook.status = 200
    assert done.code == 4
    assert "not delivered: 1" in done.err
    assert "deliveries list" in done.err


def test_1_when_the_config_does_not_load_with_every_problem(fresh: Here) -> None:
    fresh.config.write_text("feedz: []\n", encoding="utf-8")
    done = fresh("once")
    assert done.code == 1
    assert f"{fresh.config}:1:1: error: the key “feedz” is not known here" in done.err
