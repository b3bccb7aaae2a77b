"""``newsmonitor send-test``: does a channel work, before it has to."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Callable
from typing import Annotated

import typer

from monitor.alerts.content import NoticeContent, NoticeKind
from monitor.alerts.render import render
from monitor.app import utc_now
from monitor.assembly import open_one, secrets_of
from monitor.channels import Outcome, Rejected, Retry, Sent, load_templates
from monitor.cli import app
from monitor.cli.names import no_such
from monitor.cli.options import CONFIG, ConfigOption
from monitor.cli.terminal import out, printable
from monitor.config import load_config
from monitor.ops.redact import Redactor
from monitor.rules.model import Severity


@app.command("send-test", epilog="Examples:  newsmonitor send-test duty-mail")
def send_test(
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="Its name in config.yaml.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Send a test message to every recipient of a channel, and say what the service answered."""
    settings = load_config(config, os.environ)
    if channel not in settings.channels:
        raise no_such("channel", channel, settings.channels)
    one = settings.channels[channel]
    opened = open_one(channel, one, utc_now)
    content = NoticeContent(
        uid=uuid.uuid4().hex,
        kind=NoticeKind.TEST,
        title=f"A test of the channel {channel}",
        severity=Severity.INFO,
        found_at=utc_now(),
        lines=("If you can read this, alerts will reach you here.",),
    )
    message = render(content, opened.style, one.timezone or settings.timezone, load_templates(one.templates))
    for warning in opened.warnings:
        out.print(f"[yellow]{warning}[/]")
    clean = Redactor(secrets_of(settings)).clean  # a service may say back what it was asked
    fine = [_told(recipient, asyncio.run(opened.send(message, recipient)), clean) for recipient in opened.recipients]
    if not all(fine):
        raise typer.Exit(1)


def _told(recipient: str, outcome: Outcome, clean: Callable[[str], str]) -> bool:
    where = f" to {printable(recipient)}" if recipient else ""
    match outcome:
        case Sent(receipt):
            out.print(f"[green]✓[/] sent{where}{f' ({printable(clean(receipt))})' if receipt else ''}")
            return True
        case Retry(reason):
            out.print(f"[yellow]✗[/] not now{where}: {printable(clean(reason))}")
        case Rejected(reason):
            out.print(f"[red]✗[/] refused{where}: {printable(clean(reason))}")
    return False
