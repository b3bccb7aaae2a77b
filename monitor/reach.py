"""Whether the server of a failing channel can be connected to again: asked between tries, and no try itself.

Tries become rare in a long outage. When a server that could not be connected to answers again, the next one need not
be waited for. A wait that the service itself asked for is kept; a server that answers with errors is tried as before.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from monitor.channels.mail import server_of
from monitor.secret import Secret
from monitor.sources.resolve import LookupOverdueError, NameNotFoundError, Resolver

_PATIENCE = 5.0
_PORTS = {"http": 80, "https": 443}
_MAIL = frozenset({"mailto", "mailtos", "smtp", "smtps"})
_HOSTED = {"gotify": 80, "gotifys": 443, "mmost": 80, "mmosts": 443, "matrix": 80, "matrixs": 443, "rocket": 80,
           "rockets": 443, "nctalk": 80, "nctalks": 443, "json": 80, "jsons": 443, "irc": 6667, "ircs": 6697,
           "mqtt": 1883, "mqtts": 8883}  # fmt: skip
"""Apprise's schemes whose host is a server of one's own; in others a token may stand there."""


@dataclass(frozen=True, slots=True)
class End:
    """Where a channel connects to."""

    host: str
    port: int


def end_of(url: Secret | None) -> End | None:
    """The server in a channel's URL; None where it names none, or no one can tell."""
    if url is None:
        return None
    try:
        parts = urlsplit(url.reveal())
        if parts.scheme.lower() in _MAIL:
            return End(*server_of(url))
        port = parts.port or {**_PORTS, **_HOSTED}.get(parts.scheme.lower())
    except ValueError:
        return None
    known = parts.scheme.lower() in _PORTS or parts.scheme.lower() in _HOSTED
    return End(parts.hostname, port) if known and parts.hostname and port else None


class Reach:
    """What is known of the ends of failing channels; for use from one event loop."""

    def __init__(self) -> None:
        self._resolver = Resolver()
        self._out_of_reach: set[str] = set()

    async def is_back(self, channel: str, end: End) -> bool:
        """Whether an end that was out of reach when last asked is in reach now."""
        if not await self._can_connect(end):
            self._out_of_reach.add(channel)
            return False
        was_out = channel in self._out_of_reach
        self._out_of_reach.discard(channel)
        return was_out

    async def _can_connect(self, end: End) -> bool:
        with suppress(OSError, TimeoutError, NameNotFoundError, LookupOverdueError):
            async with asyncio.timeout(_PATIENCE):
                address = (await self._resolver.resolve(end.host))[0]
                _, writer = await asyncio.open_connection(str(address), end.port)
                writer.close()
                return True
        return False
