"""The address that was checked is the one that is connected to, under the name it was looked up by."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from contextlib import suppress

import pytest

from monitor.sources.addresses import Address, parse_address
from monitor.sources.outcomes import (
    FailureKind,
    Fetched,
    FetchOutcome,
    FetchRequest,
    NotModified,
    PollFailed,
    Validators,
)
from tests.sources.loopback import Names, Serve, fetcher, kind, request

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>"
CLOSED = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<rss/>"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0x7f000001",
        "2130706433",
        "0177.0.0.1",
        "[::ffff:127.0.0.1]",
        "１２７.0.0.1",
        "inside.test",
    ],
)
def test_no_spelling_of_an_address_inside_is_connected_to(serve: Serve, host: str) -> None:
    async def act() -> None:
        async with serve(OK) as site:
            fetching = fetcher(Names(inside_test=[["127.0.0.1"]]))
            outcome = await fetching.fetch(request(f"http://{host}:{site.port}/"))
            await fetching.aclose()
            assert kind(outcome) is FailureKind.FORBIDDEN_ADDRESS
            assert site.heads == []

    asyncio.run(act())


@pytest.mark.parametrize("url", ["http://public.example\\@127.0.0.1:{}/", "http://public.example@127.0.0.1:{}/"])
def test_tricks_with_user_info_and_backslashes_gain_nothing(serve: Serve, url: str) -> None:
    async def act() -> None:
        async with serve(OK) as site:
            fetching = fetcher(Names(public_example=[["127.0.0.1"]]))
            outcome = await fetching.fetch(request(url.format(site.port)))
            await fetching.aclose()
            assert kind(outcome) in {FailureKind.FORBIDDEN_ADDRESS, FailureKind.BAD_URL}
            assert site.heads == []

    asyncio.run(act())


def test_one_forbidden_address_among_a_names_addresses_forbids_the_name(serve: Serve) -> None:
    async def act() -> None:
        async with serve(OK) as site:
            fetching = fetcher(Names(mixed_test=[["127.0.0.1", "10.0.0.1"]]))
            outcome = await fetching.fetch(request(site.url(host="mixed.test"), "127.0.0.1"))
            await fetching.aclose()
            assert kind(outcome) is FailureKind.FORBIDDEN_ADDRESS
            assert site.heads == []

    asyncio.run(act())


def test_a_name_that_changes_its_address_after_the_check_gains_nothing(serve: Serve) -> None:
    async def act() -> None:
        async with serve(CLOSED, host="127.0.0.3") as inside:
            names = Names(rebinding_test=[["127.0.0.2"], ["127.0.0.3"]])
            fetching = fetcher(names)
            url = inside.url(host="rebinding.test")
            first = await fetching.fetch(request(url, "127.0.0.2"))
            assert names.asked == ["rebinding.test"]  # looked up once, and 127.0.0.2 was what it connected to
            assert kind(first) is FailureKind.CONNECT
            second = await fetching.fetch(request(url, "127.0.0.2"))
            await fetching.aclose()
            assert kind(second) is FailureKind.FORBIDDEN_ADDRESS
            assert inside.heads == []

    asyncio.run(act())


def test_a_kept_connection_is_not_shared_with_a_feed_that_may_not_have_it(serve: Serve) -> None:
    async def act() -> None:
        async with serve(OK) as site:
            fetching = fetcher(Names())
            allowed = await fetching.fetch(request(site.url(), "127.0.0.1"))
            refused = await fetching.fetch(request(site.url()))
            await fetching.aclose()
            assert isinstance(allowed, Fetched)
            assert kind(refused) is FailureKind.FORBIDDEN_ADDRESS
            assert len(site.heads) == 1

    asyncio.run(act())


def test_a_host_with_many_feeds_is_connected_to_once() -> None:
    connections, gone = 0, asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        with suppress(asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 304 X\r\n\r\n" if b"if-none-match" in head else OK)
        writer.close()
        gone.set()

    async def act() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        fetching = fetcher(Names())
        for place in range(6):
            validators = Validators(b'"x"') if place % 2 else Validators()
            asked = FetchRequest(f"http://127.0.0.1:{port}/{place}", validators, allow_networks=("127.0.0.1",))
            assert isinstance(await fetching.fetch(asked), NotModified if place % 2 else Fetched)
        await fetching.aclose()
        await gone.wait()
        server.close()

    asyncio.run(act())
    assert connections == 1


def test_a_kept_connection_that_the_server_has_closed_is_opened_anew(serve: Serve) -> None:
    async def act() -> None:
        async with serve(OK) as site:  # promises to stay, and goes
            fetching = fetcher(Names())
            for place in range(4):
                assert isinstance(await fetching.fetch(request(site.url(f"/{place}"), "127.0.0.1")), Fetched)
            await fetching.aclose()
            assert len(site.heads) == 4

    asyncio.run(act())


def test_the_host_header_keeps_the_name(serve: Serve) -> None:
    async def act() -> None:
        async with serve(OK) as site:
            fetching = fetcher(Names(**{"xn--mnchen-3ya.test": [["127.0.0.1"]]}))
            outcome = await fetching.fetch(request(site.url(host="MÜNCHEN.test"), "127.0.0.1"))
            await fetching.aclose()
            assert isinstance(outcome, Fetched)
            assert f"host: xn--mnchen-3ya.test:{site.port}\r\n".encode() in site.heads[0]

    asyncio.run(act())


def test_a_dead_address_is_passed_over_for_the_next(serve: Serve) -> None:
    async def act() -> None:
        async with serve(OK, host="127.0.0.2") as site:
            fetching = fetcher(Names(two_test=[["::1", "127.0.0.4", "127.0.0.2"]]))
            outcome = await fetching.fetch(request(site.url(host="two.test"), "127.0.0.0/8", "::1"))
            await fetching.aclose()
            assert isinstance(outcome, Fetched)

    asyncio.run(act())


def test_a_name_without_address_is_a_dns_failure() -> None:
    async def act() -> FetchOutcome:
        fetching = fetcher(Names(empty_test=[[]]))
        outcome = await fetching.fetch(request("http://empty.test/"))
        await fetching.aclose()
        return outcome

    outcome = asyncio.run(act())
    assert kind(outcome) is FailureKind.DNS
    assert isinstance(outcome, PollFailed)
    assert outcome.sentence == "No address was found for empty.test (DNS)."


def test_fifty_drips_and_fifty_hanging_look_ups_delay_no_healthy_feed(serve: Serve) -> None:
    """The promise of ten seconds, scaled: what hangs here hangs for the whole test."""
    release = threading.Event()

    def names(host: str) -> list[Address]:
        if host.startswith("tarpit"):
            release.wait(30)
        return [parse_address("127.0.0.1")]

    all_drip, drips = asyncio.Event(), itertools.count(1)

    async def drip(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        if next(drips) == 50:
            all_drip.set()
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)

    async def act() -> list[float]:
        async with serve(drip) as dripping, serve(CLOSED) as healthy:
            fetching = fetcher(names)
            bad = [dripping.url(f"/{place}", f"drip{place}.test") for place in range(50)]
            bad += [healthy.url("/", f"tarpit{place}.test") for place in range(50)]
            stuck = [asyncio.create_task(fetching.fetch(request(url, "127.0.0.1", seconds=4))) for url in bad]
            await all_drip.wait()
            times = []
            for place in range(20):
                begun = time.monotonic()
                outcome = await fetching.fetch(request(healthy.url("/", f"healthy{place}.test"), "127.0.0.1"))
                times.append(time.monotonic() - begun)
                assert isinstance(outcome, Fetched)
            assert not any(task.done() for task in stuck)
            release.set()
            outcomes = await asyncio.gather(*stuck)
            assert {kind(outcome) for outcome in outcomes[:50]} == {FailureKind.TIMEOUT}
            await fetching.aclose()
            return times

    assert max(asyncio.run(act())) < 1.0
