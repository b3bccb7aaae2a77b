"""The threads that send: bounded, named, given up on in time, and never in the way of the program's end."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from datetime import timedelta

import pytest

from monitor.channels.outcomes import Outcome, Retry, Sent
from monitor.channels.senders import HungUpError, Line, Senders

SHORT = timedelta(seconds=0.2)


def test_a_senders_thread_bears_its_channels_name() -> None:
    names = []

    def work(_: Line) -> Outcome:
        names.append(threading.current_thread().name)
        return Sent()

    assert asyncio.run(Senders("ops-room", 1, SHORT).run(work)) == Sent()
    assert names == ["send-ops-room"]


def test_no_more_run_at_once_than_the_channel_has() -> None:
    running, most = 0, 0
    lock = threading.Lock()

    def work(line: Line) -> Outcome:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.02)
        with lock:
            running -= 1
        return Sent()

    async def many() -> list[Outcome]:
        senders = Senders("x", 2, timedelta(seconds=5))
        return await asyncio.gather(*(senders.run(work) for _ in range(10)))

    assert asyncio.run(many()) == [Sent()] * 10
    assert most == 2


def test_when_all_hang_the_next_is_told_so_and_when_they_come_back_sending_goes_on() -> None:
    release = threading.Event()

    def stuck(_: Line) -> Outcome:
        release.wait(10)
        return Sent()

    async def story() -> None:
        senders = Senders("x", 2, SHORT)
        first = await asyncio.gather(senders.run(stuck), senders.run(stuck))
        assert set(first) == {Retry("no answer within 0.2 s", whole_channel=True)}
        assert senders.hanging == 2
        busy = await senders.run(lambda _: Sent())
        assert busy == Retry("all 2 senders of this channel are waiting for an answer", whole_channel=True)
        release.set()
        async with asyncio.timeout(5):
            while senders.hanging:  # noqa: ASYNC110 - a count to look at, not an event
                await asyncio.sleep(0.01)
        assert await senders.run(lambda _: Sent()) == Sent()

    asyncio.run(story())


def test_the_deadline_shuts_the_connection_so_that_the_thread_comes_back() -> None:
    near, far = socket.socketpair()

    def read(line: Line) -> Outcome:
        line.hold(near)
        return Retry(f"read {near.recv(10)!r}")

    async def story() -> None:
        senders = Senders("x", 1, SHORT)
        assert await senders.run(read) == Retry("no answer within 0.2 s", whole_channel=True)
        async with asyncio.timeout(5):
            while senders.hanging:  # noqa: ASYNC110 - a count to look at, not an event
                await asyncio.sleep(0.01)

    with near, far:
        asyncio.run(story())


def test_after_the_deadline_no_connection_is_opened() -> None:
    line = Line(SHORT)
    line.hang_up()
    near, far = socket.socketpair()
    with far, pytest.raises(HungUpError):
        line.hold(near)
    assert near.fileno() == -1


def test_a_cancelled_sending_is_given_up_and_frees_its_place_when_it_ends() -> None:
    release = threading.Event()

    def stuck(_: Line) -> Outcome:
        release.wait(10)
        return Sent()

    async def story() -> None:
        senders = Senders("x", 1, timedelta(seconds=5))
        task = asyncio.create_task(senders.run(stuck))
        while not any(thread.name == "send-x" for thread in threading.enumerate()):  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert senders.hanging == 1
        release.set()
        assert await senders.run(lambda _: Sent()) == Sent()
        assert senders.hanging == 0

    asyncio.run(story())


def test_a_bug_in_a_channel_is_raised_and_frees_its_place() -> None:
    def broken(_: Line) -> Outcome:
        raise ZeroDivisionError

    async def story() -> None:
        senders = Senders("x", 1, SHORT)
        with pytest.raises(ZeroDivisionError):
            await senders.run(broken)
        assert await senders.run(lambda _: Sent()) == Sent()

    asyncio.run(story())


def test_a_hanging_sender_does_not_keep_the_program_from_ending() -> None:
    program = """
import asyncio, threading
from datetime import timedelta
from monitor.channels.senders import Senders
asyncio.run(Senders("x", 1, timedelta(seconds=0.1)).run(lambda line: threading.Event().wait(60)))
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=20)
