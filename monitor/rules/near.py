"""Nearness: which hits of several members stand together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TypeAlias

from monitor.rules.model import Near
from monitor.rules.view import ArticleView, Spot
from monitor.text.units import unit_of

_Marked: TypeAlias = tuple[Spot, int]  # a hit and the member it belongs to


def together(near: Near, members: Sequence[Sequence[Spot]], view: ArticleView) -> set[Spot]:
    """The hits that stand near enough, in one field, for the condition to hold; none if it does not."""
    marked = sorted(
        ((spot, number) for number, spots in enumerate(members) for spot in spots), key=lambda one: (one[0][:5], one[1])
    )
    found: set[Spot] = set()
    for field, group in groupby(marked, key=lambda one: one[0].field):
        for window in _windows(near, list(group), field, view):
            if near.ordered:
                found |= _chains(window, len(members))
            elif len({number for _, number in window}) == len(members):
                found.update(spot for spot, _ in window)
    return found


def distance(one: Spot, other: Spot) -> int:
    """Steps from the last word of the first to the first word of the second; 0 if they overlap."""
    before, after = sorted((one, other), key=lambda spot: (spot.first, spot.last))
    return max(0, after.first - before.last)


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
    starts = view.units(field, near.within)
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
