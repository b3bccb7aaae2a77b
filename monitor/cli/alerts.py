"""``alerts`` and ``deliveries``: what was decided to be told, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from monitor.cli import app
from monitor.cli.known import explain_nothing
from monitor.cli.lists import Columns, archive, local, show, since, utc_now
from monitor.cli.names import chosen
from monitor.cli.options import CONFIG, ConfigOption, JsonOption
from monitor.cli.terminal import out
from monitor.config import Config
from monitor.errors import UsageError
from monitor.rules.model import Severity
from monitor.store import Transaction, journal
from monitor.store import alerts as stored_alerts
from monitor.store import deliveries as stored_deliveries
from monitor.store.values import ClaimedDelivery, DeliveryState, Event, EventKind, StoredAlert

Numbers = Annotated[list[int], typer.Argument(metavar="NUMBER…", help="Delivery numbers, as `deliveries` lists them.")]
deliveries_app = typer.Typer(help="What is on its way, what arrived, what is dead; try again or give up.")
app.add_typer(deliveries_app, name="deliveries")


@app.command(epilog="Examples:  newsmonitor alerts   ·   newsmonitor alerts --since 7d --severity high --json")
def alerts(
    config: ConfigOption = CONFIG,
    rule: Annotated[str, typer.Option("--rule", help="Only of this rule.")] = "",
    severity: Annotated[str, typer.Option("--severity", help="This severity or a higher one.")] = "info",
    from_: Annotated[str, typer.Option("--since", help="Only so far back: 12h, 30d.")] = "",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="The latest so many.")] = 50,
    json: JsonOption = False,
) -> None:
    """List the alerts, the newest first, each with its reason."""
    least = _severity(severity)
    with archive(config) as (settings, store):
        found = store.read_now(
            lambda tx: stored_alerts.latest(tx, rule=rule, since=since(from_), at_least=least, limit=limit)
        )
        explain_nothing(settings, store, found, rule=rule)
        show(found, _columns(settings), json=json, nothing="no alerts yet")


@deliveries_app.command("list", epilog="Examples:  newsmonitor deliveries list --state dead   ·   --channel desk-chat")
def list_deliveries(
    config: ConfigOption = CONFIG,
    state: Annotated[list[str] | None, typer.Option("--state", help="due, claimed, sent, dead, dropped.")] = None,
    channel: Annotated[str, typer.Option("--channel", help="Only of this channel.")] = "",
    alert: Annotated[int | None, typer.Option("--alert", help="Only of this alert.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="The latest so many.")] = 50,
    json: JsonOption = False,
) -> None:
    """List deliveries, the newest first."""
    states = [chosen("state of a delivery", word, DeliveryState) for word in state or ()]
    with archive(config) as (settings, store):
        found = store.read_now(
            lambda tx: stored_deliveries.listing(tx, states=states, channel=channel, alert=alert, limit=limit)
        )
        if alert is not None and not found and store.read_now(lambda tx: stored_alerts.get(tx, alert)) is None:
            raise UsageError(f"there is no alert {alert}; `newsmonitor alerts` lists them")
        explain_nothing(settings, store, found, channel=channel)
        columns = {
            "number": lambda one: str(one.id),
            "alert": lambda one: str(one.alert),
            "to": lambda one: " ".join(filter(None, (one.channel, one.recipient))),
            "state": lambda one: one.state.value,
            "tries": lambda one: str(one.attempts),
            "at": lambda one: local(one.finished_at or one.due_at, settings),
            "why": lambda one: one.failure or one.reason,
        }
        show(found, columns, json=json, nothing="no such deliveries")


@deliveries_app.command("retry", epilog="Examples:  newsmonitor deliveries retry 17 18")
def retry_deliveries(numbers: Numbers, config: ConfigOption = CONFIG) -> None:
    """Try dead or dropped deliveries again, now."""
    now = utc_now()

    def retry(tx: Transaction) -> int:
        finished = _in_states(tx, numbers, DeliveryState.DEAD, DeliveryState.DROPPED)
        journal.record(tx, [_event(one, EventKind.RETRIED, "put back by hand", now) for one in finished])
        return stored_deliveries.retry(tx, numbers, now)

    with archive(config) as (_, store):
        done = store.write_now(retry)
    _say(done, numbers, "will be tried again", "neither dead nor dropped")


@deliveries_app.command("drop", epilog="Examples:  newsmonitor deliveries drop 17 --why 'the list was closed'")
def drop_deliveries(
    numbers: Numbers,
    why: Annotated[str, typer.Option("--why", help="For the journal.")] = "dropped by hand",
    config: ConfigOption = CONFIG,
) -> None:
    """Give deliveries up: they will not be sent."""
    now = utc_now()

    def drop(tx: Transaction) -> int:
        waiting = _in_states(tx, numbers, DeliveryState.DUE, DeliveryState.DEAD)
        journal.record(tx, [_event(one, EventKind.DROPPED, why, now) for one in waiting])
        return stored_deliveries.drop(tx, numbers, now, why)

    with archive(config) as (_, store):
        done = store.write_now(drop)
    _say(done, numbers, "will not be sent", "sent, being sent or dropped already")


def _in_states(tx: Transaction, numbers: list[int], *states: DeliveryState) -> list[ClaimedDelivery]:
    found = {number: stored_deliveries.get(tx, number) for number in dict.fromkeys(numbers)}
    missing = [str(number) for number, one in found.items() if one is None]
    if missing:
        raise UsageError(f"there is no delivery {', '.join(missing)}; `newsmonitor deliveries list` lists them")
    return [one for one in found.values() if one is not None and one.delivery.state in states]


def _event(one: ClaimedDelivery, kind: EventKind, reason: str, now: datetime) -> Event:
    alert, delivery = one.alert.alert, one.delivery
    return Event(
        now,
        kind,
        reason,
        article=alert.article,
        rule=alert.rule,
        story=alert.story,
        alert=delivery.alert,
        delivery=delivery.id,
        channel=delivery.channel,
    )


def _say(done: int, asked: list[int], did: str, not_: str) -> None:
    left = len(set(asked)) - done
    out.print(f"{done} of {done + left} {did}")
    if left:
        out.print(f"[yellow]{left} {'is' if left == 1 else 'are'} {not_}[/]")
        raise typer.Exit(1)


def _severity(word: str) -> Severity:
    try:
        return Severity[word.upper()]
    except KeyError:
        raise UsageError(f"“{word}” is no severity: {', '.join(one.word for one in Severity)}") from None


def _columns(config: Config) -> Columns:
    def title(one: StoredAlert) -> str:
        return str(one.alert.content.get("title", ""))

    return {
        "number": lambda one: str(one.id),
        "at": lambda one: local(one.alert.created_at, config),
        "severity": lambda one: one.alert.severity.word,
        "rule": lambda one: one.alert.rule,
        "story": lambda one: str(one.alert.story or ""),
        "reason": lambda one: one.alert.reason,
        "title": title,
    }
