"""``doctor``, ``backup``: is it sound, and what if not."""

from __future__ import annotations

import json

import pytest

from tests.cli.installed.commands import Here
from tests.cli.installed.conftest import AUTH_CANARY, HEADER_CANARY, HOOK_CANARY, KEY_CANARY, POST_CANARY

CANARIES = (AUTH_CANARY, HEADER_CANARY, HOOK_CANARY, KEY_CANARY, POST_CANARY)


def set_up(here: Here, **settings: object) -> None:
    config = json.loads(here.config.read_text(encoding="utf-8"))
    here.config.write_text(json.dumps(config | settings), encoding="utf-8")


@pytest.mark.parametrize("words", [("doctor",), ("doctor", "--json"), ("doctor", "--thorough")])
def test_doctor_shows_no_secret_in_any_form(words: tuple[str, ...], here: Here) -> None:
    feeds = json.loads(here.config.read_text(encoding="utf-8"))["feeds"]
    set_up(here, feeds=[*feeds, {"id": "keyed", "url": "https://me:canary-user@example.org/feed?key=canary-query"}])
    done = here(*words)
    assert "‹hidden›" in done.out
    for canary in (*CANARIES, "canary-user", "canary-query"):
        assert canary not in done.out + done.err


def test_doctor_exits_1_and_lists_a_failing_feed_and_dead_deliveries(past: Here) -> None:
    done = past("doctor", "--json")
    assert done.code == 1
    feed, dead = done.json["troubles"]
    assert feed.startswith("feed broken: 127.0.0.1 answered 404")
    assert dead == "dead deliveries on post: 1"


def test_doctor_exits_0_when_all_is_well(here: Here) -> None:
    feeds = json.loads(here.config.read_text(encoding="utf-8"))["feeds"]
    set_up(here, feeds=[feed for feed in feeds if feed["id"] != "broken"])
    (dead,) = here.rows("deliveries", "list", "--state", "dead")
    assert here("deliveries", "drop", str(dead["id"])).code == 0
    assert here("once").code == 0
    done = here("doctor", "--thorough", "--json")
    assert done.code == 0, done.out
    assert done.json["troubles"] == []
    assert set(done.json) == {"versions", "config", "rules", "archive", "troubles"}


def test_doctor_names_a_damaged_database_and_leaves_it_alone(here: Here) -> None:
    damaged = b"this was a database" * 500
    here.database.write_bytes(damaged)
    done = here("doctor")
    assert done.code == 1
    assert str(here.database) in done.line
    assert here.database.read_bytes() == damaged


def test_the_archive_can_be_asked_by_somebody_without_the_secrets(here: Here) -> None:
    config = json.loads(here.config.read_text(encoding="utf-8"))
    config["channels"]["hook"]["url"] = "credential:secrets_hook"
    config["channels"]["post"]["url"] = "${POST_URL_THAT_IS_NOT_SET}"
    set_up(here, channels=config["channels"])
    for words in (["alerts"], ["events"], ["feeds", "list"], ["silence", "list"], ["route", "test"], ["backup"]):
        assert here(*words).code == 0, words
    done = here("doctor")
    assert "POST_URL_THAT_IS_NOT_SET is not set" in done.line, "but it is a trouble to the doctor"
    assert "articles: 4" in done.out
    assert here("once").code == 1, "who sends needs them"


def test_a_backup_is_listed_and_brings_back_what_was_lost(here: Here) -> None:
    alerts = here.rows("alerts")
    assert here("backup").code == 0
    (listed,) = here("backup", "--list").out.splitlines()
    here.database.write_bytes(b"gone")
    assert here("alerts").code == 1
    done = here("backup", "--restore")
    assert done.code == 0, done.err
    assert listed.split()[0] in done.line
    assert here.rows("alerts") == alerts
    assert list(here.database.parent.glob("*.replaced-*")), "what was there is set aside, not deleted"


def test_a_backup_goes_where_it_is_told_to_and_comes_back_from_there(here: Here) -> None:
    elsewhere = here.directory / "usb" / "nm.db"
    elsewhere.parent.mkdir()
    assert here("backup", "--to", str(elsewhere)).code == 0
    here.database.unlink()
    assert here("backup", "--restore", "--from", str(elsewhere)).code == 0
    assert here.rows("alerts")


def test_without_a_usable_backup_nothing_is_changed(here: Here) -> None:
    before = here.database.read_bytes()
    done = here("backup", "--restore")
    assert done.code == 1
    assert "Nothing was changed" in done.err
    assert here.database.read_bytes() == before
