"""Nearness: which hits of several members stand together.

Distances are steps from word to word: neighbours are 1 apart. What counts is the way from the last word of the first
hit to the first word of the last one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TypeAlias

from monitor.rules.model import Near
from monitor.rules.view import ArticleView, Spot
from monitor.text.units import unit_of

_Marked: TypeAlias = tuple[Spot, int]  # a hit and the member it belongs to


def together(near: Near, members: Sequence[Sequence[Spot]], view: ArticleView) -> set[Spot]:
    """The hits that stand near enough, in one field, for the condition to hold; none if it does not."""
    found: set[Spot] = set()
    if isinstance(near.within, int) and not _any_pair(members, near.within):
        return found
    for field, group in groupby(_marked(members), key=lambda one: one[0].field):
        if isinstance(near.within, int) and not near.ordered:
            found.update(_within(near.within, list(group), len(members)))
            continue
        for window in _windows(near, list(group), field, view):
            if near.ordered:
                found |= _chains(window, len(members))
            elif len({number for _, number in window}) == len(members):
                found.update(spot for spot, _ in window)
    return found


def _within(words: int, marked: Sequence[_Marked], size: int) -> Iterator[Spot]:
    """The hits of every run that reaches no further than so many words and has all members, each hit once."""
    inside = [0] * size
    end = given = 0
    for begin, (spot, number) in enumerate(marked):
        reach = spot.last + words
        while end < len(marked) and marked[end][0].first <= reach:
            inside[marked[end][1]] += 1
            end += 1
        while marked[end - 1][0].first > reach:  # the hit before was longer and reached further
            end -= 1
            inside[marked[end][1]] -= 1
        if all(inside):
            yield from (spot for spot, _ in marked[max(begin, given) : end])
            given = max(given, end)
        inside[number] -= 1


def _any_pair(members: Sequence[Sequence[Spot]], within: int) -> bool:
    """Whether hits of the first two members are near enough anywhere: mostly they are not, and this is quick."""
    reached: dict[tuple[int, int], int] = {}  # by field and member, the last word of the hits so far
    for spot, number in _marked(members[:2]):
        last = reached.get((spot.field, 1 - number))
        if last is not None and spot.first - last <= within:
            return True
        reached[spot.field, number] = max(spot.last, reached.get((spot.field, number), 0))
    return len(members) < 2


def closest(near: Near, members: Sequence[Sequence[Spot]]) -> int | None:
    """How many steps apart the members are where they come closest in one field; ``None`` if they never share one."""
    marked = _marked(members)
    best: int | None = None
    for _, group in groupby(marked, key=lambda one: one[0].field):
        in_field = list(group)
        for begin in range(len(in_field)):
            end = _complete(in_field, begin, len(members), ordered=near.ordered)
            if end is not None:
                apart = max(0, end.first - in_field[begin][0].last)
                best = apart if best is None else min(best, apart)
    return best


def _complete(marked: Sequence[_Marked], begin: int, size: int, *, ordered: bool) -> Spot | None:
    """The hit with which every member has been seen, counting from hit number ``begin`` on."""
    seen: set[int] = set()
    last: Spot | None = None
    for place in range(begin, len(marked)):
        spot, number = marked[place]
        if ordered and (number != len(seen) or (last is not None and spot.first <= last.last)):
            continue
        seen.add(number)
        last = spot
        if len(seen) == size:
            return spot
    return None


def _marked(members: Sequence[Sequence[Spot]]) -> list[_Marked]:
    marked = [(spot, number) for number, spots in enumerate(members) for spot in spots]
    return sorted(marked, key=lambda one: (one[0][:5], one[1]))


def _windows(near: Near, marked: Sequence[_Marked], field: int, view: ArticleView) -> Iterable[Sequence[_Marked]]:
    """The runs of hits that are near enough to each other."""
    if isinstance(near.within, int):
        for begin, (spot, _) in enumerate(marked):
            reach = spot.last + near.within
            end = begin + 1
            while end < len(marked) and marked[end][0].first <= reach:
                end += 1
            yield marked[begin:end]
        return
    if near.within not in {"sentence", "paragraph"}:
        raise ValueError(f"near within {near.within!r}")
    starts = view.units(field, near.within, marked[-1][0].start)
    for _, group in groupby(marked, key=lambda one: unit_of(starts, one[0].start)):
        yield list(group)


def _chains(window: Sequence[_Marked], size: int) -> set[Spot]:
    """The hits of members in the order they are written, from the first hit of the window on."""
    chain: list[Spot] = []
    for spot, number in window:
        if number == len(chain) and (not chain or spot.first > chain[-1].last):
            chain.append(spot)
            if len(chain) == size:
                return set(chain)
    return set()
