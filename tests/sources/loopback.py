"""Real servers on loopback that answer byte for byte what a test says, and fetchers that may reach them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from monitor.secret import Secret
from monitor.sources.addresses import Address, parse_address
from monitor.sources.fetch import Fetcher
from monitor.sources.outcomes import FailureKind, Fetched, FetchOutcome, FetchRequest, PollFailed, Validators
from monitor.sources.resolve import Resolver

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NONE = Validators()
BODY = b"<rss version='2.0'><channel><title>T</title></channel></rss>"
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
async def serve(
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


def reply(status: str = "200 OK", *headers: str, body: bytes = BODY) -> bytes:
    """A whole response, after which the connection is closed."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def failed(outcome: FetchOutcome) -> PollFailed:
    assert isinstance(outcome, PollFailed), outcome
    return outcome


def fetched(outcome: FetchOutcome) -> Fetched:
    assert isinstance(outcome, Fetched), outcome
    return outcome


class Names:
    """A name service of the test's own: each look-up of a name gives its next answer, the last one for ever."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self._answers = {name.replace("_", "."): answer for name, answer in answers.items()}
        self.asked: list[str] = []

    def __call__(self, host: str) -> list[Address]:
        self.asked.append(host)
        answers = self._answers[host]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return [parse_address(address) for address in answer]


def fetcher(names: Callable[[str], list[Address]], *, ca_file: str = "") -> Fetcher:
    return Fetcher(lambda: NOW, resolver=Resolver(names), ca_file=ca_file)


def request(url: str, *allow: str, seconds: float = 10) -> FetchRequest:
    return FetchRequest(url, allow_networks=allow, deadline=timedelta(seconds=seconds))


def kind(outcome: FetchOutcome) -> FailureKind | None:
    return outcome.kind if isinstance(outcome, PollFailed) else None
