"""``newsmonitor check``: is there anything wrong with the files."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from monitor.alerts.unheard import unheard
from monitor.assembly import channel_problems, failing_tests
from monitor.cli import app
from monitor.cli.lists import utc_now
from monitor.cli.occurrence import SinceOption, in_archive
from monitor.cli.options import CONFIG, RULES, ConfigOption, JsonOption, RulesOption
from monitor.cli.source_lines import source_line
from monitor.cli.terminal import counted, err, out, print_json, problem_json, problem_text
from monitor.config import Config, known_names, load_config, routing_of
from monitor.rules.lint import Known
from monitor.rules.loader import RuleSet, load_rules
from monitor.rules.model import Term
from monitor.rules.problems import Gravity, Problem, ProblemsError
from monitor.shelf import keep_forms

MOST_WITH_SOURCE = 20


@app.command(
    epilog="Examples:  newsmonitor check   ·   newsmonitor check --rules drafts --strict   ·   newsmonitor check --json"
    "   ·   newsmonitor check --since 90d"
)
def check(
    config: ConfigOption = CONFIG,
    rules: RulesOption = None,
    json: JsonOption = False,
    since: SinceOption = "",
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings, too.")] = False,
) -> None:
    """Check configuration and rules: every problem with file:line:column and what to write instead.

    A test in a rule that fails is an error: the daemon would not take the rules up.
    """
    keep_forms()
    settings, problems = _settings(config, needed=rules is None)
    directory = rules or (settings.rules if settings is not None else config.parent / RULES)
    known = _known(settings, directory)
    found, more = _rules(directory, known)
    if since and found is not None:
        found, more = _rules(directory, known, in_archive(found.rules, settings, since).seen)
    failing = failing_tests(found) if found is not None else []
    nobody = _unheard(found, settings) if found is not None and settings is not None else []
    problems = sorted({*problems, *more, *failing, *nobody})
    errors = sum(problem.gravity is Gravity.ERROR for problem in problems)
    if json:
        print_json([problem_json(problem) for problem in problems])
    else:
        _show(problems, config)
        _summary(settings, found, errors, len(problems) - errors)
    if errors or (strict and problems):
        raise typer.Exit(1)


def _show(problems: list[Problem], config: Path) -> None:
    """Every problem; of few, also the lines they are in. A line of the configuration may hold a password."""
    for problem in problems:
        err.print(problem_text(problem))
        if len(problems) <= MOST_WITH_SOURCE and problem.place.file != str(config):
            line = source_line(problem.place)
            if line is not None:
                err.print(line)


def _settings(path: Path, *, needed: bool) -> tuple[Config | None, list[Problem]]:
    if not path.exists() and not needed:
        return None, []
    try:
        settings = load_config(path, os.environ)
    except ProblemsError as error:
        return None, list(error.problems)
    return settings, [*settings.warnings, *channel_problems(settings, path, utc_now)]


def _known(settings: Config | None, directory: Path) -> Known:
    """The names of the config; a directory that is not its own may be for another one, so there they are advice."""
    if settings is None:
        return Known()
    own = directory.resolve() == settings.rules.resolve()
    return replace(known_names(settings), gravity=Gravity.ERROR if own else Gravity.WARNING)


def _rules(
    directory: Path, known: Known, seen: Callable[[Term], bool] | None = None
) -> tuple[RuleSet | None, list[Problem]]:
    try:
        found = load_rules(directory, known, seen=seen)
    except ProblemsError as error:
        return None, list(error.problems)
    return found, list(found.warnings)


def _unheard(found: RuleSet, settings: Config) -> list[Problem]:
    """Rules that reach nobody; where one names a channel that is not there, that was said."""
    known = [rule for rule in found.rules if settings.channels.keys() >= set(rule.alert.to)]
    return list(unheard(known, routing_of(settings), utc_now()))


def _summary(settings: Config | None, found: RuleSet | None, errors: int, warnings: int) -> None:
    if errors:
        err.print(f"[bold red]{counted(errors, 'error')}[/], {counted(warnings, 'warning')}")
        return
    parts = []
    if settings is not None:
        parts += [counted(len(settings.feeds), "feed"), counted(len(settings.channels), "channel")]
    if found is not None:
        parts += [counted(len(found.rules), "rule"), counted(len(found.concepts), "concept")]
    said = f", {counted(warnings, 'warning')}" if warnings else ""
    out.print(f"[green]ok[/]: {', '.join(parts)}{said}")
