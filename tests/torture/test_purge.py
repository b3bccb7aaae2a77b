"""Articles that retention has let go of, in feeds that still show them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.e2e.world import Item, rss, until
from tests.torture.conftest import FULL, Figure, World
from tests.torture.newsroom import Newsroom, hooked

ITEMS = 30 if FULL else 6
POLLS = 20 if FULL else 4


@pytest.mark.timeout(180)
def test_what_was_purged_is_not_told_again_while_its_feed_shows_it(world: World, figure: Figure) -> None:
    """The feed changes at every poll, shows the old items all the time, and edits some of them."""
    world.home.write_codeword_rules(ITEMS + 1, ["hook"])
    (world.home.directory / "rules" / "arms.yaml").unlink()
    world.install(operations="", retention={"articles": "1ms"}, polling={"interval": "300ms"})
    room = Newsroom(world.feeds, every=1, most=0)
    for _ in range(ITEMS):
        room.publish()
    with world.stable.running(world.home) as daemon:
        until(lambda: hooked(world.hook, room.titles).keys() == room.titles, "all are told", note=daemon.text)
        until(lambda: not world.ask("SELECT 1 FROM deliveries WHERE state != 'sent'"), "all is recorded")
        assert daemon.stop() == 0
    with closing(sqlite3.connect(world.home.database)) as database:
        database.execute("DELETE FROM meta WHERE name = 'pruned_at'")  # a day has passed
        database.commit()
    with world.stable.running(world.home) as daemon:
        until(lambda: not world.ask("SELECT 1 FROM articles"), "all are let go", note=daemon.text)
        for number in range(POLLS):
            seen = world.feeds.count("/rss", 200)
            edited = [Item(one.guid, f"{one.title}, Fassung {number}") for one in room.published[: ITEMS // 2]]
            shown = [Item(f"rain-{number}", f"Regen in Bonn {number}"), *edited, *room.published[ITEMS // 2 :]]
            world.feeds.pages["/rss"] = rss(shown, "de")
            until(lambda seen=seen: world.feeds.count("/rss", 200) > seen, "it is polled", note=daemon.text)  # type: ignore[misc]
        room.publish()
        until(lambda: hooked(world.hook, room.titles).keys() == room.titles, "what is new is told", note=daemon.text)
        assert daemon.stop() == 0
    again = len(world.hook.calls) - ITEMS - 1
    assert again == 0
    figure(f"{ITEMS} articles purged, {POLLS} polls that showed them again, half of them edited: {again} told again")
