"""A specific rule mutes a general one; rings of muting are found and still leave one voice."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.inhibit import muter, muting_ring, speaking_order
from monitor.rules.model import AlertPolicy, AnyOf, Rule, Status


def rule(name: str, *mutes: str, status: Status = Status.LIVE) -> Rule:
    return Rule(name, name, AnyOf(()), status=status, alert=AlertPolicy(mutes=mutes))


RULES = {one.id: one for one in (rule("a", "c"), rule("b", "c"), rule("c"), rule("d", "c", status=Status.SHADOW))}


@pytest.mark.parametrize(
    ("speaking", "by"),
    [
        pytest.param(set(), "", id="nobody speaks"),
        pytest.param({"a"}, "a", id="one that mutes it speaks"),
        pytest.param({"b", "a"}, "a", id="of two the first by name is given"),
        pytest.param({"c"}, "", id="it speaks itself"),
        pytest.param({"d"}, "", id="a shadow rule mutes nobody"),
        pytest.param({"gone"}, "", id="a rule that is gone mutes nobody"),
    ],
)
def test_a_rule_is_muted_by_one_that_speaks(speaking: set[str], by: str) -> None:
    assert muter("c", speaking, RULES) == by


def test_muting_rules_come_before_the_muted() -> None:
    order = speaking_order([rule("a"), rule("b", "a"), rule("c", "b"), rule("d")])
    assert [one.id for one in order] == ["c", "b", "a", "d"]


names = st.sampled_from("abcdef")


@given(st.dictionaries(names, st.sets(names, max_size=3)))
def test_the_order_holds_every_rule_once_and_every_muting_unless_there_is_a_ring(mutes: dict[str, set[str]]) -> None:
    order = [one.id for one in speaking_order([rule(name, *sorted(muted)) for name, muted in mutes.items()])]
    assert sorted(order) == sorted(mutes)
    ring = muting_ring(mutes)
    if ring:
        assert ring[0] == ring[-1]
        assert all(muted in mutes[one] for one, muted in pairwise(ring))
    else:
        place = {name: at for at, name in enumerate(order)}
        assert all(place[name] < place[other] for name in mutes for other in mutes[name] & mutes.keys())


def test_a_rule_that_mutes_itself_is_a_ring() -> None:
    assert muting_ring({"a": ("a",)}) == ("a", "a")
