"""``newsmonitor rules``: what is looked for."""

from __future__ import annotations

from rich.table import Table

from monitor.cli import app
from monitor.cli.options import CONFIG, ConfigOption, JsonOption, RulesOption, load_all
from monitor.cli.terminal import out, print_json, severity_text
from monitor.rules.model import ANY_LANGUAGE, Rule


@app.command(
    epilog="Examples:  newsmonitor rules   ·   newsmonitor rules --json | jq '.[] | select(.status == \"live\")'"
)
def rules(config: ConfigOption = CONFIG, rules: RulesOption = None, json: JsonOption = False) -> None:
    """List the rules: status, severity, tests, languages."""
    found = load_all(config, rules, warn=False).rules
    if json:
        print_json([_facts(rule) for rule in found.rules])
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("rule", "status", "severity", "tests", "languages", "to", "title"):
        table.add_column(heading, no_wrap=heading in {"rule", "status", "severity"})
    for rule in found.rules:
        counts = "/".join(str(_tests(rule, kind)) for kind in ("match", "no_match", "known_miss"))
        languages = ", ".join(languages_of_rule(rule))
        table.add_row(
            rule.id,
            rule.status.value,
            severity_text(rule.severity),
            counts,
            languages,
            ", ".join(rule.alert.to),
            rule.title,
        )
    out.print(table)


def languages_of_rule(rule: Rule) -> list[str]:
    """The languages a rule has words in: those of its scope, else of its concepts."""
    if rule.scope.languages:
        return sorted(rule.scope.languages)
    return sorted({lang for concept in rule.concepts.values() for lang in concept.languages} - {ANY_LANGUAGE})


def _tests(rule: Rule, kind: str) -> int:
    return sum(test.expect == kind for test in rule.tests)


def _facts(rule: Rule) -> dict[str, object]:
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
    }
