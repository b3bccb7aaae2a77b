"""One request at a time to every host and a pause between, on a clock that only the test moves."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from monitor.sources.addresses import AddressPolicy
from monitor.sources.manners import HostGate, host_of, is_own, same_origin


class Clock:
    """Time that passes only while someone sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


def test_requests_to_one_host_wait_for_each_other_and_for_the_gap() -> None:
    async def act() -> list[tuple[str, float]]:
        clock = Clock()
        gate = HostGate(timedelta(seconds=1), clock, clock.sleep)
        log: list[tuple[str, float]] = []

        async def visit(name: str) -> None:
            async with gate.turn("one.example"):
                log.append((f"{name} in", clock.now))
                await asyncio.sleep(0)
                clock.now += 0.25
                log.append((f"{name} out", clock.now))

        await asyncio.gather(*(visit(name) for name in "abc"))
        return log

    assert asyncio.run(act()) == [
        ("a in", 1000.0),
        ("a out", 1000.25),
        ("b in", 1001.25),
        ("b out", 1001.5),
        ("c in", 1002.5),
        ("c out", 1002.75),
    ]


def test_other_hosts_do_not_wait() -> None:
    async def act() -> float:
        clock = Clock()
        gate = HostGate(timedelta(seconds=1), clock, clock.sleep)
        async with gate.turn("one.example"), gate.turn("two.example"):
            return clock.now

    assert asyncio.run(act()) == 1000.0


def test_at_an_operators_own_host_only_the_pause_is_left_out() -> None:
    async def act() -> tuple[float, int]:
        clock = Clock()
        gate = HostGate(timedelta(seconds=1), clock, clock.sleep)
        inside = most = 0

        async def visit() -> None:
            nonlocal inside, most
            async with gate.turn("127.0.0.1", polite=False):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0)
                inside -= 1

        await asyncio.gather(*(visit() for _ in range(5)))
        return clock.now, most

    assert asyncio.run(act()) == (1000.0, 1)


def test_a_visit_that_fails_or_is_cancelled_gives_its_place_back() -> None:
    async def act() -> bool:
        clock = Clock()
        gate = HostGate(timedelta(seconds=1), clock, clock.sleep)
        with pytest.raises(OSError, match="down"):
            async with gate.turn("one.example"):
                raise OSError("down")
        async with gate.turn("one.example"):
            waiting = asyncio.create_task(gate.turn("one.example").__aenter__())
            await asyncio.sleep(0)
            waiting.cancel()
        async with gate.turn("one.example"):
            return True

    assert asyncio.run(act())


def test_hosts_that_no_one_asks_for_are_forgotten() -> None:
    async def act() -> int:
        clock = Clock()
        gate = HostGate(timedelta(seconds=1), clock, clock.sleep)
        for place in range(5_000):
            async with gate.turn(f"host{place}.example"):
                clock.now += 0.01
        return len(gate)

    assert asyncio.run(act()) <= 1_001


@pytest.mark.parametrize(
    ("url", "allow", "own"),
    [
        ("http://127.0.0.1:8080/f", "127.0.0.0/8", True),
        ("http://localhost:8080/f", "127.0.0.1:8080", True),
        ("http://wiki.corp.example/f", "wiki.corp.example", True),
        ("http://127.0.0.1:8081/f", "127.0.0.1:8080", False),
        ("http://public.example/f", "127.0.0.0/8", False),
        ("not a url", "127.0.0.0/8", False),
    ],
)
def test_only_a_place_the_operator_opened_is_an_own_one(url: str, allow: str, own: bool) -> None:
    assert is_own(url, AddressPolicy([allow])) is own


def test_the_host_is_one_however_it_is_written() -> None:
    assert host_of("https://u:p@EXAMPLE.org:8443/x") == host_of("http://example.org/") == "example.org"
    assert host_of("mailto:x") == ""


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("https://a.example/rss", "https://A.example:443/story", True, id="path-case-and-default-port"),
        pytest.param("https://a.example/rss", "http://a.example/rss", False, id="scheme"),
        pytest.param("https://a.example/rss", "https://b.a.example/rss", False, id="host"),
        pytest.param("http://127.0.0.1:80/", "http://127.0.0.1:81/", False, id="port"),
        pytest.param("https://a.example/rss", "javascript:alert(1)", False, id="not-a-place"),
    ],
)
def test_credentials_stay_within_scheme_host_and_port(one: str, other: str, expected: bool) -> None:
    assert same_origin(one, other) is expected
