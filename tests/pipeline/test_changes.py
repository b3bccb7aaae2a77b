"""Reports that change after they were told: corrected, taken back, or gone with their page."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.store import pages
from monitor.store.values import EventKind
from tests.e2e.world import Item
from tests.pipeline.conftest import RULE, House, MakeHouse

TELL_CHANGES: dict[str, Any] = {
    **RULE,
    "alert": {"to": ["desk"], "tell_again": {"corrected": True, "removed": True}},
}
TITLE = "Nordkorea liefert Russland Raketen"
TEXT = (
    "Ein Frachter brachte nach Angaben aus Seoul am Montag vierzig Kisten von Rason nach Wladiwostok. Der Geheimdienst"
    " zeigte dazu Bilder eines Satelliten, die den Hafen und einen Zug mit zwölf Wagen zeigen."
)


def told(make_house: MakeHouse, *rules: dict[str, Any]) -> House:
    """A house in which one report was told."""
    house = make_house(*(rules or (TELL_CHANGES,)))
    house.poll(Item("old", "Regen in Bonn"))
    house.server.pages["/story/1"] = b"<html><body><p>Nordkorea</p></body></html>"
    house.poll(report(house))
    assert [alert.reason for alert in house.alerts()] == ["first-of-story"]
    return house


def report(house: House, title: str = TITLE, text: str = TEXT) -> Item:
    return Item("item-1", title, text, link=f"{house.server.url}/story/1")


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [
        pytest.param(f"ZURÜCKGEZOGEN: {TITLE}", TEXT, "retracted", id="marked-title"),
        pytest.param("Meldung zurückgezogen", "Diese Meldung wurde zurückgezogen.", "retracted", id="nothing-left"),
        pytest.param("Moskau bestreitet Bericht", TEXT, "corrected", id="another-title-that-no-longer-matches"),
        pytest.param(TITLE, f"{TEXT}\nKorrektur: Es waren vierzehn Kisten.", "corrected", id="a-note-of-correction"),
    ],
)
def test_a_told_report_that_says_something_else_is_told_again_once(
    make_house: MakeHouse, title: str, text: str, reason: str
) -> None:
    house = told(make_house)
    house.poll(report(house, title, text))
    house.server.ignore_validators = True
    house.poll()
    first, second = house.alerts()
    assert second.reason == reason
    assert second.content["title"] == title
    assert second.follows is not None
    assert first.story == second.story


def test_no_hit_is_marked_where_the_new_text_has_other_words(make_house: MakeHouse) -> None:
    house = told(make_house)
    house.poll(report(house, "Moskau bestreitet Bericht"))
    shown = house.alerts()[1].content["title_marked"]
    assert shown == ["Moskau bestreitet Bericht"], "a hit would be marked"


def test_a_comma_and_a_clock_are_no_correction(make_house: MakeHouse) -> None:
    house = told(make_house)
    house.poll(report(house, TITLE.upper(), f"{TEXT} 10.15 Uhr"))
    assert len(house.alerts()) == 1
    assert len(house.events(EventKind.REVISED)) == 1, "it is on record all the same"


def test_a_notice_of_its_own_takes_the_story_back(make_house: MakeHouse) -> None:
    house = told(make_house)
    notice = Item("item-2", f"ZURÜCKGEZOGEN: {TITLE}", TEXT)
    house.poll(notice, report(house))
    assert [alert.reason for alert in house.alerts()] == ["first-of-story", "retracted"]


def test_a_retraction_of_what_nobody_was_told_is_no_news(make_house: MakeHouse) -> None:
    house = make_house(TELL_CHANGES)
    house.poll(Item("old", "Regen in Bonn"))
    house.poll(report(house, f"ZURÜCKGEZOGEN: {TITLE}"))
    assert house.alerts() == []
    assert house.reasons(EventKind.SUPPRESSED) == ["never-told"]


def test_a_corrected_report_that_was_only_stored_and_matches_no_longer_says_nothing(make_house: MakeHouse) -> None:
    house = make_house(TELL_CHANGES)
    house.poll(report(house))  # a first poll: stored, not told
    house.poll(report(house, "Moskau bestreitet Bericht"))
    assert house.alerts() == []


def test_a_page_that_is_missing_twice_an_hour_apart_is_told_as_removed_once(make_house: MakeHouse) -> None:
    house = told(make_house)
    del house.server.pages["/story/1"]
    assert house.look_after_pages() == 0
    assert house.server.count("/story/1") == 0, "the first look is an hour after the message"
    house.clock.forward(hours=1)
    assert house.look_after_pages() == 0
    house.clock.forward(minutes=30)
    assert house.look_after_pages() == 0
    house.clock.forward(minutes=30)
    assert house.look_after_pages() == 1
    assert [alert.reason for alert in house.alerts()] == ["first-of-story", "page-removed"]
    house.clock.forward(days=10)
    assert house.look_after_pages() == 0
    assert house.server.count("/story/1") == 2
    assert house.store.read_now(pages.count) == 0


def test_a_page_that_comes_back_is_not_gone(make_house: MakeHouse) -> None:
    house = told(make_house)
    body = house.server.pages.pop("/story/1")
    house.clock.forward(hours=1)
    house.look_after_pages()
    house.server.pages["/story/1"] = body
    for _ in range(100):
        house.clock.forward(hours=1)
        house.look_after_pages()
    assert len(house.alerts()) == 1
    assert house.server.requests.count(("/story/1", 200)) == 1, "later looks are conditional"
    assert house.server.count("/story/1", 304) == 3
    assert house.store.read_now(pages.count) == 0, "after three days nobody looks any more"


def test_a_server_that_fails_does_not_make_its_pages_gone(make_house: MakeHouse) -> None:
    house = told(make_house)
    house.server.faults["/story/1"] = 500
    for _ in range(120):
        house.clock.forward(hours=1)
        house.look_after_pages()
    assert len(house.alerts()) == 1
    assert house.store.read_now(pages.count) == 0


def test_without_a_rule_that_asks_no_page_is_ever_looked_at(make_house: MakeHouse) -> None:
    house = told(make_house, RULE)
    for _ in range(30):
        house.clock.forward(hours=3)
        house.look_after_pages()
    assert house.server.count("/story/1") == 0
