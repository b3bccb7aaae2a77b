"""Name look-ups that hang cost their own names and no others."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable

import pytest

from monitor.sources.addresses import Address, parse_address
from monitor.sources.resolve import LookupOverdueError, NameNotFoundError, Resolver, system_lookup

HERE = [parse_address("127.0.0.1")]


def hanging(release: threading.Event, asked: list[str]) -> Callable[[str], list[Address]]:
    def lookup(host: str) -> list[Address]:
        asked.append(host)
        if host.startswith("tarpit"):
            release.wait(20)
        return HERE

    return lookup


def test_a_name_is_looked_up_once_however_many_wait_for_it() -> None:
    async def act() -> list[str]:
        release, asked = threading.Event(), list[str]()
        resolver = Resolver(hanging(release, asked))
        waiting = [asyncio.create_task(resolver.resolve("tarpit.test")) for _ in range(20)]
        await asyncio.sleep(0)
        release.set()
        assert await asyncio.gather(*waiting) == [HERE] * 20
        return asked

    assert asyncio.run(act()) == ["tarpit.test"]


def test_names_that_hung_before_share_half_the_threads_at_most() -> None:
    async def act() -> None:
        release, asked = threading.Event(), list[str]()
        resolver = Resolver(hanging(release, asked), threads=8, patience=0.05)
        for place in range(5):
            with pytest.raises(LookupOverdueError, match="did not answer"):
                await resolver.resolve(f"tarpit{place}.test")
        release.set()
        for thread in threading.enumerate():
            if thread.name.startswith("dns tarpit"):
                thread.join(10)
        for _ in range(4):  # turns in which the loop takes in what the threads have left
            await asyncio.sleep(0)
        release.clear()
        for place in range(4):
            with pytest.raises(LookupOverdueError, match="did not answer"):
                await resolver.resolve(f"tarpit{place}.test")
        with pytest.raises(LookupOverdueError, match="Too many"):
            await resolver.resolve("tarpit4.test")
        assert await resolver.resolve("healthy.test") == HERE
        release.set()

    asyncio.run(act())


def test_when_every_thread_hangs_a_look_up_fails_at_once() -> None:
    async def act() -> None:
        release, asked = threading.Event(), list[str]()
        resolver = Resolver(hanging(release, asked), threads=2, patience=0.05)
        for place in range(2):
            with pytest.raises(LookupOverdueError):
                await resolver.resolve(f"tarpit{place}.test")
        with pytest.raises(LookupOverdueError, match="Too many"):
            await resolver.resolve("third.test")
        assert "third.test" not in asked
        release.set()

    asyncio.run(act())


@pytest.mark.parametrize(
    ("error", "says"),
    [
        pytest.param(socket.gaierror(socket.EAI_NONAME, "x"), "No address was found", id="no such name"),
        pytest.param(socket.gaierror(socket.EAI_AGAIN, "x"), "online", id="no name server"),
        pytest.param(UnicodeError("x"), "No address was found", id="a name that cannot be encoded"),
    ],
)
def test_a_failed_look_up_says_what_failed(error: Exception, says: str) -> None:
    def lookup(_: str) -> list[Address]:
        raise error

    async def act() -> None:
        with pytest.raises(NameNotFoundError, match=says):
            await Resolver(lookup).resolve("name.test")

    asyncio.run(act())


def test_the_system_knows_this_machine() -> None:
    assert parse_address("127.0.0.1") in system_lookup("localhost")
