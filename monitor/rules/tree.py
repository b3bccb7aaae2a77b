"""A YAML file as values that know their place, so that every later complaint can point at line and column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from monitor.rules.problems import Place

Value: TypeAlias = str | int | float | bool | None
Plain: TypeAlias = "Value | list[Plain] | dict[str, Plain]"

# The core schema of YAML 1.2 (§10.3.2): what an unquoted scalar means. `no`, `22:30` and `2024-05-01` are text.
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")  # no setting of ours is infinite
_LONGEST_NUMBER = 300  # beyond it int() refuses or float() is infinite; such a scalar is text


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, number, truth value or nothing. ``plain`` means it was written without quotes."""

    text: str
    place: Place
    plain: bool = True

    @property
    def value(self) -> Value:
        """What YAML 1.2 makes of it."""
        if not self.plain or len(self.text) > _LONGEST_NUMBER:
            return self.text
        if self.text in _NULL:
            return None
        if self.text in _BOOL:
            return _BOOL[self.text]
        return _number(self.text)

    @property
    def is_text(self) -> bool:
        """Whether YAML leaves it a text."""
        return isinstance(self.value, str)


@dataclass(frozen=True, slots=True)
class ListNode:
    """A sequence."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping; keys are texts and remember where they stand."""

    entries: Mapping[str, tuple[Scalar, Node]]
    place: Place

    def get(self, key: str) -> Node | None:
        """The value under a key."""
        entry = self.entries.get(key)
        return entry[1] if entry else None

    def key_place(self, key: str) -> Place:
        """Where the key is written, the mapping's own place if it is not."""
        entry = self.entries.get(key)
        return entry[0].place if entry else self.place

    def __iter__(self) -> Iterator[tuple[Scalar, Node]]:
        return iter(self.entries.values())


Node: TypeAlias = Scalar | ListNode | MapNode


def to_plain(node: Node) -> Plain:
    """The same tree without places, as a YAML library would give it."""
    match node:
        case Scalar():
            return node.value
        case ListNode():
            return [to_plain(item) for item in node.items]
        case MapNode():
            return {key: to_plain(value) for key, (_, value) in node.entries.items()}


def describe(node: Node) -> str:
    """What a node is, for a sentence: ``a list``, ``the number 1991``, ``nothing``."""
    match node:
        case ListNode():
            return "a list"
        case MapNode():
            return "a mapping"
        case Scalar():
            value = node.value
            if value is None:
                return "nothing"
            if isinstance(value, bool):
                return f"the truth value {node.text}"
            if isinstance(value, int | float):
                return f"the number {node.text}"
            return f"the text “{shorten(node.text)}”"


def shorten(text: str, width: int = 60) -> str:
    """A text fit for one line of a message."""
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"


def character_name(character: str) -> str:
    """A character by number and name: ``U+0008``, ``U+200B ZERO WIDTH SPACE``."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def _number(text: str) -> Value:
    if _INT.fullmatch(text):
        return int(text, 0 if text.startswith(("0o", "0x")) else 10)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
