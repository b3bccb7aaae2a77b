"""Which rules an article can match at all: those whose every required part has at least one of its words there.

From the condition of a rule follow its *needs*: sets of which at least so many members must be present for it to hold.
A rule waits under its rarest need; it is looked at only when that is there, and evaluated only when all are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple, TypeAlias, assert_never

from monitor.rules.model import (
    All,
    AnyOf,
    AtLeast,
    Concept,
    Condition,
    HasConcept,
    HasTerm,
    InField,
    Near,
    NoneOf,
    Term,
)

_WIDEST_KEY = 64


class Need(NamedTuple):
    """Groups of terms of which ``least`` must be there."""

    groups: frozenset[int]
    least: int = 1


class _Waiting(NamedTuple):
    """A rule, and what else it needs: each of these groups, and so many of those."""

    rule: int
    single: frozenset[int]
    others: tuple[Need, ...]


class Grouping(NamedTuple):
    """The groups of the rules: the number of a concept's or a term's, and how common each group is."""

    number: Callable[[Concept | Term], int]
    commonness: Callable[[int], float]

    def of(self, need: Need) -> tuple[float, list[int]]:
        """How common a need is, and something that makes the order certain."""
        return sum(map(self.commonness, need.groups)) / need.least**2, sorted(need.groups)


Concepts: TypeAlias = Mapping[str, Concept]


class Index:
    """Finds the rules worth evaluating from the groups of terms that may be in an article."""

    def __init__(self) -> None:
        self._waiting: defaultdict[int, list[_Waiting]] = defaultdict(list)
        # By the group that rules wait for: groups of which one must be there for any of them; none if that is unknown.
        # Few groups are all there is of most keys, so that looking at one hardly ever waits for the memory.
        self._keys: dict[int, frozenset[int] | None] = {}
        self._seconds: defaultdict[int, set[frozenset[int]]] = defaultdict(set)  # what keys are made of
        self._always: list[int] = []

    def add(self, rule: int, condition: Condition, concepts: Concepts, grouping: Grouping) -> None:
        """Let a rule wait, once for each way in which its condition can hold."""
        for way in _ways(condition):
            self._wait(rule, needs_of(way, concepts, grouping), grouping)

    def _wait(self, rule: int, needs: Sequence[Need], grouping: Grouping) -> None:
        if not needs:
            self._always.append(rule)
            return
        first, *others = sorted(set(needs), key=grouping.of)
        single = frozenset(group for need in others if len(need.groups) == 1 for group in need.groups)
        rest = [need for need in others if len(need.groups) > 1]
        if first.least > 1:
            rest.append(first)
        waiting = _Waiting(rule, single, tuple(rest))
        for group in first.groups:
            self._waiting[group].append(waiting)
            self._seconds[group].add(others[0].groups if others else frozenset())

    def seal(self) -> None:
        """Make the keys, of which equal ones are kept once; nothing can be added after that."""
        distinct: dict[frozenset[int], frozenset[int]] = {}
        for group, seconds in self._seconds.items():
            key = _key_of(seconds)
            self._keys[group] = None if key is None else distinct.setdefault(key, key)
        self._seconds.clear()

    def candidates(self, groups: AbstractSet[int]) -> list[int]:
        """The rules that may hold for an article in which these groups may be, in the order they were added."""
        woken = set(self._always)
        keys = self._keys
        for group in keys.keys() & groups:
            key = keys[group]
            if key is None or not key.isdisjoint(groups):
                for rule, single, others in self._waiting[group]:
                    if single <= groups and (not others or _met(others, groups)):
                        woken.add(rule)
        return sorted(woken)


def _key_of(seconds: Collection[frozenset[int]]) -> frozenset[int] | None:
    """Groups of which one must be there for any of these to be met; none if one of them needs nothing, or of too many.

    Some group of a wide key is nearly always there, and thousands of wide ones would fill the memory.
    """
    key: frozenset[int] = frozenset()
    for second in seconds:
        key |= second
        if not second or len(key) > _WIDEST_KEY:
            return None
    return key


def _met(needs: tuple[Need, ...], groups: Collection[int]) -> bool:
    for need, least in needs:
        if least == 1:
            if need.isdisjoint(groups):
                return False
        elif len(need.intersection(groups)) < least:
            return False
    return True


def _ways(condition: Condition) -> Iterator[Condition]:
    """The members of an outermost ``any``, each of which is enough."""
    match condition:
        case AnyOf(members):
            for member in members:
                yield from _ways(member)
        case InField(where, AnyOf(members)):
            for member in members:
                yield from _ways(InField(where, member))
        case _:
            yield condition


def needs_of(condition: Condition, concepts: Concepts, grouping: Grouping) -> list[Need]:
    """What must be there for a condition to hold; an empty list if nothing can be told."""
    needs: list[Need] = []
    match condition:
        case HasTerm(term):
            needs = [Need(frozenset((grouping.number(term),)))]
        case HasConcept(name):
            needs = [Need(frozenset((grouping.number(concepts[name]),)))]
        case All(members) | Near(members):
            needs = [need for member in members for need in needs_of(member, concepts, grouping)]
        case AnyOf(members):
            needs = _of_members(members, 1, concepts, grouping)
        case AtLeast(n, members):
            needs = _of_members(members, n, concepts, grouping) if n > 0 else []
        case NoneOf():
            pass
        case InField(_, inner):
            needs = needs_of(inner, concepts, grouping)
        case _:
            assert_never(condition)
    return needs


def _of_members(members: Sequence[Condition], least: int, concepts: Concepts, grouping: Grouping) -> list[Need]:
    """The rarest needs of each member together, of which so many must be met.

    Members that share a group can be met by it alone, and so can a lone concept's terms: then one group is enough.
    """
    each = [needs_of(member, concepts, grouping) for member in members]
    if not each or not all(each):
        return []
    rarest = [min(needs, key=grouping.of) for needs in each]
    groups = frozenset().union(*(need.groups for need in rarest))
    apart = len(groups) == sum(len(need.groups) for need in rarest)
    return [Need(groups, least if apart and len(members) > 1 else 1)]
