"""``newsmonitor silence``: mute something until a set time, and see what that kept back."""

from __future__ import annotations

import getpass
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.alerts.silence import describe, listing, parse_matchers
from monitor.alerts.state import Silence
from monitor.alerts.wallclock import instant, parse_time
from monitor.cli import app
from monitor.cli.known import checked_matchers
from monitor.cli.lists import archive, local, plain, utc_now
from monitor.cli.options import CONFIG, ConfigOption, JsonOption
from monitor.cli.terminal import out, print_json, printable
from monitor.errors import UsageError
from monitor.rules.quantities import parse_duration
from monitor.store import silences

silence_app = typer.Typer(help="Mute a rule, story, concept, feed or text until a set time.")
app.add_typer(silence_app, name="silence")


@silence_app.command(
    "add", epilog="Examples:  newsmonitor silence add rule=dprk-* text=podcast --for 8h --comment 'exercise week'"
)
def add(
    matchers: Annotated[
        list[str], typer.Argument(metavar="NAME=VALUE…", help="rule= story= concept= feed= text=; all must hold.")
    ],
    comment: Annotated[str, typer.Option("--comment", help="Why; somebody will ask.")],
    for_: Annotated[str, typer.Option("--for", help="How long: 8h, 3d.")] = "",
    until: Annotated[
        str,
        typer.Option("--until", help="Until when instead: 18:00 (today or tomorrow), 2026-01-31, 2026-01-31T18:00."),
    ] = "",
    author: Annotated[str, typer.Option("--author", help="Who; the name you are logged in with if left out.")] = "",
    config: ConfigOption = CONFIG,
) -> None:
    """Mute what all matchers hold for. What it keeps back is listed, not forgotten."""
    now = utc_now()
    with archive(config) as (settings, store):
        try:
            what = checked_matchers(settings, store, parse_matchers(matchers))
            ends_at = _end(for_, until, now, settings.timezone)
            silence = Silence(
                0, ends_at, author or getpass.getuser(), comment, now,
                rule=what.rule, story=what.story, concept=what.concept, feed=what.feed, text=what.text,
            )  # fmt: skip
        except ValueError as error:
            raise UsageError(str(error)) from None
        stored = store.write_now(lambda tx: silences.add(tx, silence, now))
        out.print(f"silence {stored.id}: {describe(stored)}, until {local(stored.ends_at, settings)}", markup=False)


def _end(for_: str, until: str, now: datetime, zone: ZoneInfo) -> datetime:
    """When it ends; a time of day is the next one on the clocks of ``zone``. Raises ``ValueError``."""
    if bool(for_) == bool(until):
        raise ValueError("say how long it holds: --for 8h, or --until 18:00")
    if for_:
        return now + parse_duration(for_)
    at = _moment(until, now, zone)
    if at <= now:
        raise ValueError(f"{until} is over already")
    return at


def _moment(until: str, now: datetime, zone: ZoneInfo) -> datetime:
    day, _, hour = until.replace(" ", "T").partition("T")
    if ":" in day:
        today = now.astimezone(zone).date()
        ends = (instant(today + timedelta(days=days), parse_time(day), zone) for days in (0, 1))
        return next(at for at in ends if at > now)
    try:
        on = date.fromisoformat(day)
    except ValueError:
        forms = "18:00, 2026-01-31 or 2026-01-31T18:00"
        raise ValueError(f"“{until}” is no time that there is on clock and calendar: write it as {forms}") from None
    return instant(on, parse_time(hour or "00:00"), zone)


@silence_app.command("list", epilog="Examples:  newsmonitor silence list   ·   newsmonitor silence list --json")
def list_silences(config: ConfigOption = CONFIG, json: JsonOption = False) -> None:
    """List silences, those that hold first, each with what it kept back."""
    with archive(config) as (_, store):
        found, muted = store.read_now(lambda tx: (silences.every(tx), silences.muted(tx)))
    listed = listing(found, muted, utc_now())
    if json:
        print_json(plain(listed))
        return
    for one in listed:
        out.print(
            f"[bold]{printable(one.headline)}[/]  {printable(one.silence.author)}: {printable(one.silence.comment)}"
        )
        for story, kept in one.stories:
            out.print(f"  story {story}: {printable(kept[-1].title)} ({len(kept)})", markup=False)
    if not listed:
        out.print("[dim]no silences[/]")


@silence_app.command("expire", epilog="Examples:  newsmonitor silence expire 3")
def expire(
    number: Annotated[int, typer.Argument(help="As `silence list` shows.")], config: ConfigOption = CONFIG
) -> None:
    """End a silence now."""
    now = utc_now()
    with archive(config) as (_, store):
        if not store.write_now(lambda tx: silences.expire(tx, number, now)):
            raise UsageError(f"there is no silence {number} that still holds")
    out.print(f"silence {number} has ended")
