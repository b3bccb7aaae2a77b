"""One HTTP exchange: a request out, a status, headers and raw bytes back. The only module that imports httpx.

A transport's cost per request grows with the square of its connections (httpcore looks at each of them twice), so the
hosts are spread over many transports, "lanes", with few connections each; they share one TLS context, whose making is
the dear part. A lane connects under one address policy: a connection that was opened for a feed which may reach the
intranet is never reused for one which may not.

httpx's transports are used without its client: that one reads every Location header even when it is not to follow it,
and raises on hostile ones; it also logs whole URLs, remembers cookies and decodes without bounds.
"""

from __future__ import annotations

import logging
import ssl
import zlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.request import getproxies, proxy_bypass

import httpx

from monitor.sources.addresses import AddressPolicy
from monitor.sources.connect import vetted_pool
from monitor.sources.resolve import Resolver
from monitor.sources.targets import Target

Headers: TypeAlias = Sequence[tuple[bytes, bytes]]

_CHATTY = (
    "httpx",
    "httpcore.connection",
    "httpcore.connection_pool",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
)


_STEPS = {
    "connection.connect_tcp.started": "it was being looked up and connected to",
    "connection.start_tls.started": "encryption was being set up",
    "http11.receive_response_headers.started": "it had not answered",
}


class ExchangeError(Exception):
    """An exchange failed; ``__cause__`` is the library's error. ``begun`` says that a body had begun to come."""

    def __init__(self, error: Exception, *, begun: bool) -> None:
        super().__init__(str(error))
        self.begun = begun


class PeerBrokeProtocolError(ExchangeError):
    """What came is not HTTP, or ended before the length it promised."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The head of a response, header names in lower case. ``chunks`` gives the body as it came over the wire."""

    status: int
    headers: Headers
    chunks: AsyncIterator[bytes]

    def header(self, name: bytes) -> bytes | None:
        """The first header of that name."""
        return next((value for key, value in self.headers if key == name), None)

    def joined(self, name: bytes) -> bytes:
        """All headers of that name as one list (RFC 9110 §5.3); empty if there is none."""
        return b", ".join(value for key, value in self.headers if key == name)


class Lanes:
    """The transports of one fetcher. ``trust_env`` lets the proxies of the environment in; they are not vetted."""

    def __init__(self, resolver: Resolver, tls: ssl.SSLContext, *, lanes: int = 32, trust_env: bool = False) -> None:
        _hush()
        self._resolver = resolver
        self._tls = tls
        self._lanes = lanes
        self._trust_env = trust_env
        self._transports: dict[tuple[frozenset[str], int] | str, httpx.AsyncHTTPTransport] = {}

    @asynccontextmanager
    async def exchange(
        self, target: Target, headers: Headers, policy: AddressPolicy, on_step: Callable[[str], None]
    ) -> AsyncIterator[Reply]:
        """Send one GET and give its reply; ``on_step`` is told what the server is being waited for.

        Raises :class:`ExchangeError` and what the vetting backend raises, while entering and while the body is read.
        """
        transport = self._transport(target, policy)
        request = httpx.Request("GET", target.url, headers=[(b"host", _host_header(target)), *headers])
        async with _mapped(begun=False):
            response = await _send(transport, request, on_step)
        try:
            raw = [(name.lower(), value) for name, value in response.headers.raw]
            yield Reply(response.status_code, raw, _chunks(response))
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        transports, self._transports = self._transports, {}
        for transport in transports.values():
            await transport.aclose()

    def _transport(self, target: Target, policy: AddressPolicy) -> httpx.AsyncHTTPTransport:
        proxy = _environment_proxy(target) if self._trust_env else ""
        key = proxy or (policy.entries, zlib.crc32(target.host.encode()) % self._lanes)
        if key not in self._transports:
            self._transports[key] = (
                httpx.AsyncHTTPTransport(verify=self._tls, trust_env=False, proxy=proxy)
                if proxy
                else _VettedTransport(policy, self._resolver, self._tls)
            )
        return self._transports[key]


class _VettedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport over a pool whose every connection is vetted."""

    def __init__(self, policy: AddressPolicy, resolver: Resolver, tls: ssl.SSLContext) -> None:
        super().__init__(verify=tls, trust_env=False)
        if "_pool" not in vars(self):
            raise TypeError("this httpx keeps its connections elsewhere, where they cannot be vetted")
        self._pool = vetted_pool(policy, resolver, tls)


def client_tls(ca_file: str = "") -> ssl.SSLContext:
    """What connections are verified against: certifi's authorities, the system's, and those of ``ca_file``."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context


async def _send(
    transport: httpx.AsyncHTTPTransport, request: httpx.Request, on_step: Callable[[str], None]
) -> httpx.Response:
    """Send, once more if a kept connection turned out to be closed: a GET may be repeated (RFC 9110 §9.2.2)."""
    opened = False

    async def trace(event: str, _: Mapping[str, Any]) -> None:
        nonlocal opened
        opened = opened or event == "connection.connect_tcp.started"
        if event in _STEPS:
            on_step(_STEPS[event])

    request.extensions = {**request.extensions, "trace": trace}
    try:
        return await transport.handle_async_request(request)
    except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
        if opened:
            raise
        return await transport.handle_async_request(request)


async def _chunks(response: httpx.Response) -> AsyncIterator[bytes]:
    async with _mapped(begun=True):
        async for chunk in response.aiter_raw():
            yield chunk


@asynccontextmanager
async def _mapped(*, begun: bool) -> AsyncIterator[None]:
    """Turn the library's errors into ours."""
    try:
        yield
    except httpx.ProtocolError as error:
        raise PeerBrokeProtocolError(error, begun=begun) from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ExceptionGroup, OSError, ValueError) as error:
        raise ExchangeError(error, begun=begun) from error


def _environment_proxy(target: Target) -> str:
    """The proxy that the environment names for a target (``HTTPS_PROXY``, ``NO_PROXY`` and kin); empty for none."""
    return "" if proxy_bypass(target.host) else getproxies().get(target.scheme, "")


def _host_header(target: Target) -> bytes:
    return target.url.partition("://")[2].partition("/")[0].encode("ascii")


def _hush() -> None:
    """Silence below WARNING: these libraries log whole URLs, with user, password and query, and whole headers."""
    for name in _CHATTY:
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        if _is_warning not in logger.filters:
            logger.addFilter(_is_warning)  # whoever configures logging may set the level anew; a filter stays


def _is_warning(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING
