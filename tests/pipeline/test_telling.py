"""What counts as confirmation, whom alerts reach, and what trial rules leave behind."""

from __future__ import annotations

from typing import Any

from monitor.store import told
from monitor.store.values import EventKind
from tests.e2e.world import Item
from tests.pipeline.conftest import RULE, MakeHouse

TWO_FEEDS = [{"id": "wire", "url": "/rss"}, {"id": "paper", "url": "/paper"}]
WIRE = Item(
    "w",
    "Frachter Angara: Nordkorea liefert Russland 4720 Kisten Raketen über Rason",
    "Der Frachter Angara hat nach Angaben des Geheimdienstes NIS in Seoul 4720 Kisten mit Raketen von Rason nach"
    " Wladiwostok gebracht. Geheimdienstchef Cho Tae Yong legte am Montag Bilder vor.",
)
PAPER = Item(
    "p",
    "Seoul zählt 4720 Kisten: Frachter Angara bringt Munition aus Nordkorea über Rason nach Russland",
    "In Wladiwostok liegt die Angara. Was das Schiff aus Rason mitbrachte, beschreibt Cho Tae Yong vom NIS so: 4720"
    " Kisten, darin Munition. Er zeigte am Montag Aufnahmen aus dem All.",
)
CONFIRMED: dict[str, Any] = {**RULE, "alert": {"to": ["desk"], "corroborate": {"origins": 2, "within": "6h"}}}


def test_two_independent_reports_confirm_a_story(make_house: MakeHouse) -> None:
    house = make_house(CONFIRMED, feeds=TWO_FEEDS)
    house.publish(Item("old", "Sonne in Köln"), path="/paper")
    house.poll(Item("old", "Regen in Bonn"))
    house.poll(WIRE)
    assert house.alerts() == []
    house.poll(PAPER, path="/paper")
    assert [alert.reason for alert in house.alerts()] == ["corroborated"], house.events(EventKind.JOINED)


def test_what_came_with_a_first_poll_confirms_nothing(make_house: MakeHouse) -> None:
    house = make_house(CONFIRMED, feeds=TWO_FEEDS)
    house.publish(PAPER, path="/paper")  # its first document
    house.poll(Item("old", "Regen in Bonn"))
    house.poll(WIRE)
    assert {event.story for event in house.events(EventKind.JOINED)} == {1}, "both report one event"
    assert house.alerts() == []
    assert house.reasons(EventKind.HELD) == ["awaiting-corroboration"]


def test_what_only_another_rule_matched_confirms_nothing(make_house: MakeHouse) -> None:
    ships: dict[str, Any] = {
        "id": "ships",
        "title": "Ships",
        "match": ["Frachter"],
        "alert": {"to": ["desk"]},
        "tests": {"match": [{"de": "Ein Frachter"}], "no_match": [{"de": "Regen"}]},
    }
    arms = {**CONFIRMED, "match": {"all": ["Nordkorea", "Russland", "Rakete"]}}
    house = make_house(arms, ships, feeds=TWO_FEEDS)
    house.publish(Item("old", "Sonne in Köln"), path="/paper")
    house.poll(Item("old", "Regen in Bonn"))
    house.poll(WIRE)
    house.poll(PAPER, path="/paper")
    assert {event.story for event in house.events(EventKind.JOINED)} == {1}
    assert house.alerts("arms") == []
    assert len(house.alerts("ships")) == 1


def test_alerts_that_reach_nobody_are_reported_once(make_house: MakeHouse) -> None:
    channels = {"desk": {"url": "console", "min_severity": "critical"}, "ops": "console"}
    house = make_house(channels=channels)
    house.poll(Item("old", "Regen in Bonn"))
    house.poll(WIRE)
    house.clock.forward(days=5)  # another story for certain
    house.poll(Item("b", "Brand bei Tula: Munition aus Nordkorea explodiert in einer Fabrik in Russland"), WIRE)
    assert len(house.alerts()) == 2
    [notice] = house.notices()
    assert notice.content["title"] == "Alerts of rule arms reach nobody"
    assert "takes critical and above; this is high" in str(notice.content["lines"])


def test_a_trial_rule_is_recorded_and_tells_nobody(make_house: MakeHouse) -> None:
    trial = {**RULE, "id": "arms-next", "status": "shadow"}
    house = make_house(RULE, trial)
    house.poll(Item("old", "Regen in Bonn"))
    house.poll(WIRE)
    assert len(house.alerts()) == 1
    assert house.alerts("arms-next") == []
    kept = house.store.read_now(lambda tx: told.of_stories(tx, [1]))
    assert kept["arms-next", 1][0].shadow
    assert not kept["arms", 1][0].shadow
