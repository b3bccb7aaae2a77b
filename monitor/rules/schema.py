"""JSON Schemas of rule and concept files, so that an editor completes and checks as one types."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaWarningKind

from monitor.rules.languages import LANGUAGES
from monitor.rules.model import ANY_LANGUAGE, TextField
from monitor.rules.shapes import NAME, ConceptsShape, RuleShape

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MODELINE = "# yaml-language-server: $schema={path}"
"""The first line of a file that names its schema for editors."""

_EXPECTED_WARNINGS: tuple[JsonSchemaWarningKind, ...] = ("skipped-choice", "non-serializable-default")
_TERM = {"type": "string", "minLength": 1}
_TERMS = {"anyOf": [{"$ref": "#/$defs/term"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/term"}}]}
_LISTS = {
    "type": "object",
    "propertyNames": {"enum": sorted({*LANGUAGES, ANY_LANGUAGE})},
    "additionalProperties": {"$ref": "#/$defs/terms"},
    "minProperties": 1,
}
_CONDITION = {"$ref": "#/$defs/condition"}
_CONDITIONS = {"anyOf": [_CONDITION, {"type": "array", "minItems": 1, "items": _CONDITION}]}


def rule_schema() -> dict[str, Any]:
    """The schema of a rule file."""
    schema = model_schema(RuleShape, "A rule of newsmonitor")
    test = schema["$defs"]["TestShape"]
    headline = {"type": "string", "description": "A headline in this language: short for title and lang."}
    test["patternProperties"] = {f"^({'|'.join(sorted(LANGUAGES))})$": headline}
    schema["$defs"]["TestShape"] = {"anyOf": [{"type": "string"}, test]}
    schema["$defs"] |= {"condition": _condition(), "concept": _concept(), "terms": _TERMS, "term": _term()}
    return schema


def concepts_schema() -> dict[str, Any]:
    """The schema of a file of shared concepts."""
    schema = model_schema(ConceptsShape, "Shared concepts of newsmonitor")
    schema["propertyNames"] = {"pattern": NAME}
    schema["$defs"] = {"concept": _concept(), "terms": _TERMS, "term": _term()}
    return schema


def model_schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    """The schema of what may stand in a file for a model."""
    schema = model.model_json_schema(by_alias=True, mode="validation", schema_generator=_Generator)
    _tidy(schema)
    return {"$schema": DIALECT, **schema, "title": title}


def schema_text(schema: dict[str, Any]) -> str:
    """As it is committed."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


class _Generator(GenerateJsonSchema):
    """A secret is read from a text; that it may also be an object in memory is no business of a file."""

    ignored_warning_kinds: set[JsonSchemaWarningKind] = set(_EXPECTED_WARNINGS)  # noqa: RUF012  (pydantic's type)


def _tidy(node: Any) -> None:  # noqa: ANN401  (JSON)
    """Drop the titles pydantic makes up, and give every secret its ``_file`` twin."""
    if isinstance(node, list):
        for item in node:
            _tidy(item)
    if not isinstance(node, dict):
        return
    properties = node.get("properties")
    if isinstance(properties, dict):
        for name, shape in list(properties.items()):
            shape.pop("title", None)
            if _is_secret(shape):
                properties[f"{name}_file"] = {"type": "string", "description": f"A file that holds `{name}`."}
    for item in node.values():
        _tidy(item)
    node.pop("x-secret", None)
    if "x-ref" in node:  # a reference to a definition that pydantic does not know of
        node["$ref"] = node.pop("x-ref")


def _is_secret(shape: dict[str, Any]) -> bool:
    return bool(shape.get("x-secret")) or any(option.get("x-secret") for option in shape.get("anyOf", []))


def _term() -> dict[str, Any]:
    meaning = (
        "missile: all its forms · artillery shell: a phrase · =WHO: exactly this · rocket*, *rakete* (quote it): any "
        "ending, anywhere in a word · /regex/: RE2 · $name: a concept"
    )
    return {**_TERM, "description": meaning}


def _concept() -> dict[str, Any]:
    full = {
        "type": "object",
        "additionalProperties": False,
        "required": ["terms"],
        "properties": {
            "title": {"type": "string", "description": "What people see."},
            "wikidata": {"type": "string", "pattern": "^Q[0-9]+$", "description": "The item it stands for: Q423."},
            "terms": {**_LISTS, "description": "Terms per language; `any` is for all."},
            "not": {**_LISTS, "description": "Words that contain a term and mean something else."},
        },
    }
    return {"anyOf": [full, _LISTS], "description": "One idea in every language you read."}


def _condition() -> dict[str, Any]:
    group = {"all": "Every member holds.", "any": "A member holds.", "none": "No member holds."}
    properties: dict[str, Any] = {word: {**_CONDITIONS, "description": text} for word, text in group.items()}
    for where in TextField:
        properties[where.value] = {**_CONDITIONS, "description": f"The same, looking at the {where.value} only."}
    properties["at_least"] = _parts(
        {"n": {"type": "integer", "minimum": 1}, "of": _CONDITIONS}, ["n", "of"], "So many different members hold."
    )
    within = {"anyOf": [{"type": "integer", "minimum": 1}, {"enum": ["sentence", "paragraph"]}]}
    properties["near"] = _parts(
        {"of": _CONDITIONS, "within": within, "ordered": {"type": "boolean", "default": False}},
        ["of", "within"],
        "All of them within so many words, in one field.",
    )
    mapping = {"type": "object", "additionalProperties": False, "minProperties": 1, "properties": properties}
    listed = {"type": "array", "minItems": 1, "items": _CONDITION}
    return {"anyOf": [{"$ref": "#/$defs/term"}, listed, mapping]}


def _parts(properties: dict[str, Any], required: list[str], description: str) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": properties,
        "description": description,
    }
