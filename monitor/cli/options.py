"""Options that several commands share, and loading what they point at."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.terminal import show_problems
from monitor.config import Config, known_names, load_config
from monitor.rules.lint import Known
from monitor.rules.loader import RuleSet, load_rules

ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", envvar="NEWSMONITOR_CONFIG", help="The configuration file.", dir_okay=False)
]
RulesOption = Annotated[
    Path | None, typer.Option("--rules", help="Directory of rules; the one config.yaml names if left out.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]

CONFIG = Path("config.yaml")
RULES = Path("rules")


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rules to work with, and the configuration if there is one."""

    rules: RuleSet
    config: Config | None


def load_all(config_path: Path, rules_dir: Path | None, *, warn: bool = True) -> Loaded:
    """The rules of ``--rules``, of config.yaml, or of ``./rules``, in this order.

    With ``--rules`` names of channels and feeds are not checked: the directory may be somebody else's. Secrets are not
    read: who writes rules need not be let into the channels.
    """
    from monitor.shelf import keep_forms  # noqa: PLC0415  (who only asks the archive needs no dictionaries)

    keep_forms()
    config = load_config(config_path, os.environ, secrets=False) if config_path.exists() else None
    known = known_names(config) if config is not None and rules_dir is None else Known()
    found = load_rules(rules_dir or (config.rules if config is not None else RULES), known)
    if warn and found.warnings:
        show_problems(found.warnings)
    return Loaded(found, config)
