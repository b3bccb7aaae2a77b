"""One fetch against real servers that answer well, badly, slowly and with intent."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.secret import Secret
from monitor.sources.fetch import Fetcher
from monitor.sources.outcomes import FailureKind, Fetched, NotModified, Validators
from tests.sources.loopback import BODY, NOW, Fetch, Respond, Serve, failed, fetched, reply, request


def test_a_body_comes_with_its_type_and_validators(fetch: Fetch) -> None:
    answer = reply("200 OK", "Content-Type: text/xml; charset=x", 'ETag: W/"a"', "Last-Modified: yesterday")
    outcome = fetched(fetch(answer).outcome)
    assert outcome.body == BODY
    assert outcome.content_type == "text/xml; charset=x"
    assert outcome.validators == Validators(b'W/"a"', b"yesterday")
    assert outcome.moved_to == ""


@pytest.mark.parametrize(
    "validators",
    [
        pytest.param(Validators(b'"plain"', b"Tue, 02 Jan 2024 03:04:05 GMT"), id="as the standard has them"),
        pytest.param(Validators(b"no quotes", b"2024-01-02"), id="neither quoted nor a date"),
        pytest.param(Validators(b'"\xe9\xff\x80"', b"\xc3\xa4"), id="bytes that are no text"),
        pytest.param(Validators(b'"a", "b"', b"0"), id="two in one"),
        pytest.param(Validators(b'"' + b"x" * 2000 + b'"', None), id="long, and no date"),
    ],
)
def test_validators_come_back_byte_for_byte(fetch: Fetch, validators: Validators) -> None:
    visit = fetch(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n", validators=validators)
    assert visit.outcome == NotModified(validators)
    head = visit.site.heads[0]
    assert validators.etag is not None
    assert b"\r\nif-none-match: " + validators.etag + b"\r\n" in head
    if validators.last_modified:
        assert b"\r\nif-modified-since: " + validators.last_modified + b"\r\n" in head
    else:
        assert b"if-modified-since" not in head


def test_a_304_may_renew_its_validators_and_its_freshness(fetch: Fetch) -> None:
    answer = b'HTTP/1.1 304 X\r\nETag: "new"\r\nCache-Control: max-age=60\r\nConnection: close\r\n\r\n'
    outcome = fetch(answer, validators=Validators(b'"old"', b"then")).outcome
    assert outcome == NotModified(Validators(b'"new"', b"then"), timedelta(seconds=60))


def test_only_gzip_is_asked_for(fetch: Fetch) -> None:
    head = fetch(reply()).site.heads[0].lower()
    assert b"\r\naccept-encoding: gzip\r\n" in head
    assert head.count(b"accept-encoding") == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        pytest.param("404 Not Found", FailureKind.HTTP_STATUS, id="404"),
        pytest.param("500 Oops", FailureKind.HTTP_STATUS, id="500"),
        pytest.param("799 Own", FailureKind.HTTP_STATUS, id="a status of its own"),
        pytest.param("206 Partial", FailureKind.HTTP_STATUS, id="a part that no one asked for"),
        pytest.param("304 Not Modified", FailureKind.HTTP_STATUS, id="304 to a first request"),
        pytest.param("410 Gone", FailureKind.GONE, id="410"),
        pytest.param("429 Slow", FailureKind.RATE_LIMITED, id="429"),
        pytest.param("503 Busy", FailureKind.RATE_LIMITED, id="503"),
    ],
)
def test_a_status_is_an_outcome(fetch: Fetch, status: str, kind: FailureKind) -> None:
    body = b"" if status.startswith("304") else b"x"
    outcome = failed(fetch(reply(status, body=body)).outcome)
    assert outcome.kind is kind
    assert outcome.status == int(status[:3])
    assert "127.0.0.1" in outcome.sentence


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
def test_nothing_is_not_a_feed(fetch: Fetch, body: bytes) -> None:
    assert failed(fetch(reply(body=body)).outcome).kind is FailureKind.EMPTY


def test_a_wait_is_reckoned_by_the_servers_own_clock(fetch: Fetch) -> None:
    answer = reply(
        "503 Busy", "Date: Mon, 01 Jan 1990 00:00:00 GMT", "Retry-After: Monday, 01-Jan-90 00:10:00 GMT", body=b""
    )
    assert failed(fetch(answer).outcome).retry_after == timedelta(minutes=10)


def redirecting(*hops: tuple[str, str]) -> Respond:
    """Paths /0, /1, … answer with the status and Location given; any other path is the feed."""

    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        path = head.split()[1].decode()
        place = int(path[1:]) if path[1:].isdigit() else len(hops)
        if place < len(hops):
            status, location = hops[place]
            writer.write(reply(f"{status} Moved", f"Location: {location}", body=b""))
        else:
            writer.write(reply())
        await writer.drain()

    return respond


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        pytest.param(("301",), True, id="301"),
        pytest.param(("308", "301"), True, id="308 then 301"),
        pytest.param(("302",), False, id="302"),
        pytest.param(("301", "307"), False, id="301 then 307"),
        pytest.param(("303", "308"), False, id="303 then 308"),
    ],
)
def test_only_permanent_redirects_all_the_way_are_a_move(fetch: Fetch, statuses: tuple[str, ...], moved: bool) -> None:
    hops = [(status, f"/{place + 1}") for place, status in enumerate(statuses)]
    hops[-1] = (statuses[-1], "/new?a=1")
    outcome = fetched(fetch(redirecting(*hops), "/0").outcome)
    assert outcome.url.endswith("/new?a=1")
    assert outcome.moved_to == (outcome.url if moved else "")


@pytest.mark.parametrize(
    ("location", "says"),
    [
        pytest.param("/0", "circle", id="to itself"),
        pytest.param("", "where to", id="nowhere"),
        pytest.param("ftp://127.0.0.1/x", "ftp", id="another scheme"),
        pytest.param("javascript:alert(1)", "javascript", id="a script"),
        pytest.param("file:///etc/passwd", "file", id="a file"),
        pytest.param("http://127.0.0.1:99999/", "malformed", id="no port"),
        pytest.param("http://127.0.0.1:0/", "Port 0", id="port zero"),
        pytest.param("http://[::1/", "cannot be", id="half an address"),
        pytest.param("http://exa\\mple.org/", "backslash", id="a backslash"),
        pytest.param("http://xn--\xff/", "host", id="a host that is none"),
    ],
)
def test_a_redirect_that_cannot_be_followed_says_why(fetch: Fetch, location: str, says: str) -> None:
    outcome = failed(fetch(redirecting(("302", location)), "/0").outcome)
    assert outcome.kind is FailureKind.REDIRECT
    assert says in outcome.sentence


def test_five_hops_are_followed_and_a_sixth_is_not(fetch: Fetch) -> None:
    def hops(number: int) -> list[tuple[str, str]]:
        return [("302", f"/{place + 1}") for place in range(number)]

    assert isinstance(fetch(redirecting(*hops(5)), "/0").outcome, Fetched)
    assert failed(fetch(redirecting(*hops(6)), "/0").outcome).kind is FailureKind.REDIRECT


@pytest.mark.parametrize("location", ["http://10.0.0.1/", "http://169.254.169.254/latest", "http://0x0a000001:80/"])
def test_a_redirect_to_an_address_inside_is_not_followed(fetch: Fetch, location: str) -> None:
    outcome = failed(fetch(redirecting(("301", location)), "/0").outcome)
    assert outcome.kind is FailureKind.FORBIDDEN_ADDRESS
    assert "allow_networks" in outcome.sentence


def test_credentials_and_custom_headers_go_to_their_origin(fetch: Fetch) -> None:
    visit = fetch(redirecting(("302", "/feed")), "/0", user="me:p%40ss@", headers=(("X-Key", Secret("k1")),))
    assert len(visit.site.heads) == 2
    for head in visit.site.heads:
        assert b"\r\nauthorization: Basic bWU6cEBzcw==\r\n" in head
        assert b"\r\nx-key: k1\r\n" in head


def test_a_redirect_never_carries_credentials_to_another_origin(fetch: Fetch) -> None:
    seen: list[bytes] = []

    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        async def other(reader: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
            seen.append(await reader.readuntil(b"\r\n\r\n"))
            answer.write(reply())
            await answer.drain()
            answer.close()
            server.close()

        server = await asyncio.start_server(other, "127.0.0.2", 0)
        port = server.sockets[0].getsockname()[1]
        writer.write(reply("302 Found", f"Location: http://u:p@127.0.0.2:{port}/x", body=b""))
        await writer.drain()

    visit = fetch(respond, user="me:secret@", headers=(("Cookie", Secret("c=1")), ("X-Key", Secret("k1"))))
    assert isinstance(visit.outcome, Fetched)
    assert b"authorization" in visit.site.heads[0]
    for word in (b"authorization", b"cookie", b"x-key", b"secret", b"k1"):
        assert word not in seen[0].lower()


@pytest.mark.parametrize("trusted", [False, True])
def test_the_environments_proxy_is_used_only_if_configured_and_netrc_never(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, serve: Serve, *, trusted: bool
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password canary\n", encoding="ascii")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    async def act() -> tuple[list[bytes], list[bytes]]:
        async with serve(reply()) as site, serve(reply()) as proxy:
            for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
                monkeypatch.setenv(name, proxy.url(""))
            fetcher = Fetcher(lambda: NOW, trust_env=trusted)
            outcome = await fetcher.fetch(request(site.url(), "127.0.0.0/8"))
            await fetcher.aclose()
            assert isinstance(outcome, Fetched)
            return site.heads, proxy.heads

    direct, proxied = asyncio.run(act())
    assert (len(direct), len(proxied)) == ((0, 1) if trusted else (1, 0))
    assert b"authorization" not in b"".join(direct + proxied).lower()


def test_a_feeds_own_headers_cannot_replace_what_keeps_the_fetch_right(fetch: Fetch) -> None:
    own = (("Host", Secret("evil.example")), ("Accept-Encoding", Secret("br")), ("User-Agent", Secret("mine")))
    head = fetch(reply(), headers=own).site.heads[0].lower()
    assert b"evil.example" not in head
    assert b"accept-encoding: gzip" in head
    assert b"user-agent: mine" in head


def test_the_deadline_covers_a_drip_of_headers(fetch: Fetch) -> None:
    async def respond(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-Drip: 1\r\n")
            await writer.drain()
            await asyncio.sleep(0.02)

    visit = fetch(respond, deadline=0.3)
    assert failed(visit.outcome).kind is FailureKind.TIMEOUT
    assert visit.seconds < 3


def test_the_deadline_covers_a_drip_of_body(fetch: Fetch) -> None:
    async def respond(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    visit = fetch(respond, deadline=0.3)
    outcome = failed(visit.outcome)
    assert outcome.kind is FailureKind.TIMEOUT
    assert "bytes" in outcome.sentence
    assert visit.seconds < 3


def test_the_deadline_covers_all_hops_together(fetch: Fetch) -> None:
    async def respond(_: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.15)
        place = len(paths)
        paths.append("")
        writer.write(reply("302 Found", f"Location: /{place}", body=b""))
        await writer.drain()

    paths: list[str] = []
    visit = fetch(respond, deadline=0.4)
    assert failed(visit.outcome).kind is FailureKind.TIMEOUT
    assert visit.seconds < 3


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"\x16\x03\x01\x00\x00not http\r\n\r\n", id="not HTTP"),
        pytest.param(b"HTTP/1.1 OK\r\n\r\n", id="no status"),
        pytest.param(b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n", id="a broken header"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", id="a length below zero"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n", id="an endless header"),
        pytest.param(b"", id="nothing at all"),
    ],
)
def test_what_is_not_http_is_told_so(fetch: Fetch, answer: bytes) -> None:
    assert failed(fetch(answer).outcome).kind is FailureKind.PROTOCOL


def test_no_url_and_no_secret_is_logged_at_any_level(fetch: Fetch, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("", "httpx", "httpcore", "httpcore.http11", "httpcore.connection"):
        caplog.set_level(logging.DEBUG, name)
    fetch(
        redirecting(("302", "/feed?token=t0ken")), "/0?key=s3cret", user="me:passw0rd@", headers=(("X", Secret("h1d")),)
    )
    for word in ("s3cret", "passw0rd", "t0ken", "bWU6", "h1d"):
        assert word not in caplog.text
