"""Inhibition: a specific rule that speaks about a story makes the general ones keep quiet about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from monitor.rules.model import Rule, Status


def muter(rule: str, speaking: Iterable[str], rules: Mapping[str, Rule]) -> str:
    """The first (by id) live rule among those that have told or hold a story which mutes ``rule``; "" if none does.

    A rule that was silenced, or has said nothing for any other reason, mutes nobody: no story falls between two
    rules. Muting is not passed on: what a muted rule would have muted, speaks.
    """
    return min((one for one in speaking if one in rules and _mutes(rules[one], rule)), default="")


def speaking_order(rules: Collection[Rule]) -> tuple[Rule, ...]:
    """The rules with every muting one before those it mutes, otherwise by id.

    Rules that mute each other in a ring are a mistake that the loader reports (:func:`muting_ring`); until it is
    mended they come in order of their ids, so that one of them speaks.
    """
    by_id = {rule.id: rule for rule in sorted(rules, key=lambda rule: rule.id)}
    waiting = dict.fromkeys(by_id)
    order: list[Rule] = []
    while waiting:
        free = (one for one in waiting if not any(_mutes(by_id[other], one) for other in waiting if other != one))
        chosen = next(free, next(iter(waiting)))
        del waiting[chosen]
        order.append(by_id[chosen])
    return tuple(order)


def muting_ring(mutes: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Rule ids that mute each other in a ring, the first repeated at the end; empty when there is none.

    A rule that mutes itself is the smallest ring.
    """
    graph = {rule: sorted(muted) for rule, muted in sorted(mutes.items())}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as ring:
        return tuple(reversed(ring.args[1]))
    return ()


def _mutes(rule: Rule, other: str) -> bool:
    return rule.status is Status.LIVE and other in rule.alert.mutes and other != rule.id
