"""Edited rules and configuration under a running daemon: taken up at once if they are good, told of if they are not."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from monitor.rules.loader import load_rules
from tests.e2e.conftest import RULE
from tests.e2e.daemon import Daemon, Installation, running
from tests.e2e.world import FeedServer, Item, Mailbox, WebhookEnd, rss, until

SAVES = 200 if os.environ.get("NEWSMONITOR_TORTURE") else 80  # a sample in `make test`, all in `make torture`
HOWITZERS = Item("h", "Nordkorea schickt Russland Haubitzen")


def widened(word: str = "Haubitze", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a rule may say
    """The rule, matching one word more."""
    return {**RULE, "match": {"all": ["Nordkorea", "Russland", ["Rakete", "Munition", word]]}, **more}


def journal(home: Installation, kind: str) -> list[str]:
    """The reasons of all events of a kind."""
    with closing(sqlite3.connect(f"file:{home.database}?mode=ro", uri=True)) as database:
        return [row[0] for row in database.execute("SELECT reason FROM events WHERE kind = ? ORDER BY id", (kind,))]


def version_at_work(home: Installation) -> str:
    with closing(sqlite3.connect(f"file:{home.database}?mode=ro", uri=True)) as database:
        return str(database.execute("SELECT version FROM rules WHERE rule = 'arms'").fetchone()[0])


def reloaded(home: Installation, daemon: Daemon, times: int = 1) -> None:
    until(lambda: len(journal(home, "reloaded")) >= times, "the rules were taken up", note=daemon.text)


def notices(box: Mailbox) -> list[EmailMessage]:
    return [mail for mail in box.messages if "refused" in str(mail["Subject"])]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_a_saved_rule_is_taken_up_without_a_restart(home: Installation, feeds: FeedServer, hook: WebhookEnd) -> None:
    feeds.pages["/rss"] = rss([], "de")
    with running(home) as daemon:
        home.write_rule(widened())
        reloaded(home, daemon)
        feeds.pages["/rss"] = rss([HOWITZERS], "de")
        until(lambda: bool(hook.calls), "an alert by the new rule", note=daemon.text)
        assert daemon.stop() == 0
    assert hook.documents[0]["title"] == HOWITZERS.title


def test_sighup_takes_up_rules_and_configuration(home: Installation, feeds: FeedServer, hook: WebhookEnd) -> None:
    config = home.config.read_text(encoding="utf-8").replace('"backfill": true', '"watch": false, "backfill": true')
    home.config.write_text(config, encoding="utf-8")
    feeds.pages["/rss"] = rss([], "de")
    feeds.pages["/second"] = rss([HOWITZERS], "de")
    with running(home) as daemon:
        home.write_rule(widened())
        home.config.write_text(config.replace(f"{feeds.url}/rss", f"{feeds.url}/second"), encoding="utf-8")
        daemon.process.send_signal(signal.SIGHUP)
        until(lambda: bool(hook.calls), "an alert by the new rule from the new feed", note=daemon.text)
        assert daemon.stop() == 0


def failing_test(home: Installation) -> Path:
    """A rule that matches more, with a test that proves it should not."""
    home.write_rule(widened(tests={"match": [{"de": "Regen in Bonn"}], "no_match": [{"de": "Sonne"}]}))
    return home.directory / "rules" / "arms.yaml"


def half_written(home: Installation) -> Path:
    path = home.directory / "rules" / "arms.yaml"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[: len(whole) // 2], encoding="utf-8")
    return path


def bad_config(home: Installation) -> Path:
    config = home.config.read_text(encoding="utf-8").replace('"polling"', '"poling"')
    home.config.write_text(config, encoding="utf-8")
    return home.config


@pytest.mark.parametrize(
    "spoiling",
    [
        pytest.param((failing_test, "Regen in Bonn"), id="failing-test"),
        pytest.param((half_written, ""), id="half-written"),
        pytest.param((bad_config, "poling"), id="config"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_the_last_good_rules_run_on(
    spoiling: tuple[Callable[[Installation], Path], str],
    home: Installation,
    feeds: FeedServer,
    box: Mailbox,
    hook: WebhookEnd,
) -> None:
    spoil, says = spoiling
    feeds.pages["/rss"] = rss([], "de")
    with running(home) as daemon:
        path = spoil(home)
        if path == home.config:
            daemon.process.send_signal(signal.SIGHUP)
        until(lambda: bool(notices(box)), "a notice about the refusal", note=daemon.text)
        item = Item("r", "Nordkorea liefert Russland Raketen")
        feeds.pages["/rss"] = rss([HOWITZERS, item], "de")
        until(lambda: bool(hook.calls), "an alert by the old rule", note=daemon.text)
        assert daemon.stop() == 0
    told = text_of(notices(box)[0]).replace("\n", "")
    assert f"{path.stem}[.]yaml:" in told, "file and line, made harmless like any other name of a host"
    assert says in told
    assert [call["title"] for call in hook.documents] == [item.title], "the new rule never ran"
    assert journal(home, "reloaded") == []


def test_the_same_mistake_saved_again_is_told_once_and_mending_it_is_taken_up(
    home: Installation, feeds: FeedServer, box: Mailbox
) -> None:
    feeds.pages["/rss"] = rss([], "de")
    with running(home) as daemon:
        for times in (1, 2, 3):
            failing_test(home)
            until(lambda times=times: len(journal(home, "refused")) >= times, "refused", note=daemon.text)  # type: ignore[misc]
        home.write_rule(widened())
        reloaded(home, daemon)
        failing_test(home)
        until(lambda: len(notices(box)) >= 2, "the mistake made anew is told", note=daemon.text)
        assert daemon.stop() == 0
    assert len(notices(box)) == 2


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_reloads_under_load_lose_nothing_repeat_nothing_and_leave_the_last_good_rules(
    home: Installation, feeds: FeedServer, hook: WebhookEnd
) -> None:
    items: list[Item] = []
    for number in range(16):
        word = f"Kennwort{number:02d}"
        tests = {"match": [{"de": f"{word} hier"}], "no_match": [{"de": "Regen"}]}
        home.write_rule(
            {"id": f"word-{number}", "title": word, "match": [f"={word}"], "alert": {"to": ["hook"]}, "tests": tests}
        )
    feeds.pages["/rss"] = rss([], "de")
    pause = threading.Event()
    with running(home) as daemon:
        for number in range(SAVES):
            if number % 3 == 1:
                half_written(home)
            else:
                home.write_rule(widened(f"Haubitze{number}"))
            if number % 2:
                daemon.process.send_signal(signal.SIGHUP)
            if number % 12 == 0 and len(items) < 16:
                items.insert(0, Item(f"i{len(items)}", f"Kennwort{len(items):02d} in Ort {len(items)}"))
                feeds.pages["/rss"] = rss(items, "de")
            pause.wait(0.1)
        home.write_rule(widened("Haubitze"))
        daemon.process.send_signal(signal.SIGHUP)
        last = load_rules(home.directory / "rules").rules[0].version
        until(lambda: version_at_work(home) == last, "the last rules run", seconds=60, note=daemon.text)
        feeds.pages["/rss"] = rss([HOWITZERS, *items], "de")
        titles = {HOWITZERS.title, *(item.title for item in items)}
        until(
            lambda: titles <= {str(call["title"]) for call in hook.documents},
            "every item was told, the last by the last rules",
            seconds=60,
            note=lambda: (titles - {str(call["title"]) for call in hook.documents}, daemon.text()[-3000:]),
        )
        assert daemon.stop() == 0
    told = Counter(str(call["title"]) for call in hook.documents)
    assert told.most_common(1)[0][1] == 1, "an article matched by two versions is told once"
    assert len(journal(home, "reloaded")) < SAVES * 3 // 4, "reloads asked for while one is under way are one"
