"""Rule files saved again and again under a daemon that polls: each version is taken up soon, and nothing told twice."""

from __future__ import annotations

import json
import signal
import time
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from monitor.rules.loader import load_rules
from tests.e2e.daemon import codeword, codeword_headline
from tests.e2e.world import until
from tests.torture.conftest import FULL, Figure, World
from tests.torture.newsroom import Newsroom, hooked

SAVES, EVERY = (200, 0.1) if FULL else (30, 0.1)
ITEMS = 40 if FULL else 6
OTHERS = 100 if FULL else 20


def two_versions(number: int) -> list[dict[str, Any]]:
    """Two versions of one rule; both match the item of that number."""
    word = codeword(number)
    tests = {"match": [{"de": codeword_headline(number)}], "no_match": [{"de": "Regen in Bonn"}]}
    rule = {"id": f"word-{number}", "title": word, "alert": {"to": ["hook"]}, "tests": tests}
    return [{**rule, "match": [f"={word}"]}, {**rule, "match": [[f"={word}", "=Haubitze"]]}]


def prepare(world: World) -> None:
    """Many feeds on a short interval beside the one that brings news, and a rule for each item of that."""
    pages = [f"/{number}" for number in range(OTHERS)]
    for page in pages:
        world.feeds.pages[page] = b"<rss version='2.0'><channel><title>Weather</title></channel></rss>"
    feeds = [{"id": f"feed-{page[1:]}", "url": world.feeds.url + page, "interval": "2s"} for page in pages]
    feeds.append({"id": "wire", "url": f"{world.feeds.url}/rss", "language": "de", "interval": "300ms"})
    end = {"type": "webhook", "url": world.hook.url, "secret": "a key that both ends know"}
    world.install(feeds=feeds, channels={"hook": end}, operations="", watch=False, polling={"spread": "1s"})
    for number in range(ITEMS):
        world.home.write_rule(two_versions(number)[0])
    (world.home.directory / "rules" / "arms.yaml").unlink()


def save(world: World, rule: dict[str, Any]) -> None:
    """Save a rule file as a careful editor does, under another name first."""
    path = world.home.directory / "rules" / f"{rule['id']}.yaml"
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(rule, ensure_ascii=False), encoding="utf-8")
    draft.replace(path)


@pytest.mark.timeout(240)
def test_two_hundred_saves_in_twenty_seconds_are_taken_up_soon_and_tell_each_article_once(
    world: World, figure: Figure
) -> None:
    prepare(world)
    room = Newsroom(world.feeds, every=1, most=0)
    with world.stable.running(world.home) as daemon:
        until(lambda: world.feeds.count("/rss") > 0, "it polls", note=daemon.text)
        began = time.monotonic()
        for number in range(SAVES):
            current = number * ITEMS // SAVES
            save(world, two_versions(current)[number % 2])
            daemon.signal(signal.SIGHUP)
            if len(room.published) <= current:
                room.publish()
            at = began + (number + 1) * EVERY
            until(partial(has_come, at), "the next save")
        lasted = time.monotonic() - began
        last = {rule.id: rule.version for rule in load_rules(world.home.directory / "rules").rules}
        saved = time.monotonic()
        until(partial(all_taken_up, world, last), "the last versions run", note=daemon.text)
        slowest = time.monotonic() - saved
        until(lambda: hooked(world.hook, room.titles).keys() == room.titles, "all arrive", note=daemon.text)
        assert daemon.stop() == 0, daemon.text()
    times = [
        datetime.fromisoformat(at) for (at,) in world.ask("SELECT at FROM events WHERE kind = 'reloaded' ORDER BY id")
    ]
    slowest = max(slowest, *((after - before).total_seconds() for before, after in pairwise(times)))
    assert slowest <= (2 if FULL else 6), f"{slowest:.1f} s"
    assert not world.ask("SELECT 1 FROM events WHERE kind = 'refused'")
    assert set(hooked(world.hook, room.titles).values()) == {1}
    assert len(room.titles) == ITEMS
    figure(
        f"{SAVES} saves with SIGHUP in {lasted:.0f} s under {OTHERS / 2:.0f} polls/s: {len(times)} reloads, at most"
        f" {slowest:.1f} s each; {ITEMS} articles that both versions match, each told once"
    )


def has_come(at: float) -> bool:
    return time.monotonic() >= at


def all_taken_up(world: World, versions: dict[str, str]) -> bool:
    return dict(world.ask("SELECT rule, version FROM rules")) == versions
