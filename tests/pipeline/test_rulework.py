"""What rules cost is on record, and one that fails is left out and reported once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import cast

from monitor.rules.compile import compile_rules
from monitor.rules.model import HasTerm, InField, Rule, Term, TermKind, TextField
from monitor.rules.relevance import Relevance
from monitor.rulework import RuleWork, write_down
from monitor.store import rules
from monitor.store.values import EventKind
from tests.e2e.world import Item
from tests.pipeline.conftest import House, MakeHouse


def ticking() -> float:
    """A clock that is a millisecond later each time it is asked."""
    ticking.at += 0.001  # type: ignore[attr-defined]
    return float(ticking.at)  # type: ignore[attr-defined]


ticking.at = 0.0  # type: ignore[attr-defined]


def with_a_rule_that_fails(house: House) -> None:
    """Put a rule to work that no loader would let through: it looks into a field that does not exist."""
    term = Term("Nordkorea", TermKind.FORMS, "Nordkorea")
    broken = Rule("broken", "Broken", InField(cast("TextField", "margin"), HasTerm(term)), version="7")
    compiled = compile_rules([*house.loaded.rule_set.rules, broken])
    versions = {rule.id: rule.version for rule in compiled.rules.values()}
    house.store.write_now(lambda tx: rules.take_up(tx, versions, house.clock.now))
    scene = house.poller.scene
    house.poller.scene = replace(scene, compiled=compiled, relevance=Relevance(compiled), clock=ticking)


def flush(house: House) -> None:
    asyncio.run(write_down(house.store, house.teller, house.poller.scene.work, house.clock.now))


def test_the_time_of_each_rule_adds_up_on_record(make_house: MakeHouse) -> None:
    house = make_house()
    house.poller.scene = replace(house.poller.scene, clock=ticking)
    for number in range(3):
        house.poll(Item(f"n{number}", f"Nordkorea liefert Russland {number} Raketen"))
        flush(house)
    at_work = house.store.read_now(rules.every)["arms"]
    assert at_work.runs == 3
    assert 0.9 < at_work.milliseconds < 1.1
    assert at_work.version == house.loaded.rule_set.rules[0].version


def test_a_rule_that_fails_stops_no_other_and_is_reported_once(make_house: MakeHouse) -> None:
    house = make_house()
    house.poll(Item("old", "Regen in Bonn"))
    with_a_rule_that_fails(house)
    house.poll(Item("a", "Nordkorea liefert Russland Raketen"))
    house.poll(Item("b", "Nordkorea schweigt"))
    for _ in range(2):
        flush(house)
    assert len(house.alerts()) == 1
    [notice] = house.notices()
    assert notice.content["title"] == "Rule broken failed and is left out"
    assert "KeyError" in str(notice.content["lines"])
    [event] = house.events(EventKind.REFUSED)
    assert event.rule == "broken"
    assert house.store.read_now(rules.every)["broken"].failure.startswith("KeyError")


def test_what_could_not_be_written_down_is_kept(make_house: MakeHouse) -> None:
    work = RuleWork()
    work.note({"arms": 0.5})
    assert work.leave_out("broken", "KeyError")
    assert not work.leave_out("broken", "KeyError"), "once is enough"
    gathered = work.take()
    work.note({"arms": 0.25})
    work.give_back(gathered)
    assert work.take().spent == {"arms": (2, 0.75)}
    assert work.take().failed == {}
    assert work.left_out == {"broken"}
