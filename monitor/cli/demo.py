"""``newsmonitor demo``: the whole path on sample feeds, offline, in a few seconds."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from monitor.alerts.language_names import language_name
from monitor.app import Daemon, utc_now
from monitor.assembly import Loaded, load
from monitor.bundled import bundled
from monitor.cli import app
from monitor.cli.terminal import out
from monitor.demo.server import sample_feeds, serve
from monitor.installation import open_store
from monitor.store import Store, Transaction, articles, journal, stories
from monitor.store.values import EventKind


@app.command(epilog="Examples:  newsmonitor demo")
def demo() -> None:
    """Serve sample feeds on loopback and run the whole path into a temporary database: no internet, nothing kept."""
    documents = sample_feeds(utc_now())
    with tempfile.TemporaryDirectory(prefix="newsmonitor-demo-") as place, serve(documents) as address:
        loaded = load(_configured(Path(place), address, documents), os.environ)
        logging.disable(logging.WARNING)
        out.print(
            f"[dim]{len(documents)} feeds on {address}, {len(loaded.rule_set.rules)} rules of the bundled pack[/]\n"
        )
        with open_store(loaded.config, utc_now(), exclusive=True) as store:
            asyncio.run(_once(loaded, store))
            store.read_now(_sum_up)


def _configured(place: Path, address: str, documents: Mapping[str, bytes]) -> Path:
    """A configuration for the sample feeds and a terminal; JSON is YAML.

    Names that the rule pack uses are there, and do nothing: quiet hours half a day away, a feed that is not polled.
    """
    later = utc_now() + timedelta(hours=12)
    config = {
        "data": str(place / "data"),
        "rules": str(bundled("rules")),
        "backfill": True,
        "polling": {"allow_networks": ["127.0.0.1/32"], "host_gap": "0s", "parse_workers": 1},
        "feeds": [
            {"id": name.rpartition(".")[0], "url": f"{address}/{name}", "allow_networks": ["127.0.0.1/32"]}
            for name in sorted(documents, reverse=True)
        ]
        + [{"id": "unused", "url": address, "tags": ["sport", "entertainment"], "enabled": False}],
        "quiet_hours": {"nights": {"from": f"{later:%H:%M}", "to": f"{later + timedelta(hours=1):%H:%M}"}},
        "channels": {"terminal": "console"},
        "operations": "terminal",
        "routes": [{"to": ["terminal"]}],
        "backup": {"keep": 0},
    }
    path = place / "config.yaml"
    path.write_text(json.dumps(config), encoding="utf-8")
    path.chmod(0o600)
    return path


async def _once(loaded: Loaded, store: Store) -> None:
    await Daemon(loaded, store, dict(os.environ)).once(everything=True)


def _sum_up(tx: Transaction) -> None:
    told = journal.last(tx, 1000, kinds=[EventKind.SUPPRESSED])
    out.print(f"[bold]What happened[/]: {articles.count(tx)} articles stored")
    for story in stories.latest(tx):
        languages = ", ".join(language_name(code) for code in story.languages)
        out.print(
            f"  story {story.id}: {story.articles} articles, {story.origins} origins, {languages}", highlight=False
        )
    for event in told:
        out.print(f"  [dim]article {event.article} not told: {event.reason}[/]", highlight=False)
