"""Encrypted connections: verified against the name, and never left for plain ones."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from monitor.sources.outcomes import FailureKind, Fetched, FetchOutcome, PollFailed
from tests.sources.loopback import Names, Serve, fetcher, kind, request

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>"


@pytest.mark.parametrize(
    ("name", "trusted", "says"),
    [
        pytest.param("feeds.test", True, None, id="trusted"),
        pytest.param("other.test", True, "for another host", id="another host's"),
        pytest.param("feeds.test", False, "does not trust", id="from an unknown authority"),
    ],
)
def test_tls_is_verified_against_the_name(
    serve: Serve, tmp_path: Path, name: str, trusted: bool, says: str | None
) -> None:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("feeds.test").configure_cert(server)
    pem = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(pem)

    async def act() -> FetchOutcome:
        async with serve(OK, tls=server) as site:
            names = Names(feeds_test=[["127.0.0.1"]], other_test=[["127.0.0.1"]])
            fetching = fetcher(names, ca_file=str(pem) if trusted else "")
            outcome = await fetching.fetch(request(site.url(host=name), "127.0.0.1"))
            await fetching.aclose()
            return outcome

    outcome = asyncio.run(act())
    if says is None:
        assert isinstance(outcome, Fetched)
    else:
        assert kind(outcome) is FailureKind.TLS
        assert isinstance(outcome, PollFailed)
        assert says in outcome.sentence


def test_an_expired_certificate_is_told_so(serve: Serve, tmp_path: Path) -> None:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("feeds.test", not_after=datetime(2020, 1, 1, tzinfo=UTC)).configure_cert(server)
    pem = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(pem)

    async def act() -> FetchOutcome:
        async with serve(OK, tls=server) as site:
            fetching = fetcher(Names(feeds_test=[["127.0.0.1"]]), ca_file=str(pem))
            outcome = await fetching.fetch(request(site.url(host="feeds.test"), "127.0.0.1"))
            await fetching.aclose()
            return outcome

    outcome = asyncio.run(act())
    assert isinstance(outcome, PollFailed)
    assert (outcome.kind, outcome.sentence) == (FailureKind.TLS, "feeds.test's certificate has expired.")


def test_https_is_never_left_for_http(serve: Serve, tmp_path: Path) -> None:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("feeds.test").configure_cert(server)
    pem = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(pem)

    async def act() -> None:
        async with serve(OK) as plain:
            moved = f"HTTP/1.1 301 X\r\nLocation: {plain.url()}\r\nContent-Length: 0\r\n\r\n".encode()
            async with serve(moved, tls=server) as site:
                fetching = fetcher(Names(feeds_test=[["127.0.0.1"]]), ca_file=str(pem))
                outcome = await fetching.fetch(request(site.url(host="feeds.test"), "127.0.0.1"))
                await fetching.aclose()
                assert kind(outcome) is FailureKind.REDIRECT
                assert plain.heads == []

    asyncio.run(act())
