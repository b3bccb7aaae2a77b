"""``backup`` and ``doctor``: is the installation sound, and what if it is not."""

from __future__ import annotations

import os
import platform
import sys
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import typer

from monitor import __version__
from monitor.cli import app
from monitor.cli.lists import age, local, plain, utc_now
from monitor.cli.options import CONFIG, ConfigOption, JsonOption
from monitor.cli.terminal import out, print_json, printable
from monitor.config import Config, load_config
from monitor.errors import NewsmonitorError, UsageError
from monitor.installation import DATABASE, backups_of, open_archive
from monitor.rules.loader import load_rules
from monitor.rules.problems import ProblemsError
from monitor.secret import HIDDEN
from monitor.store import Transaction, articles, backup, channels, deliveries, feeds, meta
from monitor.store.migrations import HEAD

_LIBRARIES = ("feedparser", "httpx", "APScheduler", "sqlmodel", "SQLAlchemy", "apprise", "pydantic", "ruamel.yaml")


@app.command(
    "backup", epilog="Examples:  newsmonitor backup   ·   newsmonitor backup --to /mnt/usb/nm.db   ·   --restore"
)
def back_up(
    config: ConfigOption = CONFIG,
    to: Annotated[Path | None, typer.Option("--to", help="A file of your choice instead.", dir_okay=False)] = None,
    restore: Annotated[bool, typer.Option("--restore", help="Put a backup in the database's place.")] = False,
    from_: Annotated[Path | None, typer.Option("--from", help="That backup; else the newest good one.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the backups there are.")] = False,
) -> None:
    """Copy the live database, whole and checked, or put such a copy back. Restoring needs the daemon stopped."""
    settings = load_config(config, os.environ, secrets=False)
    path, now = settings.data / DATABASE, utc_now()
    if list_:
        for found in backup.listing(path, backups_of(settings)):
            out.print(f"{found}  {found.stat().st_size / 2**20:.1f} MiB", highlight=False)
    elif restore:
        done = backup.restore(path, backups_of(settings), now, backup=from_)
        out.print(f"[green]restored[/] {done.backup}; {done.maybe_sent} messages may go out a second time")
        for file in done.set_aside:
            out.print(f"the file before it is {file}")
    else:
        with open_archive(settings, now) as store:
            if to:
                store.backup(to)
            made = to or backup.make(store.path, backups_of(settings), now, keep=max(settings.backup.keep, 1))
        out.print(f"[green]backed up[/] to {made}")


@app.command(epilog="Examples:  newsmonitor doctor   ·   newsmonitor doctor --thorough   ·   newsmonitor doctor --json")
def doctor(
    config: ConfigOption = CONFIG,
    thorough: Annotated[bool, typer.Option("--thorough", help="Read the whole database.")] = False,
    json: JsonOption = False,
) -> None:
    """Show versions, settings with secrets hidden, schema and health. Safe to paste; exit 1 if something is wrong."""
    report: dict[str, Any] = {"versions": _versions()}
    troubles: list[str] = []
    try:
        settings = _load(config, troubles)
        report["config"] = _without_secrets(settings)
        rules = load_rules(settings.rules)
        report["rules"] = {"count": len(rules.rules), "concepts": len(rules.concepts), "directory": str(settings.rules)}
        with open_archive(settings, utc_now()) as store:
            report["archive"] = store.read_now(lambda tx: _archive(tx, settings, troubles))
            report["archive"] |= {"path": str(store.path), "MiB": round(store.path.stat().st_size / 2**20, 1)}
            if thorough and (fault := store.integrity_check()):
                troubles.append(fault)
    except UsageError as error:
        report["archive"] = str(error)
    except NewsmonitorError as error:
        troubles += str(error).splitlines()
    report["troubles"] = troubles
    if json:
        print_json(plain(report))
    else:
        if isinstance(report.get("config"), dict):
            report["config"]["feeds"] = f"{len(report['config'].get('feeds', []))} (`newsmonitor feeds list`)"
        _print(plain(report))
    if troubles:
        raise typer.Exit(1)


def _load(path: Path, troubles: list[str]) -> Config:
    """The settings; where only secrets cannot be read, that is a trouble, and all the rest can be looked at."""
    try:
        return load_config(path, os.environ)
    except ProblemsError as error:
        settings = load_config(path, os.environ, secrets=False)
        troubles += str(error).splitlines()
        return settings


def _without_secrets(config: Config) -> dict[str, Any]:
    """What the file sets. A feed's URL may carry a key, too: its user and the values of its query are hidden."""
    dumped: dict[str, Any] = config.model_dump(mode="json", by_alias=True, exclude_unset=True)
    for feed in dumped.get("feeds", []):
        feed["url"] = _without_key(feed["url"])
    return dumped


def _without_key(url: str) -> str:
    parts = urlsplit(url)
    query = "&".join(f"{name}={HIDDEN}" for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    place = f"{HIDDEN}@{parts.netloc.rpartition('@')[2]}" if "@" in parts.netloc else parts.netloc
    return urlunsplit((parts.scheme, place, parts.path, query, ""))


def _versions() -> dict[str, str]:
    found = {name: version(name) for name in _LIBRARIES}
    return {"newsmonitor": __version__, "python": sys.version.split()[0], "system": platform.platform(), **found}


def _archive(tx: Transaction, config: Config, troubles: list[str]) -> dict[str, object]:
    now = utc_now()
    alive = meta.get_time(tx, meta.HEARTBEAT_AT)
    failing = feeds.every(tx, failing=True)
    outbox = deliveries.outbox(tx)
    down = [one for one in channels.every(tx) if one.failing_since]
    troubles += [f"feed {one.feed}: {one.failure} (since {local(one.failing_since, config)})" for one in failing]
    troubles += [f"channel {one.channel}: {one.failure} (since {local(one.failing_since, config)})" for one in down]
    troubles += [f"dead deliveries on {one.channel}: {one.dead}" for one in outbox if one.dead]
    troubles += (meta.get(tx, meta.TROUBLES) or "").splitlines()
    if alive is not None and now - alive > timedelta(minutes=2):
        troubles.append(f"the daemon's last sign of life is {age(alive, now)} old")
    polled = [one.polled_at for one in feeds.every(tx) if one.polled_at]
    return {
        "schema": f"{HEAD} (this program's)",
        "articles": articles.count(tx),
        "last sign of life": age(alive, now),
        "last poll": age(max(polled, default=None), now),
        "feeds": len(feeds.every(tx)),
        "failing feeds": len(failing),
        "outbox": {one.channel: {"due": one.due, "sending": one.claimed, "dead": one.dead} for one in outbox},
        "last backup": age(meta.get_time(tx, meta.BACKED_UP_AT), now),
    }


def _print(report: dict[str, Any], indent: str = "") -> None:
    for name, value in report.items():
        if isinstance(value, dict) and value:
            out.print(f"{indent}[bold]{name}[/]")
            _print(value, indent + "  ")
        elif isinstance(value, list) and value:
            out.print(f"{indent}[bold]{name}[/]")
            for item in value:
                out.print(f"{indent}  - {printable(str(item))}", markup=False)
        else:
            out.print(f"{indent}{name}: ", end="")
            out.print(printable(str(value)) if value not in ({}, [], None, "") else "–", markup=False)
