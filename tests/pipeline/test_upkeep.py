"""Backups and retention come about by themselves, as the configuration says, whoever restarts the daemon meanwhile."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from monitor import upkeep
from monitor.installation import backups_of
from monitor.store import articles, backup, journal, sqlite
from monitor.store.values import EventKind
from tests.e2e.world import Item
from tests.pipeline.conftest import House, MakeHouse

DAY = timedelta(days=1)
ARMS = "Nordkorea liefert Russland Raketen"


def keep_up(house: House) -> None:
    asyncio.run(upkeep.keep_up(house.store, house.loaded.config, house.clock.now))


def backups(house: House) -> int:
    return len(backup.listing(house.store.path, backups_of(house.loaded.config)))


def test_a_backup_is_made_when_its_time_has_come_and_the_newest_are_kept(make_house: MakeHouse) -> None:
    house = make_house(backup={"every": "12h", "keep": 3})
    keep_up(house)
    keep_up(house)
    assert backups(house) == 1
    house.clock.forward(hours=11)
    keep_up(house)
    assert backups(house) == 1
    for _ in range(5):
        house.clock.forward(hours=13)
        keep_up(house)
    assert backups(house) == 3
    assert len(house.events(EventKind.BACKED_UP)) == 6


def test_without_a_number_to_keep_no_backup_is_made(make_house: MakeHouse) -> None:
    house = make_house(backup={"keep": 0})
    keep_up(house)
    assert backups(house) == 0


def test_what_is_older_than_the_configuration_keeps_is_let_go_and_is_no_news_when_its_feed_changes(
    make_house: MakeHouse,
) -> None:
    house = make_house(backfill=True, retention={"articles": "30d", "events": "10d"}, backup={"keep": 0})
    old = [Item("rain", "Regen in Bonn"), Item("arms", ARMS)]
    house.poll(*old)
    assert len(house.alerts()) == 1
    house.clock.forward(days=29)
    keep_up(house)
    assert house.store.read_now(articles.count) == 2
    house.clock.forward(days=2)
    keep_up(house)
    assert house.store.read_now(articles.count) == 0
    assert house.store.read_now(lambda tx: journal.read(tx, kinds=[EventKind.STORED])) == []
    edited = Item("arms", f"{ARMS}, wie es heißt")
    house.poll(Item("new", "Russland erhält aus Nordkorea Munition für Geschütze in Fernost"), edited, old[0])
    assert [str(one.content["title"])[:8] for one in house.alerts()][1:] == ["Russland"]


def test_a_database_that_has_outgrown_its_size_is_brought_back_below_it(make_house: MakeHouse) -> None:
    house = make_house(retention={"size": "1MiB"}, backup={"keep": 0})
    for number in range(6):
        texts = [f"{number} {item} " + "Schauer und Gewitter. " * 300 for item in range(40)]
        house.poll(*(Item(f"{number}-{item}", f"Regen {number} {item}", text) for item, text in enumerate(texts)))
    before = house.store.read_now(lambda tx: sqlite.used_bytes(tx.connection))
    assert before > 1024 * 1024
    keep_up(house)
    assert house.store.read_now(lambda tx: sqlite.used_bytes(tx.connection)) <= 1024 * 1024
    assert house.store.read_now(articles.count) > 0
