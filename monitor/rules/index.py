"""Which rules an article can match at all: those whose every required part has at least one of its words there.

From the condition of a rule follow its *needs*: sets of which at least one member must be present for it to hold. A
rule waits under its rarest need; it is looked at only when that is there, and evaluated only when all are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TypeAlias, assert_never

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
from monitor.rules.slots import Slot
from monitor.rules.vocabulary import CompiledTerm

Need: TypeAlias = frozenset[int]  # groups, one of which must be present
_Group: TypeAlias = Callable[[Concept | Term], int | None]


class Index:
    """Finds the rules worth evaluating from the slots an article fills."""

    def __init__(self, slots: Sequence[Slot]) -> None:
        self._weights = [_rarity(slot) for slot in slots]
        self._numbers: dict[Concept | Term, int] = {}
        self._by_id: dict[int, int | None] = {}
        self._groups_of: defaultdict[int, list[int]] = defaultdict(list)
        self._group_weights: list[float] = []
        self._waiting: defaultdict[int, list[tuple[int, tuple[Need, ...]]]] = defaultdict(list)
        self._always: list[int] = []

    def group(self, key: Concept | Term, terms: Collection[CompiledTerm]) -> int | None:
        """The number of a set of terms of which one must be there; ``None`` if that cannot be told from slots."""
        if id(key) not in self._by_id:
            self._by_id[id(key)] = self._numbers[key] if key in self._numbers else self._new_group(key, terms)
        return self._by_id[id(key)]

    def _new_group(self, key: Concept | Term, terms: Collection[CompiledTerm]) -> int | None:
        if any(term.pattern for term in terms):
            return None
        number = self._numbers[key] = len(self._group_weights)
        anchors = {max(sequence, key=self._weights.__getitem__) for term in terms for sequence in term.sequences}
        for slot in anchors:
            self._groups_of[slot].append(number)
        self._group_weights.append(sum(1 / self._weights[slot] for slot in anchors))
        return number

    def add(self, rule: int, needs: Sequence[Need]) -> None:
        """Let a rule wait for its rarest need."""
        if not needs:
            self._always.append(rule)
            return
        ordered = sorted(set(needs), key=lambda need: sum(self._group_weights[group] for group in need))
        for group in ordered[0]:
            self._waiting[group].append((rule, tuple(ordered[1:])))

    def candidates(self, slots: Collection[int]) -> list[int]:
        """The rules that may hold for an article that fills these slots, in their order."""
        present: set[int] = set()
        for slot in slots:
            present.update(self._groups_of.get(slot, ()))
        return sorted({*self._always, *self._woken(present)})

    def _woken(self, present: set[int]) -> Iterator[int]:
        for group in present:
            for rule, needs in self._waiting.get(group, ()):
                if not any(need.isdisjoint(present) for need in needs):
                    yield rule


def needs_of(condition: Condition, concepts: Mapping[str, Concept], group: _Group) -> list[Need]:
    """What must be there for a condition to hold; an empty list if nothing can be told."""
    needs: list[Need] = []
    match condition:
        case HasTerm(term):
            needs = _lone(group(term))
        case HasConcept(name):
            needs = _lone(group(concepts[name]))
        case All(members) | Near(members):
            needs = [need for member in members for need in needs_of(member, concepts, group)]
        case AnyOf(members):
            needs = _either(members, concepts, group)
        case AtLeast(n, members):
            needs = _either(members, concepts, group) if n > 0 else []
        case NoneOf():
            pass
        case InField(_, inner):
            needs = needs_of(inner, concepts, group)
        case _:
            assert_never(condition)
    return needs


def _lone(group: int | None) -> list[Need]:
    return [] if group is None else [frozenset((group,))]


def _either(members: Sequence[Condition], concepts: Mapping[str, Concept], group: _Group) -> list[Need]:
    """One need that any member satisfies; of members with several needs, the smallest."""
    each = [needs_of(member, concepts, group) for member in members]
    if not each or not all(each):
        return []
    return [frozenset().union(*(min(needs, key=len) for needs in each))]


def _rarity(slot: Slot) -> float:
    """A guess at how rare a word is: long ones are."""
    return float(len(slot.text) ** 2)
