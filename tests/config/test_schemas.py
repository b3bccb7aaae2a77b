"""The committed JSON Schemas are those the models give, and every setting is documented."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from monitor.config import Config
from monitor.config.schema import all_schemas
from monitor.rules.shapes import RuleShape

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", sorted(all_schemas()))
def test_a_committed_schema_is_the_generated_one(name: str) -> None:
    committed = (ROOT / "schemas" / name).read_text(encoding="utf-8")
    assert committed == all_schemas()[name], "run `make schemas`"


@pytest.mark.parametrize("name", sorted(all_schemas()))
def test_every_reference_of_a_schema_leads_somewhere(name: str) -> None:
    schema = json.loads(all_schemas()[name])
    references = set(re.findall(r'"\$ref": "#/\$defs/(\w+)"', all_schemas()[name]))
    assert references <= set(schema["$defs"])
    assert "x-ref" not in all_schemas()[name]
    assert "x-secret" not in all_schemas()[name]


def test_a_secret_may_be_read_from_a_file_in_the_schema_too() -> None:
    schema = json.loads(all_schemas()["config.json"])
    channel = schema["$defs"]["ChannelSettings"]["anyOf"][1]["properties"]
    assert {"url", "url_file", "secret", "secret_file"} <= set(channel)
    assert "auth_file" in schema["$defs"]["FeedSettings"]["anyOf"][1]["properties"]


def settings_of(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Every key of a model and the models in it, with what it is described as."""
    for name, info in model.model_fields.items():
        yield info.alias or name, info.description or ""
        for inner in _models_in(info.annotation):
            yield from settings_of(inner)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401  (annotations are of any type)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


@pytest.mark.parametrize(
    ("model", "page"),
    [pytest.param(Config, "configuration.md", id="config"), pytest.param(RuleShape, "rules.md", id="rule")],
)
def test_every_setting_has_a_row_in_the_documentation(model: type[BaseModel], page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)) | set(
        re.findall(r"^#+ `([^`:]+):?`", text, re.MULTILINE)
    )
    names = dict(settings_of(model))
    assert {name for name in names if name not in rows} == set()
    assert all(names.values()), "every field has a description"


def test_every_default_is_written_in_the_documentation() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    polling = json.loads(all_schemas()["config.json"])["$defs"]["PollingSettings"]["properties"]
    for name, shape in polling.items():
        default = shape["default"]
        if isinstance(default, str | int | float) and not isinstance(default, bool):
            assert re.search(rf"^\| `{name}` \| `?{re.escape(str(default))}`? \|", text, re.MULTILINE), name
