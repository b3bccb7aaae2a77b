"""Whether a condition holds for an article, and through which hits.

``spots_of`` is the only evaluator: matching asks it, and ``explain`` asks it again for every part of a tree, so what is
explained is what was decided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from monitor.rules.hits import Hit
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
    TextField,
)
from monitor.rules.near import together
from monitor.rules.view import FIELDS, PROSE, ArticleView, Spot

Spots: TypeAlias = tuple[Spot, ...]
MOST_HITS = 50  # of one term in one field


@dataclass(frozen=True, slots=True)
class Sight:
    """What a condition is asked about: an article, the concepts of its rule, and the field it is confined to."""

    view: ArticleView
    concepts: Mapping[str, Concept]
    where: TextField | None = None

    def seen(self, spots: Spots) -> Spots:
        """Those in the part of the article that is looked at."""
        if not spots or (self.where is None and spots[-1].field < PROSE):
            return spots
        ends = dict(self.view.windows(self.where))
        return tuple(spot for spot in spots if spot.end <= ends.get(spot.field, -1))


def spots_of(condition: Condition, sight: Sight) -> Spots | None:
    """The hits that make a condition hold, or ``None`` if it does not; a ``none`` holds without hits."""
    found: Spots | None
    match condition:
        case HasTerm(term):
            found = sight.seen(sight.view.term(term)) or None
        case HasConcept(name):
            found = sight.seen(sight.view.concept(sight.concepts[name])) or None
        case All(members):
            found = _all(members, sight)
        case AnyOf(members):
            found = _any(members, sight)
        case NoneOf(members):
            found = None if any(spots_of(member, sight) is not None for member in members) else ()
        case AtLeast():
            found = _at_least(condition, sight)
        case Near():
            found = _near(condition, sight)
        case InField(where, inner):
            found = spots_of(inner, Sight(sight.view, sight.concepts, where))
        case _:
            assert_never(condition)
    return found


def _all(members: tuple[Condition, ...], sight: Sight) -> Spots | None:
    if _lacks_any(members, sight):
        return None
    found: list[Spot] = []
    for member in members:
        spots = spots_of(member, sight)
        if spots is None:
            return None
        found += spots
    return tuple(found)


def _any(members: tuple[Condition, ...], sight: Sight) -> Spots | None:
    found = [spots for member in members if (spots := spots_of(member, sight)) is not None]
    return tuple(spot for spots in found for spot in spots) if found else None


def _at_least(condition: AtLeast, sight: Sight) -> Spots | None:
    found = holding(condition, sight)
    return tuple(spot for spots in found for spot in spots) if len(found) >= condition.n else None


def holding(condition: AtLeast, sight: Sight) -> list[Spots]:
    """The members that hold, by their hits; of a lone concept, its terms."""
    if len(condition.members) == 1 and isinstance(condition.members[0], HasConcept):
        by_term: dict[object, list[Spot]] = {}
        for spot in _outermost(spots_of(condition.members[0], sight) or ()):
            by_term.setdefault(spot.term, []).append(spot)
        return [tuple(one) for one in by_term.values()]
    return [spots for member in condition.members if (spots := spots_of(member, sight)) is not None]


def _outermost(spots: Spots) -> list[Spot]:
    """Without those inside a longer one: "ballistic missile" is not also the different term "missile"."""
    kept: list[Spot] = []
    reach = (-1, 0, 0)  # of the spots so far the one that goes furthest, and of those the longest: field, start, end
    for spot in sorted(spots, key=lambda spot: (spot.field, spot.start, -spot.end)):
        field, start, end = reach
        inside = spot.field == field and (spot.end < end or (spot.end == end and start < spot.start))
        if not inside:
            kept.append(spot)
            if spot.field != field or spot.end > end:
                reach = (spot.field, spot.start, spot.end)
    return kept


def _lacks_any(members: tuple[Condition, ...], sight: Sight) -> bool:
    """Whether a concept that all of them need is nowhere: that is known at once, a tree takes its time."""
    for member in members:
        if type(member) is HasConcept and not sight.view.may_hold(sight.concepts[member.name]):
            return True
    return False


def _near(condition: Near, sight: Sight) -> Spots | None:
    if _lacks_any(condition.members, sight):
        return None
    members: list[Spots] = []
    for member in condition.members:
        spots = spots_of(member, sight)
        if spots is None:
            return None
        if spots:
            members.append(spots)
    return tuple(together(condition, members, sight.view)) or (None if members else ())


def _order(spot: Spot) -> tuple[int, int, int, str, str, str]:
    return spot.field, spot.start, spot.end, spot.concept, spot.term.written, spot.term.lang


def hits_of(spots: Spots, view: ArticleView) -> tuple[Hit, ...]:
    """Hits for the reader: in the order of the article, none twice, and of one term in one field the first few.

    Nobody reads the thousandth "missile" of an article, and whoever wrote it there may mean harm.
    """
    ordered = sorted(set(spots), key=_order)
    count: Counter[tuple[int, str, str]] = Counter()
    hits = []
    for spot in ordered:
        count[spot.field, spot.concept, spot.term.written] += 1
        if count[spot.field, spot.concept, spot.term.written] <= MOST_HITS:
            hits.append(
                Hit(
                    field=FIELDS[spot.field],
                    start=spot.start,
                    end=spot.end,
                    text=view.texts[spot.field][spot.start : spot.end],
                    term=spot.term.written,
                    concept=spot.concept,
                    lang=spot.term.lang,
                )
            )
    return tuple(hits)
