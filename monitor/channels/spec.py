"""What a channel is made from and what it can do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from monitor.alerts.message import Message
from monitor.alerts.style import Style
from monitor.channels.outcomes import Outcome
from monitor.errors import NewsmonitorError
from monitor.secret import Secret

RECIPIENT = "{to}"
"""Stands for the recipient in an Apprise URL that can name several."""


class ChannelError(NewsmonitorError):
    """A channel cannot be opened as configured; the message names the channel and never any part of its URL."""


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """One channel as configured.

    ``url`` is ``console://``, ``mailto(s)://``, ``smtp(s)://``, ``https://`` (a webhook) or any Apprise URL. That leads
    to one place; for several it holds ``{to}`` and ``recipients`` names them, so that each has its own fate.
    ``type`` (``console``, ``email``, ``webhook``, ``apprise``) is only needed where the URL does not tell.
    ``timeout`` is for one whole attempt, ``senders`` how many may run at once. ``signing_key`` signs a webhook.
    ``sender`` is an e-mail's From. ``ca_file`` holds further certificates to trust, ``proxy`` is the only proxy used:
    the environment is not asked.
    """

    name: str
    url: Secret
    type: str = ""
    recipients: tuple[str, ...] = ()
    timeout: timedelta = timedelta(seconds=30)
    senders: int = 2
    signing_key: Secret | None = None
    sender: str = ""
    ca_file: Path | None = None
    proxy: Secret | None = None


class Channel(Protocol):
    """A way out. ``recipients`` holds ``""`` alone where the URL says it all; every delivery names one of them.

    ``warnings`` are sentences for the operator about a set-up that works but promises too little.
    """

    @property
    def name(self) -> str:
        """As configured."""

    @property
    def style(self) -> Style:
        """How its messages are to be rendered."""

    @property
    def recipients(self) -> tuple[str, ...]:
        """Whom it reaches."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the operator should know."""

    @property
    def hanging(self) -> int:
        """Attempts given up on whose thread has not come back yet."""

    async def send(self, message: Message, recipient: str) -> Outcome:
        """One attempt. It ends within the channel's timeout, whatever the other side does."""
