"""Walks over the parts of a condition."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.rules.model import All, AnyOf, AtLeast, Condition, HasConcept, HasTerm, InField, Near, NoneOf, Term
from monitor.rules.problems import Place


def members_of(condition: Condition) -> tuple[Condition, ...]:
    """The conditions directly inside it."""
    match condition:
        case All() | AnyOf() | NoneOf() | AtLeast() | Near():
            return condition.members
        case InField():
            return (condition.condition,)
        case HasTerm() | HasConcept():
            return ()


def walk(condition: Condition) -> Iterator[Condition]:
    """The condition and everything in it, from the outside in."""
    yield condition
    for member in members_of(condition):
        yield from walk(member)


def concept_names(condition: Condition) -> Iterator[tuple[str, Place]]:
    """The concepts it names, and where."""
    for part in walk(condition):
        if isinstance(part, HasConcept):
            yield part.name, part.place


def terms_in(condition: Condition) -> Iterator[Term]:
    """The terms written directly in it."""
    for part in walk(condition):
        if isinstance(part, HasTerm):
            yield part.term
