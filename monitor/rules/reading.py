"""What the lexicon says of one piece of text: how many words it has, and which slots they fill."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple, Protocol

UNCOUNTED = -1


class Find(NamedTuple):
    """A slot filled by words ``first`` to ``last``, at these offsets; all relative to the piece it was found in.

    The words of pieces without spaces are ``UNCOUNTED``: few of them are ever asked for.
    """

    slot: int
    first: int
    last: int
    start: int
    end: int


class Signs(Protocol):
    """What a set of filled slots says about a text; see :mod:`monitor.rules.vocabulary`."""

    @property
    def slots(self) -> frozenset[int]:
        """The slots themselves."""

    @property
    def terms(self) -> frozenset[int]:
        """Terms that may be there."""

    @property
    def groups(self) -> frozenset[int]:
        """Groups of which such a term is one."""

    @property
    def joints(self) -> Collection[int]:
        """Slots that phrases need."""

    @property
    def beginnings(self) -> Collection[int]:
        """Slots that phrases begin with."""


_NO_JOINTS: Mapping[int, list[Find]] = {}


class Reading:
    """A piece of text that is not just one word without meaning; how many ``words`` it has may be ``UNCOUNTED``."""

    __slots__ = ("beginnings", "finds", "groups", "joints", "joints_at", "slots", "terms", "words")

    def __init__(self, words: int, finds: tuple[Find, ...], signs: Signs) -> None:
        self.words = words
        self.finds = finds
        self.slots = signs.slots
        self.terms = signs.terms
        self.groups = signs.groups
        self.joints = signs.joints
        self.beginnings = signs.beginnings
        self.joints_at = _joints_at(finds, signs.joints) if signs.joints else _NO_JOINTS


def _joints_at(finds: tuple[Find, ...], joints: Collection[int]) -> Mapping[int, list[Find]]:
    """For each word that may be part of a phrase, what it is there."""
    found: dict[int, list[Find]] = {}
    for find in finds:
        if find.slot in joints:
            found.setdefault(find.first, []).append(find)
    return found
