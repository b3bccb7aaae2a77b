"""Real servers on loopback that answer byte for byte what a test says, and fetchers that may reach them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from monitor.secret import Secret
from monitor.sources.fetch import Fetcher
from monitor.sources.outcomes import FetchOutcome, FetchRequest, Validators

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NONE = Validators()
Respond = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Site:
    """A server and what it was asked, heads of requests in order."""

    port: int
    scheme: str = "http"
    heads: list[bytes] = field(default_factory=list)

    def url(self, path: str = "/feed", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"


class Serve(Protocol):
    def __call__(
        self, answer: bytes | Respond, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
    ) -> AbstractAsyncContextManager[Site]: ...


@asynccontextmanager
async def _serve(
    answer: bytes | Respond, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> AsyncIterator[Site]:
    site = Site(0, "https" if tls else "http")

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            site.heads.append(head)
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(head, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    server = await asyncio.start_server(handle, host, 0, ssl=tls)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()


@pytest.fixture
def serve() -> Serve:
    return _serve


@dataclass
class Visit:
    outcome: FetchOutcome
    site: Site
    seconds: float


class Fetch(Protocol):
    def __call__(
        self,
        answer: bytes | Respond,
        path: str = "/feed",
        *,
        user: str = "",
        validators: Validators = NONE,
        headers: tuple[tuple[str, Secret], ...] = (),
        deadline: float = 20.0,
        max_bytes: int = 1_000_000,
    ) -> Visit: ...


@pytest.fixture
def fetch() -> Fetch:
    """Serve one answer to every request on loopback and fetch from there once."""

    def visit(
        answer: bytes | Respond,
        path: str = "/feed",
        *,
        user: str = "",
        validators: Validators = NONE,
        headers: tuple[tuple[str, Secret], ...] = (),
        deadline: float = 20.0,
        max_bytes: int = 1_000_000,
    ) -> Visit:
        async def once() -> Visit:
            fetcher = Fetcher(lambda: NOW)
            async with _serve(answer) as site:
                request = FetchRequest(
                    site.url(path).replace("://", f"://{user}"),
                    validators,
                    headers,
                    allow_networks=("127.0.0.0/8",),
                    deadline=timedelta(seconds=deadline),
                    max_bytes=max_bytes,
                )
                begun = asyncio.get_running_loop().time()
                try:
                    outcome = await fetcher.fetch(request)
                finally:
                    await fetcher.aclose()
                return Visit(outcome, site, asyncio.get_running_loop().time() - begun)

        return asyncio.run(once())

    return visit
