"""Which channels' servers can be asked whether they are there, and what the answer says."""

from __future__ import annotations

import asyncio
import socket

import pytest

from monitor.reach import End, Reach, end_of
from monitor.secret import Secret


@pytest.mark.parametrize(
    ("url", "end"),
    [
        pytest.param("https://hooks.example/abc", End("hooks.example", 443), id="webhook"),
        pytest.param("mailto://user:password@mail.example?from=a@b.example", End("mail.example", 25), id="mail"),
        pytest.param("mailtos://me@example.org?smtp=mail.example", End("mail.example", 587), id="mail-elsewhere"),
        pytest.param("mailtos://me@example.org?mode=ssl", End("example.org", 465), id="mail-tls"),
        pytest.param("smtps://mail.example", End("mail.example", 465), id="smtps"),
        pytest.param("mailto://x?mode=none", None, id="mail-unreadable"),
        pytest.param("ircs://user:password@irc.example/%23desk", End("irc.example", 6697), id="irc"),
        pytest.param("gotify://10.0.0.5:8080/token", End("10.0.0.5", 8080), id="server-of-ones-own"),
        pytest.param("tgram://123456789:token/42", None, id="a-token-stands-where-a-host-would"),
        pytest.param("slack://a/b/c", None, id="no-host"),
        pytest.param("ntfy://topic", None, id="a-topic-stands-there"),
        pytest.param("https://[broken", None, id="unreadable"),
    ],
)
def test_only_a_host_is_taken_for_one(url: str, end: End | None) -> None:
    assert end_of(Secret(url)) == end


def test_an_end_is_back_only_after_it_was_away() -> None:
    async def work(end: End) -> list[bool]:
        reach = Reach()
        found = [await reach.is_back("desk", end)]
        with socket.create_server((end.host, end.port)):
            found += [await reach.is_back("desk", end), await reach.is_back("desk", end)]
        return found

    with socket.create_server(("127.0.0.1", 0)) as probe:
        end = End("127.0.0.1", probe.getsockname()[1])
    assert asyncio.run(work(end)) == [False, True, False]
