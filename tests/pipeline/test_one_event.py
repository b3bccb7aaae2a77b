"""One event in five languages through rules, stories, policy and outbox: one alert, with its evidence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from monitor.store import deliveries, journal, stories
from monitor.store.story_values import Story
from monitor.store.values import EventKind
from tests.e2e.world import Item, rss
from tests.pipeline.conftest import House, MakeHouse
from tests.stories.one_event import Report, read_reports

PACK = Path(__file__).parents[2] / "rules"
REPORTS = read_reports()
LANGUAGES = ("en", "de", "ru", "ko", "fr")
# Both events name both states: a rule that asks for no more finds them all.
BOTH_STATES: dict[str, Any] = {
    "id": "both-states",
    "title": "North Korea and Russia",
    "match": {"all": ["$dprk", "$russia"]},
    "alert": {"to": ["desk"]},
    "tests": {"match": [{"de": "Nordkorea und Russland"}], "no_match": [{"de": "Regen in Bonn"}]},
}


def house_with_the_pack(make_house: MakeHouse, directory: Path) -> House:
    """A house with the pack's own rule on arms, told to the desk at once, and the wide rule beside it."""
    (directory / "rules" / "concepts").mkdir(parents=True)
    for path in [*PACK.glob("concepts/*.yaml"), PACK / "dprk-russia-arms.yaml"]:
        text = path.read_text(encoding="utf-8")
        told = re.sub(r"^alert:\n(?:  .*\n)+", "alert: {to: [desk]}\n", text, flags=re.MULTILINE)
        (directory / "rules" / path.relative_to(PACK)).write_text(told, encoding="utf-8")
    return make_house(BOTH_STATES, feeds=[{"id": lang, "url": f"/{lang}", "language": lang} for lang in LANGUAGES])


def publish_the_day(house: House) -> None:
    """Every two hours each feed shows what was reported in its language so far, and is polled."""
    for hour in range(-1, 15, 2):
        for lang in LANGUAGES:
            items = [item(one) for one in REPORTS if one.lang == lang and one.hours < hour + 1]
            house.server.pages[f"/{lang}"] = rss([*reversed(items), Item("old", "Wetter")], lang)
        house.clock.forward(minutes=119)
        assert house.poll() == []


def item(report: Report) -> Item:
    guid = f"{report.event}-{report.lang}-{report.hours}"
    return Item(guid, report.title, report.body, link=f"https://{report.lang}.example/{guid}")


def test_fifty_reports_are_one_alert_and_the_look_alike_is_another(make_house: MakeHouse, tmp_path: Path) -> None:
    house = house_with_the_pack(make_house, tmp_path)
    publish_the_day(house)

    found = house.store.read_now(stories.latest)
    flour, shells = sorted(found, key=lambda story: story.articles)  # two stories, no more
    matched = {event.article for event in house.events(EventKind.MATCHED)}
    assert flour.articles + shells.articles == len(matched) >= 59, "whatever a rule found is in one of them"
    assert flour.articles == 11

    [alert] = house.alerts("dprk-russia-arms")
    assert alert.story == shells.id, "the rule asks for arms"
    assert alert.content["why"], "what the rule found in it"
    assert [one.story for one in house.alerts("both-states")] in ([shells.id, flour.id], [flour.id, shells.id])
    owed = house.store.read_now(lambda tx: deliveries.listing(tx, limit=100))
    assert len(owed) == 3, "one message for each alert, no more"

    assert set(shells.languages) == set(LANGUAGES)
    assert shells.origins > 40, "all but copies are texts of their own"
    joins_state_their_evidence(house, shells)


def joins_state_their_evidence(house: House, story: Story) -> None:
    joined = house.store.read_now(lambda tx: journal.about(tx, story=story.id))
    reasons = [event.reason for event in joined if event.kind is EventKind.JOINED]
    evidence = [reason for reason in reasons if reason.startswith("shares: ")]
    assert len(evidence) >= 45
    assert any("1,000,000" in reason and "artillery shells" in reason for reason in evidence)
    assert all(reason.endswith("apart") for reason in evidence)
