"""``newsmonitor backtest``: what the rules would have found, and told, in articles that are there already."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from monitor.cli import app
from monitor.cli.articles import Line, from_any_feed, known_languages, read_lines, tried_out
from monitor.cli.backtest_report import print_difference, print_report
from monitor.cli.backtest_run import Tested, match_lines, place_in_stories, replay_alerts, tested_row
from monitor.cli.options import CONFIG, ConfigOption, JsonOption, Loaded, RulesOption, load_all
from monitor.cli.rows import match_row
from monitor.cli.terminal import err, print_json
from monitor.config import routing_of
from monitor.errors import UsageError
from monitor.rules.compile import CompiledRules, Failure, compile_rules
from monitor.rules.hits import Match
from monitor.rules.loader import load_rules
from monitor.rules.quantities import parse_duration


class StoriesOf(StrEnum):
    """Which articles are put into stories."""

    NONE = "none"
    MATCHED = "matched"
    ALL = "all"


@app.command(
    epilog="Examples:  newsmonitor backtest --since 30d   ·   newsmonitor backtest --articles news.jsonl.gz --json"
    "   ·   newsmonitor backtest --since 90d --compare drafts/rules"
)
def backtest(
    articles: Annotated[
        Path | None, typer.Option(help="JSON Lines, also .gz: id, title, summary, body, url, …")
    ] = None,
    since: Annotated[str, typer.Option(help="Use the archive, this far back: 30d, 12h.")] = "",
    config: ConfigOption = CONFIG,
    rules: RulesOption = None,
    compare: Annotated[Path | None, typer.Option(help="Another rules directory: show what it gains and loses.")] = None,
    stories: Annotated[StoriesOf, typer.Option(help="Which articles to put into stories.")] = StoriesOf.MATCHED,
    json: JsonOption = False,
) -> None:
    """Run the rules over the archive or a file. No network is used and nothing is sent.

    Drafts are tried, too. For articles of a file it does not matter which feeds a rule is for.
    """
    if (articles is None) == (not since):
        raise UsageError("name either --articles FILE or --since DURATION")
    loaded = load_all(config, rules, warn=False)
    ours = tried_out(loaded.rules.rules)
    other = tried_out(load_rules(compare).rules) if compare is not None else []
    if articles is not None:
        ours, other = from_any_feed(ours), from_any_feed(other)
    source = _Source(articles, since, loaded, known_languages([*ours, *other]))
    compiled = compile_rules(ours, ())  # word forms are made for the languages that come
    if compare is not None:
        _compare(source, compiled, compile_rules(other, ()), (str(rules or "the rules"), str(compare)), json=json)
    else:
        _report(source, compiled, stories, json=json)


class _Source:
    """Where the articles come from."""

    def __init__(self, path: Path | None, since: str, loaded: Loaded, languages: Collection[str]) -> None:
        self.loaded = loaded
        self._path = path
        self._languages = languages
        try:
            self._since = parse_duration(since) if since else None
        except ValueError as error:
            raise UsageError(str(error)) from None

    @contextmanager
    def lines(self) -> Iterator[Iterator[Line]]:
        """The articles, with a progress bar while they are read."""
        if self._path is not None:
            total = self._path.stat().st_size if self._path.is_file() else 0
            with _progress(total) as advance:
                yield read_lines(self._path, self._languages, advance)
        elif self._since is not None:
            if self.loaded.config is None:
                raise UsageError("--since reads the archive of a configuration, and there is no config.yaml here")
            from monitor.cli.archive import archived_lines  # noqa: PLC0415  (the database takes a second to import)

            yield archived_lines(self.loaded.config, self._since, datetime.now(UTC))


def _report(source: _Source, compiled: CompiledRules, stories: StoriesOf, *, json: bool) -> None:
    failures: dict[str, Failure] = {}
    begun = perf_counter()
    with source.lines() as lines:
        tested = list(match_lines(lines, compiled, failures, keep_all=stories is StoriesOf.ALL))
    seconds = perf_counter() - begun
    if stories is not StoriesOf.NONE:
        tested = place_in_stories(tested)
    config = source.loaded.config
    tested = replay_alerts(tested, compiled, routing_of(config) if config is not None else None)
    if json:
        for one in tested:
            print_json(tested_row(one))
    else:
        written = {rule.id: rule for rule in source.loaded.rules.rules}  # whose heading tells a draft
        print_report(tested, written, seconds=seconds)
    for failure in failures.values():
        err.print(f"[red]rule {failure.rule} failed:[/] {failure.error!r}")
    if failures:
        raise typer.Exit(1)


def _compare(
    source: _Source, before: CompiledRules, after: CompiledRules, names: tuple[str, str], *, json: bool
) -> None:
    changes: list[tuple[str, str, Tested, Match]] = []
    with source.lines() as lines:
        for line in lines:
            old = {match.rule: match for match in before.evaluate(line.article).matches}
            new = {match.rule: match for match in after.evaluate(line.article).matches}
            one = Tested(line.id, line.article.lang, article=line.article)
            changes.extend((rule_id, "-", one, old[rule_id]) for rule_id in sorted(old.keys() - new.keys()))
            changes.extend((rule_id, "+", one, new[rule_id]) for rule_id in sorted(new.keys() - old.keys()))
    if not json:
        print_difference(changes, names)
        return
    for rule_id, sign, one, match in changes:
        change = "gained" if sign == "+" else "lost"
        row = {"id": one.id, "lang": one.lang, "rule": rule_id, "change": change, "match": match_row(match)}
        print_json(row)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], object]]:
    """A bar on the terminal; nothing when standard error is not one."""
    if not total or not sys.stderr.isatty():
        yield int  # called with a number, to no effect
        return
    columns = (TextColumn("matching"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("matching", total=total)
        yield lambda position: bar.update(task, completed=position)
