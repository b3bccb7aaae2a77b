"""Bodies that are packed, cut, endless or bombs."""

from __future__ import annotations

import asyncio
import gzip
import zlib

import pytest

from monitor.sources.outcomes import FailureKind
from tests.sources.loopback import BODY, Fetch, failed, fetched, reply


def test_a_transfer_cut_at_any_byte_is_cut_short(fetch: Fetch) -> None:
    packed = gzip.compress(BODY)
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
    for head, body in (
        (b"Content-Length: %d\r\n" % len(BODY), BODY),
        (b"Transfer-Encoding: chunked\r\n", chunked),
        (b"Content-Encoding: gzip\r\n", packed),
    ):
        for end in range(1, len(body) - 1, 9 if head.startswith(b"Content-L") else 7):
            outcome = failed(fetch(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + body[:end]).outcome)
            assert outcome.kind is FailureKind.CUT_SHORT, (head, end)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        pytest.param("br", b"\x0b\x02\x80abc\x03", id="brotli"),
        pytest.param("zstd", b"\x28\xb5\x2f\xfd\x00", id="zstd"),
        pytest.param("deflate", zlib.compress(BODY), id="deflate"),
        pytest.param("gzip, gzip", gzip.compress(gzip.compress(BODY)), id="gzip twice, said so"),
        pytest.param("gzip", gzip.compress(gzip.compress(BODY)), id="gzip twice, not said so"),
        pytest.param("gzip", b"not gzip at all", id="not gzip"),
        pytest.param("identity", gzip.compress(BODY), id="gzip, not said so"),
    ],
)
def test_a_coding_that_was_not_asked_for_is_refused(fetch: Fetch, coding: str, body: bytes) -> None:
    outcome = failed(fetch(reply("200 OK", f"Content-Encoding: {coding}", body=body)).outcome)
    assert outcome.kind is FailureKind.BAD_ENCODING


def test_gzip_is_undone_also_in_several_members(fetch: Fetch) -> None:
    body = gzip.compress(BODY[:20]) + gzip.compress(BODY[20:]) + b"\0\0\0\0"
    outcome = fetched(fetch(reply("200 OK", "Content-Encoding: x-gzip", body=body)).outcome)
    assert outcome.body == BODY


def test_a_bomb_stops_at_the_limit(fetch: Fetch) -> None:
    bomb = gzip.compress(bytes(300_000_000), 9)
    outcome = failed(fetch(reply("200 OK", "Content-Encoding: gzip", body=bomb), max_bytes=2_000_000).outcome)
    assert outcome.kind is FailureKind.TOO_LARGE


def test_a_body_without_end_stops_at_the_limit(fetch: Fetch) -> None:
    async def respond(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    assert failed(fetch(respond).outcome).kind is FailureKind.TOO_LARGE


def test_a_length_over_the_limit_is_not_read_at_all(fetch: Fetch) -> None:
    visit = fetch(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", deadline=10)
    assert failed(visit.outcome).kind is FailureKind.TOO_LARGE
