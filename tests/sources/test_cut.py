"""A transfer that ends at any byte, however it is framed: nothing is made of half an item."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass

import pytest

from monitor.sources.documents import parse_document
from monitor.sources.fetch import Fetcher
from monitor.sources.outcomes import Fetched, ParsedFeed, PollFailed
from monitor.sources.resolve import Resolver
from tests.sources.loopback import NOW, Names, request, serve

FEED = (
    b"<rss version='2.0'><channel><title>T</title><item><guid>1</guid><title>Raketen f\xc3\xbcr Russland</title></item>"
    b"<item><guid>2</guid><title>Regen</title></item></channel></rss>"
)
ATOM = (
    b"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><id>1</id><title>Raketen</title></entry>"
    b"<entry><id>2</id><title>Regen</title></entry></feed>"
)
JSON = (
    b'{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":"1","title":"Raketen"},'
    b'{"id":"2","title":"Regen"}]}'
)


def chunked(body: bytes, size: int = 16) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@dataclass(frozen=True)
class Framing:
    """How the end of a body is told."""

    name: str
    head: bytes
    body: bytes

    @property
    def whole(self) -> bytes:
        return b'HTTP/1.1 200 OK\r\nETag: "x"\r\n' + self.head + b"Connection: close\r\n\r\n" + self.body


def framings(document: bytes) -> list[Framing]:
    packed = gzip.compress(document, mtime=0)
    gzipped = b"Content-Encoding: gzip\r\n"
    return [
        Framing("length", b"Content-Length: %d\r\n" % len(document), document),
        Framing("chunked", b"Transfer-Encoding: chunked\r\n", chunked(document)),
        Framing("closed", b"", document),
        Framing("length-gzip", gzipped + b"Content-Length: %d\r\n" % len(packed), packed),
        Framing("chunked-gzip", gzipped + b"Transfer-Encoding: chunked\r\n", chunked(packed)),
        Framing("closed-gzip", gzipped, packed),
    ]


async def read_at_every_cut(framing: Framing) -> dict[int, PollFailed | ParsedFeed]:
    """What comes of the answer when the connection ends after so many bytes of it."""
    whole = framing.whole
    found: dict[int, PollFailed | ParsedFeed] = {}

    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        cut = int(head.split(b" ")[1].rpartition(b"/")[2])
        writer.write(whole[:cut])

    fetcher = Fetcher(lambda: NOW, resolver=Resolver(Names()))
    async with serve(answer) as site:
        free = asyncio.Semaphore(16)

        async def read(cut: int) -> None:
            async with free:
                outcome = await fetcher.fetch(request(site.url(f"/{cut}"), "127.0.0.0/8"))
            if isinstance(outcome, Fetched):
                found[cut] = parse_document(outcome.body, outcome.content_type, outcome.url)
            else:
                assert isinstance(outcome, PollFailed)
                found[cut] = outcome

        await asyncio.gather(*(read(cut) for cut in range(len(whole) + 1)))
        await fetcher.aclose()
    return found


@pytest.mark.parametrize(
    "framing", [pytest.param(one, id=f"{kind}-{one.name}") for kind, document in
                (("rss", FEED), ("atom", ATOM), ("json", JSON)) for one in framings(document)]
)  # fmt: skip
def test_an_answer_cut_at_any_byte_is_a_failure_or_has_every_item_whole(framing: Framing) -> None:
    found = asyncio.run(read_at_every_cut(framing))
    assert len(found) == len(framing.whole) + 1
    for cut, outcome in found.items():
        if isinstance(outcome, ParsedFeed):
            assert cut == len(framing.whole) or framing.name.startswith("closed"), f"byte {cut}: the cut shows"
            titles = [entry.title for entry in outcome.entries]
            assert len(titles) == 2, f"byte {cut}"
            assert titles[1] == "Regen"
    assert isinstance(found[len(framing.whole)], ParsedFeed)
