"""``newsmonitor rules``: what is looked for."""

from __future__ import annotations

import typer
from rich.table import Table

from monitor.cli import app
from monitor.cli.lists import utc_now
from monitor.cli.options import CONFIG, ConfigOption, JsonOption, RulesOption, load_all
from monitor.cli.rules_diff import diff
from monitor.cli.terminal import err, out, print_json, printable, severity_text
from monitor.config import Config
from monitor.installation import DATABASE, open_archive
from monitor.rules.model import ANY_LANGUAGE, Rule
from monitor.store.rules import RuleAtWork
from monitor.store.rules import every as rules_at_work

rules_app = typer.Typer(
    invoke_without_command=True,
    epilog="Examples:  newsmonitor rules   ·   newsmonitor rules --json | jq '.[] | select(.status == \"live\")'",
)
app.add_typer(rules_app, name="rules")
rules_app.command("diff", epilog="Examples:  newsmonitor rules diff   ·   newsmonitor rules diff arms-next --since 7d")(
    diff
)


@rules_app.callback()
def rules(
    context: typer.Context, config: ConfigOption = CONFIG, rules: RulesOption = None, json: JsonOption = False
) -> None:
    """List the rules: status, severity, tests, cost, languages; `rules diff` shows what a rule on trial would tell."""
    if context.invoked_subcommand:
        return
    loaded = load_all(config, rules, warn=False)
    at_work = _at_work(loaded.config) if rules is None else {}
    if json:
        print_json([_facts(rule, at_work.get(rule.id)) for rule in loaded.rules.rules])
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("rule", "status", "severity", "tests", "ms", "languages", "to", "title"):
        table.add_column(heading, no_wrap=heading in {"rule", "status", "severity"})
    for rule in loaded.rules.rules:
        running = at_work.get(rule.id)
        counts = "/".join(str(_tests(rule, kind)) for kind in ("match", "no_match", "known_miss"))
        table.add_row(
            rule.id,
            "[red]left out[/]" if running and running.failure else rule.status.value,
            severity_text(rule.severity),
            counts,
            f"{running.milliseconds:.2f}" if running and running.runs else "",
            ", ".join(languages_of_rule(rule)),
            ", ".join(rule.alert.to),
            rule.title,
        )
    out.print(table)
    for one in at_work.values():
        if one.failure:
            err.print(f"{one.rule} is left out, because it failed: {printable(one.failure)}", markup=False)


def _at_work(config: Config | None) -> dict[str, RuleAtWork]:
    """The rules as the daemon runs them; none where it has never run."""
    if config is None or not (config.data / DATABASE).exists():
        return {}
    with open_archive(config, utc_now()) as store:
        return store.read_now(rules_at_work)


def languages_of_rule(rule: Rule) -> list[str]:
    """The languages a rule has words in: those of its scope, else of its concepts."""
    if rule.scope.languages:
        return sorted(rule.scope.languages)
    return sorted({lang for concept in rule.concepts.values() for lang in concept.languages} - {ANY_LANGUAGE})


def _tests(rule: Rule, kind: str) -> int:
    return sum(test.expect == kind for test in rule.tests)


def _facts(rule: Rule, running: RuleAtWork | None) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title,
        "status": rule.status.value,
        "severity": rule.severity.word,
        "owner": rule.owner,
        "tags": sorted(rule.tags),
        "languages": languages_of_rule(rule),
        "concepts": sorted(rule.concepts),
        "to": list(rule.alert.to),
        "tests": {kind: _tests(rule, kind) for kind in ("match", "no_match", "known_miss")},
        "version": rule.version,
        "file": rule.place.file,
        "runs": running.runs if running else 0,
        "milliseconds": round(running.milliseconds, 4) if running else None,
        "failure": running.failure if running else "",
    }
