"""Opens a channel: decides by its URL (or type) which kind it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TextIO

from monitor.channels.console import ConsoleChannel
from monitor.channels.mail import MailChannel
from monitor.channels.spec import Channel, ChannelError, ChannelSpec
from monitor.channels.webhook import WebhookChannel

_BY_SCHEME = {
    "console": "console",
    "mailto": "email",
    "mailtos": "email",
    "smtp": "email",
    "smtps": "email",
    "http": "webhook",
    "https": "webhook",
    "webhook+http": "webhook",
    "webhook+https": "webhook",
}


def _utc_now() -> datetime:
    return datetime.now(UTC)


def open_channel(
    spec: ChannelSpec, *, clock: Callable[[], datetime] = _utc_now, terminal: TextIO | None = None
) -> Channel:
    """The channel that the spec describes, ready to send; nothing is connected yet.

    ``clock`` gives aware UTC for signatures and ``Retry-After`` dates; ``terminal`` is where a console channel prints,
    standard output by default. Raises ``ChannelError``, which names the channel and no part of its URL.
    """
    scheme = spec.url.reveal().partition("://")[0].lower()
    match spec.type or _BY_SCHEME.get(scheme, "apprise"):
        case "console":
            return ConsoleChannel(spec, terminal)
        case "email":
            return MailChannel(spec)
        case "webhook":
            return WebhookChannel(spec, clock)
        case "apprise":
            # Apprise brings a hundred plug-ins; a daemon that mails and prints should not load them
            from monitor.channels.apprise import AppriseChannel  # noqa: PLC0415

            return AppriseChannel(spec, clock)
        case other:
            raise ChannelError(
                f"channel {spec.name}: there is no type {other}; there are console, email, webhook, apprise"
            )
