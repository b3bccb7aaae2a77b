"""``run`` (the daemon) and ``once`` (one round: for cron, and for trying things out)."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from monitor.app import Daemon, utc_now
from monitor.assembly import Loaded, load, secrets_of
from monitor.cli import app
from monitor.cli.options import CONFIG, ConfigOption
from monitor.cli.terminal import err, printable, show_problems
from monitor.installation import open_store
from monitor.ops.log import configure_logging
from monitor.ops.redact import Redactor
from monitor.shelf import keep_forms
from monitor.store import Store, Transaction, deliveries, feeds
from monitor.store.values import DeliveryState


@app.command(epilog="Examples:  newsmonitor run   ·   newsmonitor run --config /etc/newsmonitor/config.yaml")
def run(config: ConfigOption = CONFIG) -> None:
    """Watch the feeds and tell people, until stopped (Ctrl-C, SIGTERM). SIGHUP reloads config and rules."""
    loaded = prepare(config)
    with open_store(loaded.config, utc_now(), exclusive=True) as store:
        asyncio.run(_run(loaded, store))


@app.command(epilog="Examples:  newsmonitor once   ·   newsmonitor once --all --backfill")
def once(
    config: ConfigOption = CONFIG,
    everything: Annotated[bool, typer.Option("--all", help="Poll every feed, due or not.")] = False,
    backfill: Annotated[bool, typer.Option("--backfill", help="Tell what a first poll brings, too.")] = False,
) -> None:
    """Poll what is due, deliver, and exit: 0 all went well, 3 a feed failed, 4 a message is still to be delivered."""
    loaded = prepare(config, backfill=backfill)
    with open_store(loaded.config, utc_now(), exclusive=True) as store:
        failed = asyncio.run(_once(loaded, store, everything=everything))
        states = {one.feed: one.failure for one in store.read_now(feeds.every)}
        now = utc_now()
        waiting = store.read_now(lambda tx: _undelivered(tx, now))
    for feed in failed:
        err.print(f"[red]✗[/] {feed}: {printable(states.get(feed, ''))}")
    if waiting:
        err.print(f"[yellow]not delivered[/]: {waiting}; `newsmonitor deliveries list` says why")
    if failed or waiting:
        raise typer.Exit(3 if failed else 4)


def _undelivered(tx: Transaction, now: datetime) -> int:
    """What should have gone out by now and did not. What waits for a digest or a morning is where it should be."""
    states = (DeliveryState.DUE, DeliveryState.CLAIMED, DeliveryState.DEAD)
    found = deliveries.listing(tx, states=states, limit=100_000)
    return sum(one.state is DeliveryState.DEAD or (one.planned_at or one.due_at) <= now for one in found)


def prepare(config: Path, *, backfill: bool = False) -> Loaded:
    """Read everything, show warnings, and set logging up so that no secret of the config can reach a line."""
    keep_forms()
    loaded = load(config, os.environ)
    if backfill:
        raised = loaded.config.model_copy(update={"backfill": True})
        loaded = Loaded(loaded.path, raised, loaded.rule_set, loaded.compiled)
    show_problems(loaded.warnings)
    settings = loaded.config.log
    as_json = settings.format == "json" or (settings.format == "auto" and not sys.stderr.isatty())
    configure_logging(Redactor(secrets_of(loaded.config)), level=settings.level.upper(), as_json=as_json)
    return loaded


async def _run(loaded: Loaded, store: Store) -> None:
    await Daemon(loaded, store, dict(os.environ)).run()


async def _once(loaded: Loaded, store: Store, *, everything: bool) -> list[str]:
    return await Daemon(loaded, store, dict(os.environ)).once(everything=everything)
