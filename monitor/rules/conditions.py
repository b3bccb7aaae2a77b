"""Reads the condition tree of a rule file: terms, concepts, ``all``, ``near`` and the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from monitor.rules.languages import did_you_mean
from monitor.rules.model import (
    ANY_LANGUAGE,
    All,
    AnyOf,
    AtLeast,
    Condition,
    HasConcept,
    HasTerm,
    InField,
    Near,
    NoneOf,
    TextField,
)
from monitor.rules.problems import Place, Problem, ProblemsError
from monitor.rules.terms import parse_term, term_text
from monitor.rules.tree import ListNode, MapNode, Node, Scalar, describe

Unit = Literal["sentence", "paragraph"]
_UNITS: tuple[Unit, ...] = ("sentence", "paragraph")
_FIELDS = {where.value: where for where in TextField}
KEYWORDS = frozenset({"all", "any", "none", "at_least", "near", *_FIELDS})


@dataclass(slots=True)
class ConditionReader:
    """Reads conditions of one file and collects every problem on the way; ``None`` stands for what is faulty."""

    problems: list[Problem] = field(default_factory=list)

    def read(self, node: Node) -> Condition | None:
        """One condition."""
        try:
            match node:
                case Scalar():
                    return _leaf(node)
                case ListNode():
                    members = self._members(node)
                    return AnyOf(members, node.place) if members else None
                case MapNode():
                    return self._mapping(node)
        except ProblemsError as error:
            self.problems.extend(error.problems)
            return None

    def _mapping(self, node: MapNode) -> Condition | None:
        if not node.entries:
            raise _refusal(node.place, "empty-list", "an empty condition", "write terms or conditions here")
        parts: list[Condition] = []
        for key, value in node:
            part = self._keyword(key, value)
            if part is None:
                continue
            # `all` beside other keys is one conjunction, not a conjunction inside another
            if isinstance(part, All) and len(node.entries) > 1:
                parts.extend(part.members)
            else:
                parts.append(part)
        if len(node.entries) == 1:
            return parts[0] if parts else None
        return All(tuple(parts), node.place) if parts else None

    def _keyword(self, key: Scalar, value: Node) -> Condition | None:
        readers: dict[str, Callable[[Place, Node], Condition | None]] = {
            "all": lambda place, node: self._group(All, place, node),
            "any": lambda place, node: self._group(AnyOf, place, node),
            "none": lambda place, node: self._group(NoneOf, place, node),
            "at_least": self._at_least,
            "near": self._near,
        }
        word = key.text
        try:
            if word in readers:
                return readers[word](key.place, value)
            if word in _FIELDS:
                inner = self.read(value)
                return InField(_FIELDS[word], inner, key.place) if inner is not None else None
            hint = did_you_mean(word, KEYWORDS)
            if not hint.startswith("did"):
                hint = 'quote the term if it contains a colon: "…: …"'
            raise _refusal(key.place, "unknown-condition", f"“{word}” is not a condition", hint)
        except ProblemsError as error:  # the other keys of this mapping are read all the same
            self.problems.extend(error.problems)
            return None

    def _group(self, kind: type[All | AnyOf | NoneOf], place: Place, node: Node) -> Condition | None:
        members = self._members(node)
        return kind(members, place) if members else None

    def _members(self, node: Node) -> tuple[Condition, ...]:
        if not isinstance(node, ListNode):
            one = self.read(node)
            return (one,) if one is not None else ()
        if not node.items:
            raise _refusal(node.place, "empty-list", "an empty list", "write terms or conditions in it, or remove it")
        return tuple(member for item in node.items if (member := self.read(item)) is not None)

    def _at_least(self, place: Place, node: Node) -> Condition | None:
        fields = _fields(place, node, _AT_LEAST)
        members = self._members(fields["of"])
        n = _count(fields["n"])
        return AtLeast(n, members, place) if members else None

    def _near(self, place: Place, node: Node) -> Condition | None:
        fields = _fields(place, node, _NEAR)
        members = self._members(fields["of"])
        within = _within(fields["within"])
        ordered = _flag(fields["ordered"]) if "ordered" in fields else False
        return Near(members, within, ordered, place) if members else None


@dataclass(frozen=True, slots=True)
class _Form:
    """The parts of a condition that has parts by name, and how it is written."""

    word: str
    needed: frozenset[str]
    written: str
    optional: frozenset[str] = frozenset()


_AT_LEAST = _Form("at_least", frozenset({"n", "of"}), "{n: 2, of: […]}")
_NEAR = _Form("near", frozenset({"of", "within"}), "{of: [a, b], within: 12}", frozenset({"ordered"}))


def _leaf(node: Scalar) -> Condition:
    text = term_text(node, "a condition")
    if isinstance(text, Problem):
        raise ProblemsError([text])
    if text.strip().startswith("$"):
        name = text.strip()[1:]
        if not name:
            raise _refusal(node.place, "empty-term", "a $ without a name", "write $name")
        return HasConcept(name, node.place)
    term = parse_term(text, ANY_LANGUAGE, node.place)
    if isinstance(term, Problem):
        raise ProblemsError([term])
    return HasTerm(term, node.place)


def _fields(place: Place, node: Node, form: _Form) -> dict[str, Node]:
    if not isinstance(node, MapNode):
        sentence = f"“{form.word}” needs its parts by name"
        raise _refusal(place, "wrong-type", sentence, f"write `{form.word}: {form.written}`")
    known = form.needed | form.optional
    problems = [
        Problem(
            key.place,
            "unknown-key",
            f"the key “{key.text}” is not known in “{form.word}”",
            did_you_mean(key.text, known),
        )
        for key, _ in node
        if key.text not in known
    ]
    for name in sorted(form.needed - node.entries.keys()):
        sentence = f"the key “{name}” is missing in “{form.word}”"
        problems.append(Problem(place, "missing-key", sentence, f"write `{form.word}: {form.written}`"))
    if problems:
        raise ProblemsError(problems)
    return {name: value for name, (_, value) in node.entries.items()}


def _count(node: Node) -> int:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _refusal(node.place, "wrong-type", f"“n” should be a whole number, and this is {describe(node)}")


def _within(node: Node) -> int | Unit:
    value = node.value if isinstance(node, Scalar) else None
    for unit in _UNITS:
        if value == unit:
            return unit
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    fix = "write a number of words, `sentence` or `paragraph`"
    raise _refusal(node.place, "unknown-value", f"“within” cannot be {describe(node)}", fix)


def _flag(node: Node) -> bool:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool):
        return value
    raise _refusal(node.place, "wrong-type", f"“ordered” should be true or false, and this is {describe(node)}")


def _refusal(place: Place, kind: str, sentence: str, fix: str = "") -> ProblemsError:
    return ProblemsError([Problem(place, kind, sentence, fix)])
