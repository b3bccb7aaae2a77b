"""``newsmonitor why``: an article's whole way, and the first thing that stopped it."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from monitor.cli import app
from monitor.cli.explained import article_text, match_heading, miss_heading, verdict_tree
from monitor.cli.lists import archive, local, plain
from monitor.cli.names import no_such
from monitor.cli.options import CONFIG, ConfigOption, JsonOption
from monitor.cli.rows import verdict_row
from monitor.cli.terminal import out, print_json, printable
from monitor.config import Config
from monitor.errors import UsageError
from monitor.rules.compile import compile_rules
from monitor.rules.explain import Explanation, explain
from monitor.rules.loader import load_rules
from monitor.rules.model import Rule
from monitor.shelf import keep_forms
from monitor.store import Store, Transaction, articles, journal
from monitor.store.values import Event, EventKind, StoredArticle
from monitor.stories.identity import url_key

_STOPS = {
    EventKind.SUPPRESSED: "it was decided not to tell",
    EventKind.HELD: "it waits for corroboration",
    EventKind.DEAD: "its delivery is dead",
    EventKind.DROPPED: "its delivery was dropped",
}


@app.command(epilog="Examples:  newsmonitor why https://example.org/story   ·   newsmonitor why 4711 dprk-russia-arms")
def why(
    article: Annotated[str, typer.Argument(metavar="URL|ID", help="The article: its address, or its number.")],
    rule: Annotated[str, typer.Argument(metavar="[RULE]", help="One rule, with its whole tree.")] = "",
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
) -> None:
    """Show how an article went: fetched, matched or not and by how much, its story, told or not, delivered or not."""
    with archive(config) as (settings, store):
        found = store.read_now(lambda tx: articles.find(tx, article, url_key=url_key(article)))
        if not found:
            raise UsageError(_never_seen(article, store))
        for stored in found:
            events = store.read_now(lambda tx, stored=stored: _way(tx, stored))  # type: ignore[misc]
            explained = _explained(settings, stored, rule)
            if json:
                rows = [verdict_row(verdict) for _, verdict in explained]
                print_json(
                    {"article": plain(stored), "events": plain(events), "rules": rows, "stop": _stop(events, explained)}
                )
            else:
                _print(stored, events, explained, settings, trees=bool(rule))


def _never_seen(wanted: str, store: Store) -> str:
    count = store.read_now(articles.count)
    return (
        f"{wanted} is not among the {count:,} articles of the archive: no feed has brought it (or it was purged). "
        "`newsmonitor feeds list` shows which feeds fail; `newsmonitor match` says what the rules make of a text."
    )


def _way(tx: Transaction, stored: StoredArticle) -> list[Event]:
    """Every decision about the article, and about the alerts that it raised."""
    about = journal.about(tx, article=stored.id)
    alerts = {event.alert for event in about if event.alert is not None}
    more = [event for alert in alerts for event in journal.about(tx, alert=alert)]
    return sorted({event.id: event for event in (*about, *more)}.values(), key=lambda event: event.id)


def _explained(config: Config, stored: StoredArticle, wanted: str) -> list[tuple[Rule, Explanation]]:
    """What the rules, as they are now, say of it."""
    rules = load_rules(config.rules).rules
    chosen = [one for one in rules if wanted in {"", one.id}]
    if not chosen:
        raise no_such("rule", wanted, [one.id for one in rules])
    keep_forms()
    compiled = compile_rules(chosen, ())  # word forms are made for the languages of the article
    return [(one, explain(compiled, stored.article, one.id)) for one in chosen]


def _stop(events: list[Event], explained: list[tuple[Rule, Explanation]]) -> str:
    """The first thing that stopped it, in words; empty if it was told."""
    if any(event.kind is EventKind.SENT for event in events):
        return ""
    for event in events:
        if event.kind in _STOPS:
            return f"{_STOPS[event.kind]}: {event.reason}"
    if not any(event.kind is EventKind.MATCHED for event in events):
        now = [rule.id for rule, verdict in explained if verdict.match is not None]
        if now:
            return f"no rule matched when it came; {', '.join(now)} would by now (rules only look at what is new)"
        return "no rule matched"
    if any(event.kind is EventKind.ALERTED for event in events):
        return "its messages are still on their way: `newsmonitor deliveries list`"
    return ""


def _told(events: list[Event]) -> str:
    """Through which channels it was told, and which of them failed; empty if it was not."""
    sent = dict.fromkeys(event.channel for event in events if event.kind is EventKind.SENT)
    lost = {event.channel: event for event in events if event.kind in {EventKind.DEAD, EventKind.DROPPED}}
    failed = [f"not on {name}: {_STOPS[event.kind]}" for name, event in lost.items() if name not in sent]
    return "; ".join([f"on {', '.join(sent)}", *failed]) if sent else ""


def _print(
    stored: StoredArticle,
    events: list[Event],
    explained: list[tuple[Rule, Explanation]],
    config: Config,
    *,
    trees: bool,
) -> None:
    hits = tuple(hit for _, verdict in explained if verdict.match is not None for hit in verdict.match.hits)
    out.print(
        Text.assemble((f"article {stored.id}", "bold"), f"  {stored.article.feed}  ", (stored.article.url, "dim"))
    )
    out.print(article_text(stored.article, hits))
    for event in events:
        line = Text.assemble(f"  {local(event.at, config)}  ", (f"{event.kind.value:<12}", "bold"))
        line.append(
            f" {event.channel or event.rule or event.feed}".rstrip()
            + f"  {printable(event.reason.splitlines()[0] if event.reason else '')}"
        )
        out.print(line)
    out.print()
    for rule, verdict in explained:
        out.print(match_heading(rule, verdict.match) if verdict.match is not None else miss_heading(rule, verdict))
        if trees:
            out.print(verdict_tree(verdict), soft_wrap=False)
    stop = _stop(events, explained)
    out.print(f"\n[bold]{'Stopped by' if stop else 'Told'}[/]", end="")
    out.print(f": {printable(stop)}" if stop else f" {printable(_told(events))}", markup=False)
