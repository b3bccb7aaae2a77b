"""What a condition that does not hold missed by, in one sentence with the number or the word that matters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from monitor.rules.match import Sight, holding, spots_of
from monitor.rules.model import (
    ANY_LANGUAGE,
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
    TermKind,
)
from monitor.rules.near import closest
from monitor.rules.view import FIELDS, Spot
from monitor.text.fold import compose, fold
from monitor.text.forms import language
from monitor.text.tokens import tokens

_SHORTEST_PART = 4  # letters of a term that are looked for inside longer words
_LEAST_STEM = 3
_MOST_LISTED = 4


def miss_of(condition: Condition, sight: Sight, tried: Sequence[str]) -> str:
    """Why a condition does not hold for the article in sight; ``tried`` are the languages whose terms were."""
    said = ""
    match condition:
        case HasTerm(term):
            said = _no_term(term, sight, tried)
        case HasConcept(name):
            said = _no_concept(sight.concepts[name], sight, tried)
        case All(members):
            said = f"{_failed(members, sight)} of {len(members)} do not hold"
        case AnyOf(members):
            said = f"none of {len(members)} holds"
        case NoneOf(members):
            found = [spot for member in members for spot in spots_of(member, sight) or ()]
            said = f"{_quote(found, sight)} is there" if found else "one of them holds"
        case AtLeast():
            said = f"{len(holding(condition, sight))} found, {condition.n} needed"
        case Near():
            said = _not_near(condition, sight)
        case InField(where, inner):
            said = f"nothing of it in the {where.value}"
            elsewhere = spots_of(inner, Sight(sight.view, sight.concepts))
            if elsewhere:
                said += f"; {_quote(elsewhere, sight)} is in the {FIELDS[elsewhere[0].field]}"
        case _:
            assert_never(condition)
    return said


def _failed(members: Sequence[Condition], sight: Sight) -> int:
    return sum(spots_of(member, sight) is None for member in members)


def _no_term(term: Term, sight: Sight, tried: Sequence[str]) -> str:
    if not _is_tried(term, tried):
        return f"it is a term for {term.lang}, the article was read as {languages_listed(tried)}"
    elsewhere = sight.view.term(term)
    if elsewhere:
        return f"{_quote(elsewhere, sight)} is only in the {FIELDS[elsewhere[0].field]}"
    return "; ".join(["not in the text", *_hints([term], sight)])


def _no_concept(concept: Concept, sight: Sight, tried: Sequence[str]) -> str:
    terms = [term for term in concept.terms if _is_tried(term, tried)]
    if not terms:
        return f"concept `{concept.name}` has no term in {languages_listed(tried)}"
    elsewhere = sight.view.concept(concept)
    if elsewhere:
        return f"{_quote(elsewhere, sight)} is only in the {FIELDS[elsewhere[0].field]}"
    barred = [spot for term in terms for spot in sight.view.term(term)]
    if barred:
        return f"{_quote(barred, sight)} is there, but its exclusions cover it"
    lists = languages_listed(tried) if any(term.lang != ANY_LANGUAGE for term in terms) else ""
    return "; ".join(
        [f"none of its {len(terms)} terms{f' for {lists}' if lists else ''} is there", *_hints(terms, sight)]
    )


def _not_near(near: Near, sight: Sight) -> str:
    members = [spots_of(member, sight) for member in near.members]
    absent = sum(spots is None for spots in members)
    if absent:
        return f"{absent} of {len(members)} are not there"
    present = [spots for spots in members if spots]
    apart = closest(near, present)
    if apart is None:
        unordered = closest(Near(near.members, near.within), present)
        return "they are in different fields" if unordered is None else "they are there in another order"
    if isinstance(near.within, int):
        return f"{apart} words apart, limit {near.within}"
    return f"they are in different {near.within}s, {apart} words apart"


def languages_listed(codes: Sequence[str]) -> str:
    """``de, en``; of many, the likeliest and how many more."""
    few = len(codes) <= _MOST_LISTED
    return ", ".join(codes) if few else f"{', '.join(codes[:2])} and {len(codes) - 2} more languages"


def _is_tried(term: Term, tried: Sequence[str]) -> bool:
    return term.lang == ANY_LANGUAGE or language(term.lang).code in tried


def _quote(spots: Sequence[Spot], sight: Sight) -> str:
    spot = spots[0]
    return f"“{sight.view.texts[spot.field][spot.start : spot.end]}”"


def _hints(terms: Iterable[Term], sight: Sight) -> Iterator[str]:
    """What in the text comes close to a term: a longer word that holds it, or the right letters in the wrong case."""
    words = {token.text: fold(token.text) for field in range(3) for token in tokens(sight.view.texts[field])}
    for term in terms:
        hint = _other_case(term, words) if term.kind is TermKind.EXACT else _compound(term, words)
        if hint:
            yield hint
            return


def _other_case(term: Term, words: dict[str, str]) -> str:
    wanted = fold(term.text)
    found = next((word for word, folded in words.items() if folded == wanted and compose(word) != term.text), "")
    return f"“{found}” is there, in another form than “{term.written}”" if found else ""


def _compound(term: Term, words: dict[str, str]) -> str:
    part = fold(term.text)
    korean = not part.isascii() and "\uac00" <= part[:1] <= "\ud7a3"
    if term.kind is not TermKind.FORMS or not part.isalpha() or len(part) < (2 if korean else _SHORTEST_PART):
        return ""
    stem = next((fold(one) for one in language(term.lang).stems(term.text) if len(one) > _LEAST_STEM), part)
    for word, folded in words.items():
        inside = part if part in folded else stem if stem in folded and len(stem) > _SHORTEST_PART else ""
        if inside and folded != inside:
            pattern = f"{inside}*" if folded.startswith(inside) else f'"*{inside}*"'
            return f"“{word}” contains it: to find such words, add {pattern}"
    return ""
