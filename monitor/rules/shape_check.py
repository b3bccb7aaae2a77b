"""Holds a located tree against a pydantic model and turns what pydantic says into located problems."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from monitor.rules.languages import did_you_mean
from monitor.rules.problems import Place, Problem
from monitor.rules.tree import ListNode, MapNode, Node, Plain, Scalar, describe, to_plain

M = TypeVar("M", bound=BaseModel)

_EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "time_delta_type": "a duration such as 30s or 3d",
    "is_instance_of": "a value of the right kind",
}


def check_shape(
    node: Node, model: type[M], *, plain: Plain | None = None, secret_keys: frozenset[str] = frozenset()
) -> tuple[M | None, list[Problem]]:
    """The model read from a tree, or every fault with its place.

    ``plain`` replaces the tree's own values (after interpolation, say); values under ``secret_keys`` never appear in
    a sentence.
    """
    try:
        return model.model_validate(to_plain(node) if plain is None else plain), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        return None, [_problem(detail, node, model, secret_keys) for detail in details]


def _problem(detail: ErrorDetails, node: Node, model: type[BaseModel], secret_keys: frozenset[str]) -> Problem:
    loc, kind = detail["loc"], detail["type"]
    found, path = _follow(node, loc)
    context: Mapping[str, Any] = detail.get("ctx", {})
    if kind == "extra_forbidden":
        key, hint = str(loc[-1]), did_you_mean(str(loc[-1]), names_at(model, loc[:-1]))
        parent = _follow(node, loc[:-1])[0]
        at = parent.key_place(key) if isinstance(parent, MapNode) else parent.place
        return Problem(at, "unknown-key", f"the key “{key}” is not known here", hint)
    place = _place(node, path)
    if kind == "missing":
        return Problem(place, "missing-key", f"the key “{loc[-1]}” is missing", f"add `{loc[-1]}: …`")
    if "sentence" in context:
        return Problem(place, kind, str(context["sentence"]), str(context.get("fix", "")))
    hide = any(str(part).removesuffix("_file") in secret_keys for part in path)
    slug, sentence, fix = _standard(detail, found, str(path[-1]) if path else "", hide=hide)
    return Problem(place, slug, sentence, fix)


def _standard(detail: ErrorDetails, found: Node, name: str, *, hide: bool) -> tuple[str, str, str]:
    """Slug, sentence and fix for one of pydantic's own error types."""
    kind, context = detail["type"], detail.get("ctx", {})
    said = "a value not shown" if hide else describe(found)
    text = found.text if isinstance(found, Scalar) and not hide else ""
    if kind in {"literal_error", "enum"}:
        choices = _choices(str(context.get("expected", "")))
        return "unknown-value", f"“{name}” cannot be {said}", did_you_mean(text, choices)
    if kind == "string_type" and isinstance(found, Scalar) and found.value is not None:
        fix = f'write "{text}" in quotes' if text else "put it in quotes"
        return "not-text", f"YAML reads this as {said}, not as text", fix
    if kind in _EXPECTED:
        return "wrong-type", f"“{name}” should be {_EXPECTED[kind]}, and this is {said}", ""
    if kind == "string_pattern_mismatch":
        return "bad-name", f"{said} is not a usable {name}", "use lower-case letters, digits and hyphens"
    message = detail["msg"]
    return "bad-value", f"“{name}”: {message[:1].lower()}{message[1:]}", ""


def _choices(expected: str) -> list[str]:
    """The names in pydantic's ``'a', 'b' or 'c'``."""
    return expected.split("'")[1::2]


def _follow(node: Node, loc: Sequence[int | str]) -> tuple[Node, tuple[int | str, ...]]:
    """Go down the tree as far as the location leads, skipping what pydantic adds for unions and missing keys."""
    path: list[int | str] = []
    for part in loc:
        if isinstance(node, MapNode) and str(part) in node.entries:
            node = node.entries[str(part)][1]
        elif isinstance(node, ListNode) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
        else:
            continue
        path.append(part)
    return node, tuple(path)


def _place(node: Node, path: Sequence[int | str]) -> Place:
    """Where a complaint points: at the key of an unknown or mistyped entry's value if it has one on that line."""
    place = node.place
    for at, part in enumerate(path):
        if isinstance(node, MapNode) and str(part) in node.entries:
            key, value = node.entries[str(part)]
            last = at == len(path) - 1
            collection = isinstance(value, MapNode | ListNode)
            place = key.place if last and (collection or value.place.line != key.place.line) else value.place
            node = value
        elif isinstance(node, ListNode) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
            place = node.place
    return place


def names_at(model: type[BaseModel], loc: Sequence[int | str]) -> list[str]:
    """The keys a model allows at a location."""
    current: Any = model
    for part in loc:
        fields = _fields(current)
        if fields is not None:
            current = fields.get(str(part), current)
        else:
            inner = [a for a in get_args(current) if a is not type(None) and a is not Ellipsis and a is not str]
            current = inner[-1] if inner else current
        current = _unwrapped(current)
    fields = _fields(_unwrapped(current))
    return sorted(fields) if fields is not None else []


def _fields(model: Any) -> dict[str, Any] | None:  # noqa: ANN401  (annotations are of any type)
    if isinstance(model, type) and issubclass(model, BaseModel):
        return {info.alias or name: info.annotation for name, info in model.model_fields.items()}
    return None


def _unwrapped(annotation: Any) -> Any:  # noqa: ANN401
    """``X`` of ``X | None``; other annotations as they are."""
    if get_origin(annotation) in {Union, types.UnionType}:
        inner = [argument for argument in get_args(annotation) if argument is not type(None)]
        return inner[0] if len(inner) == 1 else annotation
    return annotation
