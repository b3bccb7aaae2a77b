"""``newsmonitor demo``: the whole path on sample feeds, offline, in a few seconds."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from rich.padding import Padding
from rich.text import Text

from monitor.alerts.language_names import language_name
from monitor.app import Daemon, utc_now
from monitor.assembly import Loaded, load
from monitor.bundled import bundled
from monitor.cli import app
from monitor.cli.terminal import out, printable
from monitor.demo.server import sample_feeds, serve
from monitor.installation import open_store
from monitor.ops.log import configure_logging
from monitor.ops.redact import Redactor
from monitor.rules.loader import load_rules
from monitor.rules.model import Rule
from monitor.store import Store, Transaction, alerts, articles, deliveries, journal, stories
from monitor.store.values import DeliveryState, Event, EventKind


@app.command(epilog="Examples:  newsmonitor demo")
def demo() -> None:
    """Show the whole path on sample feeds, offline: polls, matches and tells, into a database that is thrown away."""
    configure_logging(Redactor(), level="ERROR")
    documents = sample_feeds(utc_now())
    with tempfile.TemporaryDirectory(prefix="newsmonitor-demo-") as place, serve(documents) as address:
        loaded = load(_configured(Path(place), address, documents), os.environ)
        rules = len(loaded.rule_set.rules)
        out.print(
            f"[dim]{len(documents)} sample feeds, the {rules} rules that come along, alerts on this terminal:[/]\n"
        )
        with open_store(loaded.config, utc_now(), exclusive=True) as store:
            asyncio.run(_once(loaded, store))
            store.read_now(_sum_up)
    out.print("\nNext: `newsmonitor init` writes a configuration with real feeds, `newsmonitor run` watches them.")


def _configured(place: Path, address: str, documents: Mapping[str, bytes]) -> Path:
    """A configuration for the sample feeds and a terminal; JSON is YAML.

    Names that the rule pack uses are there, and do as little as they can: quiet hours half a day away, a feed that is
    not polled.
    """
    rules, later = load_rules(bundled("rules")).rules, utc_now() + timedelta(hours=12)
    quiet = {"from": f"{later:%H:%M}", "to": f"{later + timedelta(hours=1):%H:%M}"}
    channels = {name for rule in rules for name in rule.alert.to} or {"terminal"}
    config = {
        "data": str(place / "data"),
        "rules": str(bundled("rules")),
        "backfill": True,
        "polling": {"allow_networks": ["127.0.0.1/32"], "host_gap": "0s", "parse_workers": 1, "concurrency": 1},
        "feeds": [
            {"id": name.rpartition(".")[0], "url": f"{address}/{name}"} for name in sorted(documents, reverse=True)
        ]
        + [{"id": "unused", "url": address, "tags": _feed_tags(rules), "enabled": False}],
        "quiet_hours": {rule.alert.quiet: quiet for rule in rules if rule.alert.quiet},
        "digests": {rule.alert.digest_as: {"at": quiet["from"]} for rule in rules if rule.alert.digest_as},
        "channels": dict.fromkeys(sorted(channels), "console"),
        "operations": min(channels),
        "backup": {"keep": 0},
    }
    path = place / "config.yaml"
    path.write_text(json.dumps(config), encoding="utf-8")
    path.chmod(0o600)
    return path


def _feed_tags(rules: Sequence[Rule]) -> list[str]:
    return sorted({tag for rule in rules for tag in rule.scope.feed_tags | rule.scope.not_feed_tags})


async def _once(loaded: Loaded, store: Store) -> None:
    await Daemon(loaded, store, dict(os.environ)).once(everything=True)


def _sum_up(tx: Transaction) -> None:
    matched = {event.article for event in journal.last(tx, 1000, kinds=[EventKind.MATCHED])}
    owed = deliveries.listing(tx, limit=1000)
    sent = sum(one.state is DeliveryState.SENT for one in owed)
    out.print(
        f"[bold]{articles.count(tx)} articles came, {len(matched)} matched a rule, {_messages(sent)} went out.[/]"
    )
    silent = journal.last(tx, 1000, kinds=[EventKind.SUPPRESSED])
    for story in reversed(stories.latest(tx)):
        languages = ", ".join(language_name(code) for code in story.languages)
        out.print(f"\n{printable(story.title)}", markup=False)
        counts = f"{story.articles} articles, {story.origins} independent origins"
        out.print(f"  [dim]{'1 article' if story.articles == 1 else counts}; {languages}[/]")
        _print_silent(tx, [event for event in silent if event.story == story.id])
        own = {alert.id for alert in alerts.of_story(tx, story.id)}
        for one in owed:
            if one.alert in own and one.state is not DeliveryState.SENT:
                _print_indented(f"waits: {one.reason}", 2, "dim")


def _print_silent(tx: Transaction, silent: Sequence[Event]) -> None:
    texts = articles.get_many(tx, [event.article for event in silent if event.article is not None])
    for event in silent:
        if event.article in texts:
            _print_indented(f"not told again: {texts[event.article].article.title}", 2)
            _print_indented(event.reason, 4, "dim")


def _print_indented(text: str, by: int, style: str = "") -> None:
    out.print(Padding(Text(printable(text), style), (0, 0, 0, by)), soft_wrap=False)


def _messages(number: int) -> str:
    return "1 message" if number == 1 else f"{number} messages"
