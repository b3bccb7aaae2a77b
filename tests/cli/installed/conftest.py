"""An installation that has been running: articles told, kept back and not wanted, a broken feed, a dead delivery.

It is made once by real polls of real servers; a test that changes something works on a copy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.cli.installed.commands import Here
from tests.e2e.world import FeedServer, Item, Mailbox, WebhookEnd, feed_server, free_port, mailbox, rss, webhook_end

REPORT = (
    "Zwei Frachter haben am Montag den Hafen Wonsan mit Kurs auf Wladiwostok verlassen, wie beide Häfen "
    "bestätigten. An Bord sind nach Angaben des Zolls 40 Container mit Kurzstreckenraketen und Ersatzteilen. Ein "
    "dritter Frachter soll in der kommenden Woche folgen, sobald die Verladung abgeschlossen ist."
)
TOLD = Item("told", "Nordkorea liefert Russland Raketen aus Wonsan", REPORT)
RAIN = Item("rain", "Regen in Bonn", "Am Wochenende bleibt es nass.")
SAME_PAGE = replace(TOLD, guid="same-page", link="https://news.example/told?utm_source=mirror")
SAME_TEXT = replace(TOLD, guid="same-text", link="https://mirror.example/raketen")
MUTED = Item("muted", "Podcast: Warum alte Brücken im Frühjahr singen", "Folge 12 unserer Reihe.")

RULE = """\
# What the desk is here for.
id: arms
title: Arms transfers
severity: high
concepts:
  dprk: {de: [Nordkorea]}
match:
  all:
    - $dprk
    - Russland
    - [Rakete, Munition]
alert: {to: [hook, post]}
tests:
  match:
    - de: Nordkorea liefert Russland Raketen
  no_match:
    - de: Regen in Bonn
"""
TALK_RULE = """\
id: talk
title: Talk
match: [Podcast]
alert: {to: [hook]}
tests: {match: [{de: Ein Podcast}], no_match: [{de: Regen in Bonn}]}
"""
HOOK_CANARY, POST_CANARY, HEADER_CANARY, AUTH_CANARY, KEY_CANARY = (
    f"canary-{name}" for name in ("hook", "post", "header", "auth", "key")
)


@dataclass(frozen=True)
class World:
    """What the installation talks to."""

    feeds: FeedServer
    hook: WebhookEnd
    refusing_port: int


class Refuses:
    """A mail server that knows none of its users."""

    async def handle_RCPT(self, _server: SMTP, _session: Session, _envelope: Envelope, *_: object) -> str:
        return "550 5.1.1 no such user here"


@contextmanager
def refusing_mail_server() -> Iterator[int]:
    """Its port."""
    controller = Controller(Refuses(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with feed_server() as feeds, webhook_end() as hook, refusing_mail_server() as port:
        yield World(feeds, hook, port)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as server:
        yield server


def write_installation(directory: Path, world: World) -> Here:
    """Its config and its rule; JSON is YAML."""
    (directory / "rules").mkdir(parents=True)
    (directory / "rules" / "arms.yaml").write_text(RULE, encoding="utf-8")
    (directory / "rules" / "talk.yaml").write_text(TALK_RULE, encoding="utf-8")
    url = world.feeds.url
    config = {
        "backfill": True,
        "operations": "hook",
        "polling": {"host_gap": "0s", "allow_networks": ["127.0.0.0/8"], "parse_workers": 1},
        "feeds": [
            {"id": "wire", "url": f"{url}/wire", "language": "de", "title": "The Wire", "tags": ["wire"]},
            {"id": "mirror", "url": f"{url}/mirror", "language": "de", "headers": {"X-Key": HEADER_CANARY}},
            {"id": "broken", "url": f"{url}/broken", "auth": f"user:{AUTH_CANARY}"},
        ],
        "channels": {
            "hook": {"type": "webhook", "url": f"{world.hook.url}?token={HOOK_CANARY}", "secret": KEY_CANARY},
            "post": {
                "url": f"mailto://127.0.0.1:{world.refusing_port}?from=nm@example.org&name={POST_CANARY}",
                "to": ["nobody@example.org"],
            },
        },
    }
    here = Here(directory)
    here.config.write_text(json.dumps(config, indent=1), encoding="utf-8")
    here.config.chmod(0o600)
    return here


@pytest.fixture(scope="session")
def past(tmp_path_factory: pytest.TempPathFactory, world: World) -> Here:
    """The installation; nobody may change it."""
    here = write_installation(tmp_path_factory.mktemp("installed"), world)
    world.feeds.pages |= {"/wire": rss([TOLD, RAIN], "de"), "/mirror": rss([RAIN], "de")}
    assert here("once", "--all").code == 3, "one feed is broken"
    silence = ("silence", "add", "rule=talk", "text=Brücken", "--for", "8h", "--comment", "season", "--author", "kim")
    assert here(*silence).code == 0
    world.feeds.pages |= {"/wire": rss([MUTED, TOLD, RAIN], "de"), "/mirror": rss([SAME_PAGE, SAME_TEXT, RAIN], "de")}
    assert here("once", "--all").code == 3
    return here


@pytest.fixture
def here(past: Here, tmp_path: Path) -> Here:
    """A copy of it, to do with as one likes."""
    return past.copy(tmp_path / "copy")
