"""``newsmonitor rules``: what is looked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import typer
from rich.text import Text

from monitor.cli import app
from monitor.cli.lists import Columns, show, utc_now
from monitor.cli.options import CONFIG, ConfigOption, JsonOption, RulesOption, load_all
from monitor.cli.rules_diff import diff
from monitor.cli.terminal import err, print_json, printable, severity_text
from monitor.config import Config
from monitor.installation import DATABASE, open_archive
from monitor.rules.model import ANY_LANGUAGE, Rule
from monitor.store.rules import RuleAtWork
from monitor.store.rules import every as rules_at_work

rules_app = typer.Typer(
    invoke_without_command=True,
    epilog="Examples:  newsmonitor rules   ·   newsmonitor rules --json | jq '.[] | select(.status == \"live\")'",
)
_SHOWN = 2  # languages in the list, before it says how many more
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
    show(loaded.rules.rules, _columns(at_work), json=False, nothing="no rules")
    for one in at_work.values():
        if one.failure:
            err.print(f"{one.rule} is left out, because it failed: {printable(one.failure)}", markup=False)


def _columns(at_work: Mapping[str, RuleAtWork]) -> Columns:
    def status(rule: Rule) -> Text:
        running = at_work.get(rule.id)
        return Text("left out", "red") if running and running.failure else Text(rule.status.value)

    def milliseconds(rule: Rule) -> str:
        running = at_work.get(rule.id)
        return f"{running.milliseconds:.2f}" if running and running.runs else ""

    return {
        "rule": lambda rule: rule.id,
        "title": lambda rule: rule.title,
        "status": status,
        "severity": lambda rule: severity_text(rule.severity),
        "tests": lambda rule: "/".join(str(_tests(rule, kind)) for kind in ("match", "no_match", "known_miss")),
        "ms": milliseconds,
        "languages": lambda rule: _few(_best_known(rule)),
        "to": lambda rule: ", ".join(rule.alert.to),
    }


def _best_known(rule: Rule) -> list[str]:
    """The languages of a rule, those first in which it has the most terms."""
    terms = Counter(term.lang for concept in rule.concepts.values() for term in concept.terms)
    return sorted(languages_of_rule(rule), key=lambda language: (-terms[language], language))


def _few(languages: Sequence[str]) -> str:
    """``en, ru, +42``; all of them are in `--json`."""
    shown = languages if len(languages) <= _SHOWN + 1 else languages[:_SHOWN]
    return ", ".join([*shown, *([f"+{len(languages) - len(shown)}"] if len(shown) < len(languages) else [])])


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
