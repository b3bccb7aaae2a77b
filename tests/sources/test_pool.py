"""What a hostile document costs: one failure of one feed, and the daemon neither time nor memory."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from monitor.sources.outcomes import FailureKind, ParsedFeed, ParseOutcome, PollFailed
from monitor.sources.pool import ParserPool

URL = "https://feeds.example/feed"
GOOD = b"<rss version='2.0'><channel><title>Good</title><item><title>One</title></item></channel></rss>"
Result = TypeVar("Result")


def with_pool(act: Callable[[ParserPool], Awaitable[Result]], *, deadline: float = 4.5, workers: int = 1) -> Result:
    async def run() -> Result:
        pool = ParserPool(workers, deadline)
        try:
            return await act(pool)
        finally:
            await pool.aclose()

    return asyncio.run(run())


def children() -> set[int]:
    mine = Path(f"/proc/{os.getpid()}/task")
    return {int(pid) for task in mine.iterdir() for pid in (task / "children").read_text().split()}


def memory() -> int:
    """Bytes of this process that are in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def environment_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


def in_item(inner: bytes) -> bytes:
    return b"<rss version='2.0'><channel><item><title>x</title>" + inner + b"</item></channel></rss>"


def laughs() -> bytes:
    levels = b"".join(b'<!ENTITY l%d "%b">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 12))
    return b'<!DOCTYPE rss [<!ENTITY l0 "ha">' + levels + b"]>" + in_item(b"<description>&l11;</description>")


BOMBS: dict[str, Callable[[], bytes]] = {
    "400,000 deep": lambda: b"<rss version='2.0'>" + b"<a>" * 400_000,
    "400,000 deep and closed": lambda: b"<rss version='2.0'>" + b"<a>" * 400_000 + b"</a>" * 400_000 + b"</rss>",
    "a quadratic author": lambda: in_item(b"<author>" + b"a@" * 64_000 + b"</author>"),
    "an author in brackets": lambda: in_item(b"<author>" + b"(" * 128_000 + b"</author>"),
    "comment openers": lambda: in_item(b"<description>" + b"&lt;!--" * 100_000 + b"</description>"),
    "comment openers in the open": lambda: in_item(b"<!--" * 200_000),
    "deep markup": lambda: in_item(b"<description>" + b"&lt;div&gt;" * 200_000 + b"</description>"),
    "billion laughs": laughs,
    "a million items": lambda: b"<rss version='2.0'><channel>" + b"<item/>" * 1_000_000 + b"</channel></rss>",
    "one long title": lambda: in_item(b"<title>" + b"x" * 8_000_000 + b"</title>"),
    "a million attributes": lambda: in_item(b"<a " + b"b='c' " * 1_000_000 + b"/>"),
    "entities": lambda: in_item(b"<description>" + b"&amp;amp;" * 900_000 + b"</description>"),
    "declarations": lambda: b"<!DOCTYPE x [" + b"<!ENTITY a 'b'>" * 300_000 + b"]>" + GOOD,
    "openers of declarations": lambda: b"<?xml" * 400_000 + GOOD,
    "doctypes": lambda: b"<!DOCTYPE " * 300_000 + GOOD,
    "deep JSON": lambda: b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 3_000_000,
    "a long JSON number": lambda: b'{"version": ' + b"9" * 5_000_000 + b"}",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_over_in_five_seconds_and_leaves_the_daemon_as_it_was(name: str) -> None:
    bomb = BOMBS[name]()

    async def act(pool: ParserPool) -> tuple[float, float, int, ParseOutcome]:
        assert isinstance(await pool.parse(GOOD, "text/xml", URL), ParsedFeed)
        stalls: list[float] = []
        resident: list[int] = []

        async def beat() -> None:
            while True:
                begun = time.perf_counter()
                await asyncio.sleep(0.01)
                stalls.append(time.perf_counter() - begun - 0.01)
                resident.append(memory())

        heart = asyncio.create_task(beat())
        resident.append(memory())
        begun = time.monotonic()
        outcome = await pool.parse(bomb, "text/xml", URL)
        seconds = time.monotonic() - begun
        grown = max(resident) - resident[0]
        heart.cancel()
        after = await pool.parse(GOOD, "text/xml", URL)
        assert isinstance(after, ParsedFeed)
        return seconds, max(stalls, default=0.0), grown, outcome

    seconds, stall, grown, outcome = with_pool(act)
    assert isinstance(outcome, (ParsedFeed, PollFailed))
    assert seconds < 6.0  # the deadline is 4.5; the rest is this machine's other work
    assert stall < 0.25
    assert grown < 32 * 1024 * 1024


def test_a_document_over_the_deadline_is_a_failure_of_its_own() -> None:
    bomb = BOMBS["400,000 deep"]()
    outcome = with_pool(lambda pool: pool.parse(bomb, "text/xml", URL), deadline=0.5)
    assert isinstance(outcome, PollFailed)
    assert outcome.kind is FailureKind.PARSE_LIMIT
    assert "0.5 s" in outcome.sentence


def test_a_document_over_the_memory_limit_is_a_failure_of_its_own() -> None:
    document = b"<rss version='2.0'><channel>" + b"<item><title>x</title></item>" * 300_000 + b"</channel></rss>"

    async def run() -> tuple[ParseOutcome, ParseOutcome]:
        pool = ParserPool(1, 60, 90 * 1024 * 1024)
        try:
            return await pool.parse(document, "text/xml", URL), await pool.parse(GOOD, "text/xml", URL)
        finally:
            await pool.aclose()

    outcome, after = asyncio.run(run())
    assert isinstance(outcome, PollFailed)
    assert outcome.kind is FailureKind.PARSE_LIMIT
    assert isinstance(after, ParsedFeed)


def test_other_feeds_are_read_while_one_hangs() -> None:
    bomb = BOMBS["400,000 deep"]()

    async def act(pool: ParserPool) -> tuple[float, bool]:
        await asyncio.gather(*(pool.parse(GOOD, "text/xml", URL) for _ in range(2)))
        hanging = asyncio.create_task(pool.parse(bomb, "text/xml", URL))
        await asyncio.sleep(0)
        begun = time.monotonic()
        for _ in range(10):
            assert isinstance(await pool.parse(GOOD, "text/xml", URL), ParsedFeed)
        seconds, still_hanging = time.monotonic() - begun, not hanging.done()
        await hanging
        return seconds, still_hanging

    seconds, still_hanging = with_pool(act, workers=2)
    assert still_hanging
    assert seconds < 2


def test_a_process_that_is_killed_is_replaced() -> None:
    async def act(pool: ParserPool) -> ParseOutcome:
        await pool.parse(GOOD, "text/xml", URL)
        (worker,) = children() - before
        os.kill(worker, signal.SIGKILL)
        first = await pool.parse(GOOD, "text/xml", URL)
        return first if isinstance(first, ParsedFeed) else await pool.parse(GOOD, "text/xml", URL)

    before = children()
    assert isinstance(with_pool(act), ParsedFeed)


def test_no_process_is_left_behind() -> None:
    before = children()

    async def act(pool: ParserPool) -> None:
        await asyncio.gather(*(pool.parse(GOOD, "text/xml", URL) for _ in range(6)))
        assert len(children() - before) == 3

    with_pool(act, workers=3)
    assert children() - before == set()


def test_a_poll_that_is_given_up_does_not_spoil_the_next() -> None:
    bomb = BOMBS["400,000 deep"]()

    async def act(pool: ParserPool) -> ParseOutcome:
        await pool.parse(GOOD, "text/xml", URL)
        given_up = asyncio.create_task(pool.parse(bomb, "text/xml", URL))
        await asyncio.sleep(0.1)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        return await pool.parse(GOOD, "text/xml", URL)

    outcome = with_pool(act)
    assert isinstance(outcome, ParsedFeed)
    assert outcome.title == "Good"


def test_a_parsing_process_knows_none_of_the_daemons_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMONITOR_SMTP_PASSWORD", "canary")
    before = children()

    async def act(pool: ParserPool) -> bytes:
        await pool.parse(GOOD, "text/xml", URL)
        (worker,) = children() - before
        return environment_of(worker)

    environment = with_pool(act)
    assert b"PYTHONPATH" in environment
    assert b"canary" not in environment


def test_texts_of_every_script_and_lone_surrogates_cross_the_pipe() -> None:
    document = '{"version": "https://jsonfeed.org/version/1", "title": "한국어 \\ud83d \\ud83d\\ude00 й", "items": []}'
    outcome = with_pool(lambda pool: pool.parse(document.encode(), "", URL))
    assert isinstance(outcome, ParsedFeed)
    assert outcome.title == "한국어 😀 й"


PAGE = """<!doctype html><html><head><title>Seite</title></head><body>
<nav><a href="/">Start</a><a href="/x">Mehr</a></nav>
<article><h1>Lieferung bestätigt</h1><p>Der Zug überquerte in der Nacht die Grenze, sagten drei Beamte am Dienstag.</p>
<p>Was er geladen hatte, blieb offen. Satellitenbilder zeigen vierzig Wagen im Bahnhof von Tumangang.</p></article>
<footer>Impressum und Datenschutz</footer></body></html>"""


def test_the_text_of_a_page_comes_without_its_menus() -> None:
    text = with_pool(lambda pool: pool.extract(PAGE.encode(), "text/html; charset=utf-8", URL), deadline=20)
    assert isinstance(text, str)
    assert "Der Zug überquerte" in text
    assert "vierzig Wagen" in text
    assert "Impressum" not in text
    assert "Mehr" not in text


def test_a_hostile_page_is_a_failure_like_a_hostile_feed() -> None:
    page = b"<html><body>" + b"<div>" * 1_000_000
    outcome = with_pool(lambda pool: pool.extract(page, "text/html", URL), deadline=1.5)
    assert outcome == "" or (isinstance(outcome, PollFailed) and outcome.kind is FailureKind.PARSE_LIMIT)
