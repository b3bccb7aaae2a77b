"""The backtest as a person reads it: per rule how often, when, through which words, and examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from rich.text import Text

from monitor.cli.backtest_run import Tested
from monitor.cli.terminal import counted, excerpt, out, printable, severity_text
from monitor.rules.hits import Match
from monitor.rules.model import Rule, Severity
from monitor.text.article import Article

_BARS = " ▁▂▃▄▅▆▇█"
_WIDEST = 60  # columns of a plot; more days than that share columns
_EXAMPLES = 5
_TERMS = 8


@dataclass(slots=True)
class _Summary:
    """What one rule did."""

    matches: int = 0
    alerts: int = 0
    days: Counter[date] = field(default_factory=Counter)
    terms: Counter[tuple[str, str]] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    severities: Counter[Severity] = field(default_factory=Counter)
    examples: list[tuple[Tested, Match]] = field(default_factory=list)

    def add(self, one: Tested, match: Match) -> None:
        self.matches += 1
        self.alerts += sum(row.rule == match.rule and not row.suppressed for row in one.alerts)
        self.languages[one.lang] += 1
        self.severities[match.severity] += 1
        self.terms.update({(hit.concept, hit.term) for hit in match.hits})
        if one.article is not None and one.article.published_at is not None:
            self.days[one.article.published_at.date()] += 1
        if len(self.examples) < _EXAMPLES:
            self.examples.append((one, match))


def print_report(tested: Iterable[Tested], rules: Mapping[str, Rule], *, seconds: float) -> None:
    """Everything about every rule, the busiest first."""
    summaries = {rule_id: _Summary() for rule_id in rules}
    articles = matched = 0
    stories: set[int] = set()
    for one in tested:
        articles += 1
        matched += bool(one.matches)
        if one.matches and one.story is not None:
            stories.add(one.story)
        for match in one.matches:
            summaries[match.rule].add(one, match)
    days = [day for summary in summaries.values() for day in summary.days]
    span = (min(days), max(days)) if days else None
    for rule_id, summary in sorted(summaries.items(), key=lambda item: (-item[1].matches, item[0])):
        _print_rule(rules[rule_id], summary, span)
    in_stories = f" in {counted(len(stories), 'story', 'stories')}" if stories else ""
    rate = f"{articles / seconds:,.0f} articles/s" if seconds > 0 else ""
    read = f"[bold]{articles:,}[/] {'article' if articles == 1 else 'articles'}"
    out.print(f"{read}, [bold]{matched:,}[/] matched{in_stories}  [dim]{rate}[/]")


def plot(days: Mapping[date, int], first: date, last: date) -> str:
    """Counts per day as one line of bars; where there are more days than room, each column is the sum of several."""
    total = (last - first).days + 1
    per_column = -(-total // _WIDEST)
    columns = [0] * -(-total // per_column)
    for day, number in days.items():
        columns[(day - first).days // per_column] += number
    top = max(columns, default=0)
    return "".join(_BARS[-(-number * (len(_BARS) - 1) // top)] if top else " " for number in columns)


def _print_rule(rule: Rule, summary: _Summary, span: tuple[date, date] | None) -> None:
    heading = Text.assemble((rule.id, "bold"), "  ", severity_text(rule.severity), f"  {printable(rule.title)}")
    if rule.status.value != "live":
        heading.append(f"  ({rule.status.value})", "dim")
    out.print(heading)
    if not summary.matches:
        out.print("  [dim]no match[/]\n")
        return
    languages = ", ".join(f"{lang} {number}" for lang, number in summary.languages.most_common())
    alerts = counted(summary.alerts, "alert")
    out.print(f"  {counted(summary.matches, 'match', 'matches')}, {alerts}  [dim]{languages}[/]")
    if span is not None and summary.days:
        _print_plot(summary, span)
    terms = [f"{printable(term)} {number}" for (_, term), number in summary.terms.most_common(_TERMS)]
    out.print(Text("  words  " + " · ".join(terms)))
    for one, match in summary.examples:
        if one.article is not None:
            day = f"{one.article.published_at:%Y-%m-%d}" if one.article.published_at else " " * 10
            out.print(Text.assemble(f"  {day} {one.lang}  ", _headline(one.article, match)))
    out.print()


def _print_plot(summary: _Summary, span: tuple[date, date]) -> None:
    first, last = span
    days = (last - first).days + 1
    per_column = timedelta(days=-(-days // _WIDEST))
    unit = "day" if per_column.days == 1 else f"{per_column.days} days"
    line = plot(summary.days, first, last)
    out.print(Text.assemble(f"  {first} ", (line, "cyan"), f" {last}  ", (f"per {unit}", "dim")))


def _headline(article: Article, match: Match) -> Text:
    """The title with its hits marked; of an article without one, the passage with the first hit."""
    field = next((name for name in ("title", "summary", "body") if getattr(article, name)), "title")
    return excerpt(getattr(article, field), match.hits, field)


def print_difference(changes: Sequence[tuple[str, str, Tested, Match]], names: tuple[str, str]) -> None:
    """Which articles the second rules gain (+) and lose (-) against the first, rule by rule."""
    by_rule: dict[str, list[tuple[str, Tested, Match]]] = {}
    for rule_id, sign, one, match in changes:
        by_rule.setdefault(rule_id, []).append((sign, one, match))
    for rule_id, found in sorted(by_rule.items()):
        gained = sum(sign == "+" for sign, _, _ in found)
        out.print(Text.assemble((rule_id, "bold"), f"  +{gained} -{len(found) - gained}"))
        for sign, one, match in found:
            title = _headline(one.article, match) if one.article is not None else Text()
            out.print(Text.assemble((f"  {sign} ", "green" if sign == "+" else "red"), f"{one.id} {one.lang}  ", title))
    gained = sum(sign == "+" for _, sign, _, _ in changes)
    out.print(f"{names[1]} against {names[0]}: [green]{gained} gained[/], [red]{len(changes) - gained} lost[/]")
