"""``full_text: true``: the page is read when its teaser looks relevant, once, and an alert says if only it matched."""

from __future__ import annotations

from monitor.pages import MOST_PAGES
from monitor.store.values import EventKind
from tests.e2e.world import Item
from tests.pipeline.conftest import House, MakeHouse

FULL = [{"id": "wire", "url": "/rss", "full_text": True}]
TEXT = (
    "Der Geheimdienst in Seoul hat neue Bilder ausgewertet. Sie zeigen nach seinen Angaben einen Frachter im Hafen von"
    " Rason. Nordkorea habe Munition an Russland geliefert, sagte ein Sprecher am Montag vor der Presse."
)


def page(text: str = TEXT) -> bytes:
    paragraphs = "".join(f"<p>{text} Absatz {number}.</p>" for number in range(4))
    return (
        "<!doctype html><html lang='de'><head><title>Zeitung</title></head><body><nav><a href='/'>Start</a></nav>"
        f"<article><h1>Bericht</h1>{paragraphs}</article><footer>Impressum</footer></body></html>"
    ).encode()


def item(house: House, number: int, title: str, text: str = "") -> Item:
    return Item(f"item-{number}", title, text, link=f"{house.server.url}/story/{number}")


def ready(make_house: MakeHouse) -> House:
    house = make_house(feeds=FULL)
    assert house.poll(Item("old", "Regen in Bonn")) == []
    return house


def test_a_teaser_that_names_one_state_is_matched_on_its_page_and_the_alert_says_so(make_house: MakeHouse) -> None:
    house = ready(make_house)
    house.server.pages["/story/1"] = page()
    house.poll(item(house, 1, "Seoul: Neues aus Nordkorea"))
    [alert] = house.alerts()
    assert alert.content["why"] is not None
    assert "found in the full text of the page" in str(alert.content["why"])
    assert "Munition" in str(alert.content["excerpt"])
    [matched] = house.events(EventKind.MATCHED)
    assert "in the full text of the page" in matched.reason
    assert "Impressum" not in house.article("Seoul").article.body
    assert "Rason" in house.article("Seoul").article.body


def test_what_the_teaser_says_already_is_not_called_a_find_of_the_page(make_house: MakeHouse) -> None:
    house = ready(make_house)
    house.server.pages["/story/1"] = page()
    house.poll(item(house, 1, "Nordkorea liefert Russland Raketen"))
    [alert] = house.alerts()
    assert "full text" not in str(alert.content["why"])
    assert house.server.count("/story/1") == 1


def test_a_teaser_that_touches_no_rule_costs_no_request(make_house: MakeHouse) -> None:
    house = ready(make_house)
    house.server.pages["/story/1"] = page()
    house.poll(item(house, 1, "Sonne in Köln", "Morgen wird es warm."))
    assert house.server.count("/story/1") == 0
    assert house.alerts() == []


def test_a_feed_without_full_text_is_matched_on_its_teasers(make_house: MakeHouse) -> None:
    house = make_house()
    house.poll(Item("old", "Regen in Bonn"))
    house.server.pages["/story/1"] = page()
    house.poll(item(house, 1, "Seoul: Neues aus Nordkorea"))
    assert house.server.count("/story/1") == 0


def test_a_known_article_is_never_fetched_again_not_even_when_its_teaser_changes(make_house: MakeHouse) -> None:
    house = ready(make_house)
    house.server.pages["/story/1"] = page()
    house.poll(item(house, 1, "Seoul: Neues aus Nordkorea"))
    house.server.ignore_validators = True
    house.poll()
    house.poll(item(house, 1, "Seoul: Neues aus Nordkorea", "Mit einem neuen Anlauf."))
    assert house.server.count("/story/1") == 1
    kept = house.article("Seoul").article
    assert kept.summary == "Mit einem neuen Anlauf."
    assert "Rason" in kept.body, "the teaser changed, the text of the page did not"
    assert len(house.alerts()) == 1


def test_an_article_that_another_feed_brought_is_not_fetched_either(make_house: MakeHouse) -> None:
    house = make_house(feeds=[*FULL, {"id": "other", "url": "/other", "full_text": True}])
    house.publish(Item("old", "Regen in Bonn"), path="/other")
    house.poll(Item("old", "Regen in Köln"))
    house.server.pages["/story/1"] = page()
    house.poll(item(house, 1, "Seoul: Neues aus Nordkorea"))
    house.poll(item(house, 1, "Seoul: Neues aus Nordkorea"), path="/other")
    assert house.server.count("/story/1") == 1
    assert len(house.alerts()) == 1


def test_a_page_that_cannot_be_read_is_journalled_and_the_teaser_decides(make_house: MakeHouse) -> None:
    house = ready(make_house)
    house.poll(item(house, 1, "Nordkorea liefert Russland Raketen"))
    assert len(house.alerts()) == 1
    [event] = [one for one in house.events(EventKind.STORED) if "page" in one.details]
    assert event.details["page"] == "its page could not be read: 127.0.0.1 answered 404"


def test_at_most_ten_pages_are_asked_for_in_one_poll_and_the_rest_says_so(make_house: MakeHouse) -> None:
    house = ready(make_house)
    items = [item(house, number, f"Nordkorea, Meldung {number}") for number in range(MOST_PAGES + 2)]
    for number in range(MOST_PAGES + 2):
        house.server.pages[f"/story/{number}"] = page(f"Die Stadt Hamhung hat {number} Brücken gebaut, und keine mehr.")
    house.poll(*items)
    assert sum(house.server.count(f"/story/{number}") for number in range(MOST_PAGES + 2)) == MOST_PAGES
    notes = [str(event.details.get("page", "")) for event in house.events(EventKind.STORED)]
    assert sum("was not asked for" in note for note in notes) == 2


def test_the_first_poll_of_a_feed_asks_for_no_pages(make_house: MakeHouse) -> None:
    house = make_house(feeds=FULL)
    house.server.pages["/story/1"] = page()
    house.poll(item(house, 1, "Seoul: Neues aus Nordkorea"))
    assert house.server.count("/story/1") == 0


def test_a_page_beyond_the_feeds_origin_must_be_on_the_open_web(make_house: MakeHouse) -> None:
    house = ready(make_house)
    elsewhere = Item("x", "Nordkorea: Bericht", link="http://127.0.0.2:1/internal")
    house.poll(elsewhere)
    [event] = [one for one in house.events(EventKind.STORED) if "page" in one.details]
    assert "not public" in str(event.details["page"]) or "127.0.0.2" in str(event.details["page"])
    assert "refused the connection" not in str(event.details["page"]), "it was not even tried"
