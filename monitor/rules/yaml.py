"""Reads YAML 1.2 written by hand, with a place for every node; the only module that knows ruamel.yaml.

The file may be half-written, hostile or not YAML at all: the answer is a tree or :class:`ProblemsError`, within two
seconds. Events are composed here and not by the library, because its composer recurses, keeps the last of two equal
keys only on request, and expands aliases without a limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from monitor.rules.problems import Place, Problem, ProblemsError
from monitor.rules.tree import ListNode, MapNode, Node, Scalar, character_name
from monitor.rules.yaml_errors import Fault, syntax_fault

MAX_DEPTH = 40
_MOST_PROBLEMS = 50

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_CORE_TAGS = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be, in bytes and in values with aliases expanded. The parser reads half a MiB a second."""

    size: int = 512 * 1024
    nodes: int = 60_000


RULE_LIMITS = Limits()
CONFIG_LIMITS = Limits(2 * 1024 * 1024, 150_000)  # ten thousand feeds with their settings


def read_yaml(path: Path, limits: Limits = RULE_LIMITS) -> Node:
    """The tree of a file, raising :class:`ProblemsError` if it cannot be read or is not YAML."""
    file = str(path)
    try:
        if not path.is_file():
            kind = "a directory" if path.is_dir() else "there is no such file" if not path.exists() else "not a file"
            raise ProblemsError([Problem(Place(file), "unreadable", f"cannot read this: {kind}")])
        with path.open("rb") as handle:
            data = handle.read(limits.size + 1)
    except OSError as error:
        raise ProblemsError([Problem(Place(file), "unreadable", f"cannot read this: {error.strerror}")]) from None
    return parse_yaml(data, file, limits)


def parse_yaml(source: str | bytes, file: str = "<text>", limits: Limits = RULE_LIMITS) -> Node:
    """The tree of a text, raising :class:`ProblemsError` with every fault found."""
    if len(source) > limits.size:
        sentence = f"larger than {limits.size // 1024} KiB"
        raise ProblemsError([Problem(Place(file), "too-large", sentence, "split the file")])
    text = _decode(source, file) if isinstance(source, bytes) else source
    _refuse_control_characters(text, file)
    composer = _Composer(file, limits.nodes)
    try:
        composer.run(YAML(typ="safe", pure=True).parse(text))
    except _StopComposing:
        pass
    except MarkedYAMLError as error:
        composer.complain(_located(error, text))
    except (YAMLError, ValueError) as error:  # a reader's refusal has no mark
        composer.complain(Fault(1, 1, "syntax", f"not valid YAML: {error}".split("\n", maxsplit=1)[0]))
    if composer.problems:
        raise ProblemsError(composer.problems)
    if composer.root is None or (isinstance(composer.root, Scalar) and composer.root.value is None):
        raise ProblemsError([Problem(Place(file), "empty-file", "the file is empty")])
    return composer.root


class _StopComposing(Exception):  # noqa: N818  (control flow, never seen outside this module)
    """Nothing more can be learned from this file."""


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet; ``weight`` counts its nodes with aliases expanded."""

    place: Place
    anchor: str | None
    mapping: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    key: Scalar | None = None
    weight: int = 1


@dataclass(slots=True)
class _Composer:
    """Builds the tree from parser events with an explicit stack."""

    file: str
    most: int
    root: Node | None = None
    problems: list[Problem] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[Node, int]] = field(default_factory=dict)
    documents: int = 0
    nodes: int = 0

    def run(self, events: Iterator[Any]) -> None:
        """Consume the events; raises ``_StopComposing`` when going on is pointless."""
        for event in events:
            match event:
                case ScalarEvent():
                    self._refuse_tag(event)
                    plain = event.style in (None, "") and event.tag is None
                    self._add(Scalar(event.value, self._place(event), plain), 1, event.anchor)
                case MappingStartEvent() | SequenceStartEvent():
                    self._open(event)
                case MappingEndEvent() | SequenceEndEvent():
                    self._close()
                case AliasEvent():
                    self._alias(event)
                case DocumentStartEvent():
                    self.documents += 1
                    if self.documents > 1:
                        sentence = "a second document starts here; a file holds one"
                        self._report(self._place(event), "several-documents", sentence, "remove the line `---`")
                        raise _StopComposing
                case _:
                    pass

    def complain(self, fault: Fault) -> None:
        """Record a syntax error."""
        self._report(Place(self.file, fault.line, fault.column), fault.kind, fault.sentence, fault.fix)

    def _place(self, event: Any) -> Place:  # noqa: ANN401  (ruamel.yaml's events are untyped)
        mark = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)

    def _report(self, place: Place, kind: str, sentence: str, fix: str = "") -> None:
        self.problems.append(Problem(place, kind, sentence, fix))
        if len(self.problems) >= _MOST_PROBLEMS:
            raise _StopComposing

    def _refuse_tag(self, event: Any) -> None:  # noqa: ANN401
        tag = str(event.tag or "")
        if tag and tag != "!" and not tag.startswith(_CORE_TAGS):
            self._report(self._place(event), "yaml-tag", f"“{tag}” is a YAML tag here, not text", "put it in quotes")

    def _open(self, event: Any) -> None:  # noqa: ANN401
        self._refuse_tag(event)
        place = self._place(event)
        if len(self.stack) >= MAX_DEPTH:
            self._report(place, "too-deep", f"nested more than {MAX_DEPTH} levels deep", "flatten it")
            raise _StopComposing
        self.stack.append(_Open(place, event.anchor, isinstance(event, MappingStartEvent)))

    def _close(self) -> None:
        done = self.stack.pop()
        node = MapNode(done.entries, done.place) if done.mapping else ListNode(tuple(done.items), done.place)
        self._add(node, done.weight, done.anchor)

    def _alias(self, event: Any) -> None:  # noqa: ANN401
        known = self.anchors.get(event.anchor)
        place = self._place(event)
        if known is None:
            name = f"*{event.anchor}"
            sentence = f"“{name}” without quotes is a YAML alias, and nothing is anchored under that name"
            self._report(place, "unquoted-star", sentence, f'write "{name}" in quotes')
            self._add(Scalar(name, place, plain=False), 1, None)
            return
        node, weight = known
        self._add(node, weight, None, alias=place)

    def _add(self, node: Node, weight: int, anchor: str | None, *, alias: Place | None = None) -> None:
        self.nodes += weight if alias else 1
        if self.nodes > self.most:
            sentence = f"more than {self.most:,} values once aliases are expanded"
            self._report(alias or node.place, "too-large", sentence, "split the file")
            raise _StopComposing
        if anchor:
            self.anchors[anchor] = (node, weight)
        if not self.stack:
            if self.root is None:
                self.root = node
            return
        parent = self.stack[-1]
        parent.weight += weight
        if not parent.mapping:
            parent.items.append(node)
        elif parent.key is None:
            parent.key = self._as_key(node)
        else:
            self._add_entry(parent, parent.key, node)

    def _as_key(self, node: Node) -> Scalar:
        if isinstance(node, Scalar) and node.text:
            return node
        self._report(node.place, "bad-key", "a key must be a word", "write `name: value`")
        return Scalar("", node.place)

    def _add_entry(self, parent: _Open, key: Scalar, node: Node) -> None:
        parent.key = None
        first = parent.entries.get(key.text)
        if first is None:
            parent.entries[key.text] = (key, node)
            return
        sentence = f"the key “{key.text}” is written twice; the first is in line {first[0].place.line}"
        self._report(key.place, "duplicate-key", sentence, "join the two or remove one")


def _decode(data: bytes, file: str) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        problem = Problem(Place(file), "not-utf8", "the file is UTF-16", "save it as UTF-8")
        raise ProblemsError([problem])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        start = before.rfind(b"\n") + 1
        place = Place(file, before.count(b"\n") + 1, len(before[start:].decode("utf-8", "replace")) + 1)
        sentence = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        raise ProblemsError([Problem(place, "not-utf8", sentence, "save the file as UTF-8")]) from None


def _refuse_control_characters(text: str, file: str) -> None:
    problems = []
    for found in _CONTROL.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        place = Place(file, line, found.start() - text.rfind("\n", 0, found.start()))
        sentence = f"the control character {character_name(found.group())} stands here"
        problems.append(Problem(place, "control-character", sentence, "delete it"))
        if len(problems) >= _MOST_PROBLEMS:
            break
    if problems:
        raise ProblemsError(problems)


def _located(error: MarkedYAMLError, text: str) -> Fault:
    mark, context = error.problem_mark, error.context_mark
    return syntax_fault(
        text,
        str(error.context or ""),
        (context.line, context.column) if context else None,
        str(error.problem or ""),
        (mark.line, mark.column) if mark else (0, 0),
    )


def rewrite(text: str, change: Callable[[Any], None]) -> str:
    """The document with ``change`` made to its plain data, comments and layout kept where nothing changed."""
    editor = YAML(typ="rt")
    editor.preserve_quotes = True
    editor.width = 4096
    editor.indent(mapping=2, sequence=4, offset=2)
    document = editor.load(text)
    change(document)
    out = StringIO()
    editor.dump(document, out)
    return out.getvalue()
