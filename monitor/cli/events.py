"""``newsmonitor events``: the journal, every decision with its reason."""

from __future__ import annotations

import time
from functools import partial
from typing import Annotated

import typer

from monitor.cli import app
from monitor.cli.known import explain_nothing
from monitor.cli.lists import archive, local, plain, show, since
from monitor.cli.names import chosen
from monitor.cli.options import CONFIG, ConfigOption, JsonOption
from monitor.cli.terminal import out, print_json, printable
from monitor.config import Config
from monitor.store import journal
from monitor.store.values import Event, EventKind

_PAUSE = 0.5  # seconds between two looks at the journal


@app.command(
    epilog="Examples:  newsmonitor events --follow   ·   newsmonitor events --kind failed --since 2d   ·   "
    "newsmonitor events --rule dprk-russia-arms --json"
)
def events(
    config: ConfigOption = CONFIG,
    kind: Annotated[list[str] | None, typer.Option("--kind", help="Only these kinds; may be repeated.")] = None,
    feed: Annotated[str, typer.Option("--feed", help="Only of this feed.")] = "",
    rule: Annotated[str, typer.Option("--rule", help="Only of this rule.")] = "",
    channel: Annotated[str, typer.Option("--channel", help="Only of this channel.")] = "",
    from_: Annotated[str, typer.Option("--since", help="Only so far back: 12h, 30d.")] = "",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="The latest so many.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what happens next.")] = False,
    all_: Annotated[bool, typer.Option("--all", "-a", help="Also the polls that brought nothing.")] = False,
    json: JsonOption = False,
) -> None:
    """Show the latest decisions, oldest first: stored, matched, suppressed and why, sent, failed.

    Polls that brought nothing are left out unless --kind names them or --all is given.
    """
    kinds = [chosen("kind of event", word, EventKind) for word in kind or ()]
    wanted = journal.Filters(
        kinds=kinds,
        feed=feed,
        rule=rule,
        channel=channel,
        since=since(from_),
        idle_polls=all_ or bool(kinds),
    )
    with archive(config) as (settings, store):
        latest = store.read_now(partial(journal.last, limit=limit, **wanted))
        explain_nothing(settings, store, latest, rule=rule, feed=feed, channel=channel)
        if not follow:
            _print(latest, settings, json=json)
            return
        seen = latest[-1].id if latest else store.read_now(journal.last_id)
        for event in latest:
            _line(event, settings, json=json)
        while True:
            for event in store.read_now(partial(journal.read, after=seen, **wanted)):
                _line(event, settings, json=json)
                seen = event.id
            time.sleep(_PAUSE)


def _print(found: list[Event], config: Config, *, json: bool) -> None:
    columns = {
        "at": lambda one: local(one.at, config),
        "event": lambda one: one.kind.value,
        "about": _about,
        "reason": lambda one: one.reason,
    }
    show(found, columns, json=json, nothing="no such events")


def _line(event: Event, config: Config, *, json: bool) -> None:
    if json:
        print_json(plain(event))
        out.file.flush()
        return
    out.print(f"{local(event.at, config)}  [bold]{event.kind.value:<12}[/] {_about(event)}  ", end="")
    out.print(printable(event.reason), markup=False)


def _about(event: Event) -> str:
    named = {
        "article": event.article,
        "story": event.story,
        "alert": event.alert,
        "delivery": event.delivery,
    }
    words = [word for word in (event.feed, event.rule, event.channel) if word]
    return " ".join([*words, *(f"{name} {number}" for name, number in named.items() if number is not None)])
