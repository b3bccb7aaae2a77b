"""``newsmonitor route test``: who would get what, and why; who would not, and why not."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from monitor.alerts.ledger import Ledger
from monitor.alerts.plan import explain, plan
from monitor.alerts.routes import AlertFacts
from monitor.cli import app
from monitor.cli.lists import plain, utc_now
from monitor.cli.names import checked_languages, no_such
from monitor.cli.options import CONFIG, ConfigOption, JsonOption
from monitor.cli.terminal import out, print_json, printable
from monitor.config import known_names, load_config, routing_of
from monitor.errors import UsageError
from monitor.rules.loader import load_rules
from monitor.rules.model import Severity

route_app = typer.Typer(help="Where alerts go.")
app.add_typer(route_app, name="route")


@route_app.callback()
def _group() -> None:
    """Make ``test`` a command of its own, however few there are."""


@route_app.command("test", epilog="Examples:  newsmonitor route test dprk-russia-arms --severity critical --lang ko")
def route_test(
    rule: Annotated[str, typer.Argument(metavar="[RULE]", help="One rule; all of them if left out.")] = "",
    severity: Annotated[
        str, typer.Option("--severity", help="As if the alert had this; the rule's own if left out.")
    ] = "",
    lang: Annotated[
        list[str] | None, typer.Option("--lang", help="As if the story was told in these languages.")
    ] = None,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
) -> None:
    """Say who would get an alert of a rule if it were raised now, and when."""
    settings = load_config(config, os.environ, secrets=False)
    routing, now = routing_of(settings), utc_now()
    every, languages = load_rules(settings.rules, known_names(settings)).rules, checked_languages(lang or ())
    rules = [one for one in every if rule in {"", one.id}]
    if rule and not rules:
        raise no_such("rule", rule, [one.id for one in every])
    rows = []
    for one in rules:
        level = _severity(severity) if severity else one.severity
        planned = plan(AlertFacts(one.id, level, one.alert, one.tags, languages), routing, Ledger(), now)
        rows.append({"rule": one.id, "severity": level, "deliveries": planned.deliveries, "skipped": planned.skipped})
        if not json:
            out.print(f"[bold]{one.id}[/] {level.word}")
            for line in explain(planned) or ("✗ nobody: the rule names no channel and no route holds",):
                out.print(f"  {printable(line)}", markup=False)
    if json:
        print_json(plain(rows))


def _severity(word: str) -> Severity:
    try:
        return Severity[word.upper()]
    except KeyError:
        raise UsageError(f"“{word}” is no severity: {', '.join(one.word for one in Severity)}") from None
