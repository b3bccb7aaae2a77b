"""Opening connections only to vetted addresses: the address that was checked is the one that is connected to.

Checking a name and then connecting by name leaves a gap in which the name can change (DNS rebinding). Here the name is
looked up once, every address it gives must be allowed, and the connection goes to one of exactly these. TLS and
the Host header keep the name. The only module that imports httpcore.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine, Iterable
from itertools import zip_longest

import httpcore

from monitor.sources.addresses import Address, AddressPolicy, literal_address
from monitor.sources.resolve import Resolver

# RFC 8305 §5: how long one address may keep the next from being tried.
_HEAD_START = 0.25
_ATTEMPTS = 6
_KEPT_ALIVE = 5
_KEEPALIVE_SECONDS = 30.0


class ForbiddenAddressError(Exception):
    """A name or address is not public and not allowed; carries a sentence."""


class VettedBackend(httpcore.AsyncNetworkBackend):
    """The network as one address policy lets it be seen."""

    def __init__(self, policy: AddressPolicy, resolver: Resolver) -> None:
        self._policy = policy
        self._resolver = resolver
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Look up, vet all, connect to the first that answers.

        Raises :class:`ForbiddenAddressError`, the resolver's errors, and httpcore's.
        """
        literal = literal_address(host)
        addresses = [literal] if literal else await self._resolver.resolve(host)
        for address in addresses:
            if refusal := self._policy.refusal(host, address, port):
                raise ForbiddenAddressError(refusal)

        async def attempt(address: Address) -> httpcore.AsyncNetworkStream:
            return await self._network.connect_tcp(str(address), port, timeout, local_address, socket_options)

        if len(addresses) == 1:
            return await attempt(addresses[0])
        return await _race(_alternating(addresses)[:_ATTEMPTS], attempt)

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore does between its own retries."""
        await asyncio.sleep(seconds)


def _alternating(addresses: list[Address]) -> list[Address]:
    """The two families by turns, the system's first choice first (RFC 8305 §4): one dead family costs one try."""
    first = [address for address in addresses if address.version == addresses[0].version]
    other = [address for address in addresses if address.version != addresses[0].version]
    return [address for pair in zip_longest(first, other) for address in pair if address is not None]


async def _race(
    addresses: list[Address], attempt: Callable[[Address], Coroutine[None, None, httpcore.AsyncNetworkStream]]
) -> httpcore.AsyncNetworkStream:
    """Try one address after another, each with a short head start; the first connection wins, the rest are closed."""
    waiting = iter(addresses)
    running: set[asyncio.Task[httpcore.AsyncNetworkStream]] = set()
    failures: list[BaseException] = []
    try:
        while True:
            following = next(waiting, None)
            if following is not None:
                running.add(asyncio.create_task(attempt(following)))
            elif not running:
                raise failures[0]
            patience = None if following is None else _HEAD_START
            done, running = await asyncio.wait(running, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            failures += [error for task in done if (error := task.exception())]
            connected = [task.result() for task in done if task.exception() is None]
            if connected:
                await _close(connected[1:])
                return connected[0]
    finally:
        for task in running:
            task.cancel()
        late = await asyncio.gather(*running, return_exceptions=True)
        await _close([stream for stream in late if isinstance(stream, httpcore.AsyncNetworkStream)])


async def _close(streams: list[httpcore.AsyncNetworkStream]) -> None:
    for stream in streams:
        await stream.aclose()


def vetted_pool(policy: AddressPolicy, resolver: Resolver, tls: ssl.SSLContext) -> httpcore.AsyncConnectionPool:
    """A pool that connects only as the policy allows.

    No bound on connections in use: the caller bounds the fetches under way, and a bound here would let servers that
    drip fill a pool and starve those that answer.
    """
    return httpcore.AsyncConnectionPool(
        ssl_context=tls,
        max_connections=None,
        max_keepalive_connections=_KEPT_ALIVE,
        keepalive_expiry=_KEEPALIVE_SECONDS,
        network_backend=VettedBackend(policy, resolver),
    )
