"""A signed JSON webhook: one POST per alert, which the receiver can check and tell from a repeat.

The signature is HMAC-SHA256 over the timestamp, a full stop and the body, so that an old request cannot be replayed
with a new time. docs/channels.md shows how to verify it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from monitor.alerts.message import Message
from monitor.alerts.style import WEBHOOK, Style
from monitor.channels.exchange import Watch, post
from monitor.channels.outcomes import Outcome
from monitor.channels.senders import Line, Senders
from monitor.channels.spec import ChannelError, ChannelSpec
from monitor.channels.verdict import any_success, judge, no_refusal
from monitor.secret import Secret

SIGNATURE = "X-Newsmonitor-Signature"
TIMESTAMP = "X-Newsmonitor-Timestamp"
MESSAGE = "X-Newsmonitor-Message"


def sign(key: Secret, timestamp: str, body: bytes) -> str:
    """``sha256=…`` for the signature header."""
    digest = hmac.new(key.reveal().encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"


class WebhookChannel:
    """POSTs to one URL."""

    style: Style = WEBHOOK
    recipients: tuple[str, ...] = ("",)

    def __init__(self, spec: ChannelSpec, clock: Callable[[], datetime]) -> None:
        url = spec.url.reveal().removeprefix("webhook+")
        try:
            parts = urlsplit(url)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise ChannelError(f"channel {spec.name}: a webhook needs an http or https address")
        self.name = spec.name
        self.warnings = () if spec.signing_key else (f"channel {spec.name}: the webhook is not signed (signing_key)",)
        self._spec = spec
        self._url = Secret(url)
        self._clock = clock
        self._senders = Senders(spec.name, spec.senders, spec.timeout)

    @property
    def hanging(self) -> int:
        """Attempts given up on whose thread has not come back yet."""
        return self._senders.hanging

    async def send(self, message: Message, recipient: str) -> Outcome:  # noqa: ARG002 - the URL is the recipient
        """POST the message's JSON."""
        return await self._senders.run(lambda line: self._post(message, line))

    def _post(self, message: Message, line: Line) -> Outcome:
        now = self._clock()
        body = message.body.encode("utf-8", "replace")
        timestamp = str(int(now.timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "newsmonitor",
            TIMESTAMP: timestamp,
            MESSAGE: message.uid.encode("ascii", "replace").decode(),
        }
        if self._spec.signing_key:
            headers[SIGNATURE] = sign(self._spec.signing_key, timestamp, body)
        proxy = self._spec.proxy.reveal() if self._spec.proxy else ""
        watch = Watch(line, self._spec.ca_file, proxy)
        post(self._url.reveal(), body, headers, watch)
        return judge(watch, now, any_success, no_refusal)
