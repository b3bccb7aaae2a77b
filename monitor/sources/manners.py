"""One guest at a time and a pause between visits: what every host may expect of us, however many feeds it has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from monitor.sources.addresses import AddressPolicy, literal_address
from monitor.sources.targets import BadUrlError, Target

_SWEEP_ABOVE = 1_000


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    guests: int = 0


class HostGate:
    """Lets one request at a time through to each host, ``gap`` after the one before has ended; first come first served.

    For use from one event loop. Hosts that no one asks for are forgotten.
    """

    def __init__(
        self,
        gap: timedelta,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._gap = gap.total_seconds()
        self._monotonic = monotonic
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str, *, polite: bool = True) -> AsyncIterator[None]:
        """Wait for the host's turn and keep it. ``polite=False`` leaves out the pause, not the one at a time."""
        place = self._hosts.setdefault(host, _Host())
        place.guests += 1
        try:
            async with place.lock:
                wait = place.free_at - self._monotonic()
                if polite and wait > 0:
                    await self._sleep(wait)
                try:
                    yield
                finally:
                    place.free_at = self._monotonic() + self._gap
        finally:
            place.guests -= 1
            self._sweep()

    def __len__(self) -> int:
        """How many hosts are remembered."""
        return len(self._hosts)

    def _sweep(self) -> None:
        if len(self._hosts) > _SWEEP_ABOVE:
            now = self._monotonic()
            self._hosts = {name: host for name, host in self._hosts.items() if host.guests or host.free_at > now}


def host_of(url: str) -> str:
    """The host that manners are owed to; empty for a URL that cannot be polled anyway."""
    try:
        return Target.parse(url).host
    except BadUrlError:
        return ""


def is_own(url: str, policy: AddressPolicy) -> bool:
    """Whether a URL names a place that the operator has opened: only there may the pauses be shortened."""
    try:
        target = Target.parse(url)
    except BadUrlError:
        return False
    literal = literal_address("127.0.0.1" if target.host == "localhost" else target.host)
    return policy.opens(target.host, literal, target.port)


def same_origin(one: str, other: str) -> bool:
    """Whether two URLs share scheme, host and port (RFC 6454); False for what cannot be asked anyway."""
    try:
        return Target.parse(one).origin == Target.parse(other).origin
    except BadUrlError:
        return False
