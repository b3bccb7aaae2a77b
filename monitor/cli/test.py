"""``newsmonitor test``: do the rules do what their own tests say, and which words has nothing ever proved."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from monitor.cli import app
from monitor.cli.explained import article_text, verdict_tree
from monitor.cli.names import no_such
from monitor.cli.occurrence import Occurrences, SinceOption, in_archive
from monitor.cli.options import CONFIG, ConfigOption, JsonOption, RulesOption, load_all
from monitor.cli.rows import verdict_row
from monitor.cli.terminal import CROSS, out, print_json
from monitor.rules.runner import Coverage, TestReport, TestResult, run_tests


@app.command(
    "test",
    epilog="Examples:  newsmonitor test   ·   newsmonitor test dprk-russia-arms --coverage --since 90d   ·   …  --json",
)
def run_rule_tests(
    rule: Annotated[str, typer.Argument(metavar="[RULE]", help="Only the tests of this rule.")] = "",
    config: ConfigOption = CONFIG,
    rules: RulesOption = None,
    coverage: Annotated[bool, typer.Option("--coverage", help="Show concepts × languages and unproved terms.")] = False,
    since: SinceOption = "",
    json: JsonOption = False,
) -> None:
    """Run the tests that stand in the rules; for each failure the article, what hit, and what failed first.

    With --since, --coverage lists the terms that neither a test nor an article of the archive has hit.
    """
    loaded = load_all(config, rules, warn=False)
    found = loaded.rules.rules
    if rule and rule not in {one.id for one in found}:
        raise no_such("rule", rule, [one.id for one in found])
    report = run_tests(found, only=rule)
    if since:
        report = _less(report, in_archive(found, loaded.config, since))
    if json:
        print_json(_row(report))
    else:
        _print(report, coverage=coverage)
    if not report.ok:
        raise typer.Exit(1)


def _less(report: TestReport, archive: Occurrences) -> TestReport:
    """The same without the unproved terms that the archive has."""
    left = tuple((concept, term) for concept, term in report.coverage.never_hit if term not in archive.terms)
    return replace(report, coverage=replace(report.coverage, never_hit=left))


def _print(report: TestReport, *, coverage: bool) -> None:
    for result in report.failures:
        _print_failure(result)
    for result in report.surprises:
        place = result.test.place
        out.print(Text.assemble((f"{place}: ", "bold"), ("surprise: ", "cyan"), f"{result.rule}: {result.sentence}"))
        out.print(Padding(article_text(result.article, result.match.hits if result.match else ()), (0, 0, 1, 4)))
    if coverage:
        _print_coverage(report.coverage)
    passed = len(report.results) - len(report.failures) - len(report.surprises)
    style = "green" if report.ok else "red"
    surprises = f", {len(report.surprises)} known misses match by now" if report.surprises else ""
    terms = sum(total for total, _ in report.coverage.cells.values())
    proved = sum(hit for _, hit in report.coverage.cells.values())
    out.print(
        f"[{style}]{passed} passed, {len(report.failures)} failed[/]{surprises}; {proved} of {terms} terms proved"
    )


def _print_failure(result: TestResult) -> None:
    place = result.test.place
    out.print(Text.assemble((f"{place}: ", "bold"), CROSS, (" failed: ", "red"), f"{result.rule}: {result.sentence}"))
    hits = result.match.hits if result.match is not None else ()
    if result.explanation is not None:
        hits = hits or tuple(hit for member in result.explanation.tree.members for hit in member.hits)
        for sentence in result.explanation.nearest_miss:
            out.print(Padding(Text(sentence, "yellow"), (0, 0, 0, 4)))
    out.print(Padding(article_text(result.article, hits), (0, 0, 0, 4)))
    if result.explanation is not None:
        out.print(Padding(verdict_tree(result.explanation), (0, 0, 1, 4)), soft_wrap=False)


def _print_coverage(coverage: Coverage) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", title="terms proved by tests", title_justify="left")
    table.add_column("concept", no_wrap=True)
    for lang in coverage.languages:
        table.add_column(lang, justify="right", no_wrap=True)
    for concept in coverage.concepts:
        table.add_row(concept, *(_cell(coverage.cells.get((concept, lang))) for lang in coverage.languages))
    out.print(table)
    for concept, term in coverage.never_hit:
        out.print(f"[dim]{term.place}: never hit by a test: ${concept} {term.lang}: [/]{term.written}", markup=True)


def _cell(cell: tuple[int, int] | None) -> Text:
    if cell is None:
        return Text("–", "dim")
    total, hit = cell
    return Text(f"{hit}/{total}", "green" if hit == total else "yellow" if hit else "red")


def _row(report: TestReport) -> dict[str, object]:
    return {
        "ok": report.ok,
        "tests": [
            {
                "rule": result.rule,
                "expect": result.test.expect,
                "outcome": result.outcome.value,
                "title": result.article.title,
                "lang": result.article.lang,
                "file": result.test.place.file,
                "line": result.test.place.line,
                "sentence": result.sentence,
                "why": verdict_row(result.explanation) if result.explanation is not None else None,
            }
            for result in report.results
        ],
        "coverage": [
            {"concept": concept, "lang": lang, "terms": total, "hit": hit}
            for (concept, lang), (total, hit) in report.coverage.cells.items()
        ],
        "never_hit": [
            {"concept": concept, "lang": term.lang, "term": term.written} for concept, term in report.coverage.never_hit
        ],
    }
