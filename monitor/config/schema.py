"""Writes the JSON Schemas of all files that people edit: ``python -m monitor.config.schema schemas``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from monitor.config.settings import Config
from monitor.rules.schema import concepts_schema, model_schema, rule_schema, schema_text


def config_schema() -> dict[str, Any]:
    """The schema of config.yaml."""
    schema = model_schema(Config, "Configuration of newsmonitor")
    for name in ("FeedSettings", "ChannelSettings", "DigestSettings"):  # each may be a single text
        schema["$defs"][name] = {"anyOf": [{"type": "string"}, schema["$defs"][name]]}
    for shape in schema["$defs"]["ChannelSettings"]["anyOf"][1]["properties"].values():
        shape.pop("title", None)
    return schema


def all_schemas() -> dict[str, str]:
    """Every schema by the name of its file."""
    return {
        "config.json": schema_text(config_schema()),
        "rule.json": schema_text(rule_schema()),
        "concepts.json": schema_text(concepts_schema()),
    }


def main() -> None:
    """Write them into the directory named on the command line."""
    directory = Path(sys.argv[1] if len(sys.argv) > 1 else "schemas")
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in all_schemas().items():
        (directory / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
