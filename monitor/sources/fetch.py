"""One conditional fetch, from a request to an outcome.

::

    target ─▶ exchange ─┬─ 3xx ─▶ next target (at most max_hops) ─┐
       ▲                └─ 200 ─▶ body, decoded as it comes       │
       └──────────────────────────────────────────────────────────┘

All of it under one deadline: name look-ups, hops, headers and body. What is *not* decided here: when to ask again
(``cadence``), whether the host may be asked now (``manners``), whether the body is a feed (``parsing``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor import __version__
from monitor.sources.addresses import AddressPolicy
from monitor.sources.connect import ForbiddenAddressError
from monitor.sources.failures import failure, status_failure
from monitor.sources.inflate import BadEncodingError, Body, TooLargeError, UnfinishedError
from monitor.sources.lanes import ExchangeError, Lanes, Reply, client_tls
from monitor.sources.outcomes import (
    FailureKind,
    Fetched,
    FetchOutcome,
    FetchRequest,
    NotModified,
    PollFailed,
    Validators,
)
from monitor.sources.replies import fresh_for, retry_after
from monitor.sources.resolve import LookupOverdueError, NameNotFoundError, Resolver
from monitor.sources.targets import BadUrlError, Target

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_LOOKING_UP = "its address was being looked up"
_WITH_FEED = frozenset({200, 203})
_OVERLOADED = frozenset({429, 503})
_ACCEPT = (
    b"application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    b"application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)
# Headers that a feed's own must not replace: they carry what this module is there to keep right.
_OURS = frozenset(
    {b"host", b"accept-encoding", b"connection", b"te", b"transfer-encoding", b"content-length", b"upgrade"}
)


@dataclass(slots=True)
class _Journey:
    """Where one fetch stands: for the sentence if its time runs out, and for what must not cross an origin."""

    target: Target
    step: str = _LOOKING_UP
    hops: int = 0
    permanent: bool = True
    left_origin: bool = False
    received: int = 0


class Fetcher:
    """Fetches feeds; for use from one event loop. Bounding the number of fetches under way is the caller's part."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        resolver: Resolver | None = None,
        lanes: int = 32,
        trust_env: bool = False,
        ca_file: str = "",
        user_agent: str = "",
    ) -> None:
        """``ca_file`` names further authorities to trust (PEM); ``trust_env`` lets ``HTTPS_PROXY`` and kin in."""
        self._clock = clock
        self._user_agent = (user_agent or f"newsmonitor/{__version__}").encode()
        self._lanes = Lanes(resolver or Resolver(), client_tls(ca_file), lanes=lanes, trust_env=trust_env)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._lanes.aclose()

    async def fetch(self, request: FetchRequest) -> FetchOutcome:
        """Fetch once. Never raises for anything a server, a network or a URL does."""
        try:
            policy = AddressPolicy(request.allow_networks)
            journey = _Journey(Target.parse(request.url))
        except ValueError as error:
            return PollFailed(FailureKind.BAD_URL, str(error))
        try:
            async with asyncio.timeout(request.deadline.total_seconds()):
                return await self._travel(request, policy, journey)
        except TimeoutError:
            return _overdue(request, journey)
        except TooLargeError:
            megabytes = request.max_bytes / (1024 * 1024)
            return PollFailed(FailureKind.TOO_LARGE, f"The answer is larger than {megabytes:g} MiB; it was not read.")
        except UnfinishedError:
            return PollFailed(FailureKind.CUT_SHORT, f"{journey.target.host} sent compressed data without its end.")
        except (
            BadUrlError,
            BadEncodingError,
            ExchangeError,
            ForbiddenAddressError,
            LookupOverdueError,
            NameNotFoundError,
        ) as error:
            return failure(error, journey.target.host)

    async def _travel(self, request: FetchRequest, policy: AddressPolicy, journey: _Journey) -> FetchOutcome:
        """Follow the redirects to an outcome."""
        home = journey.target
        visited = {home.url}
        while True:
            journey.step = _LOOKING_UP
            headers = self._headers(request, journey, home)
            async with self._lanes.exchange(journey.target, headers, policy, _follow(journey)) as reply:
                if reply.status not in _REDIRECTS:
                    return await self._arrive(request, journey, reply)
                stopped = _turn(request, journey, reply)
            if stopped:
                return stopped
            journey.left_origin = journey.left_origin or journey.target.origin != home.origin
            if journey.target.url in visited:
                return PollFailed(FailureKind.REDIRECT, "The redirects go round in a circle.", status=reply.status)
            visited.add(journey.target.url)

    def _headers(self, request: FetchRequest, journey: _Journey, home: Target) -> list[tuple[bytes, bytes]]:
        """What is sent. The feed's own headers and credentials stay at the origin they were given for."""
        headers = {b"user-agent": self._user_agent, b"accept": _ACCEPT}
        if not journey.left_origin:
            if home.authorization:
                headers[b"authorization"] = home.authorization.reveal().encode()
            own = ((name.lower().encode(), value.reveal().encode()) for name, value in request.headers)
            headers |= {name: value for name, value in own if name not in _OURS}
        headers[b"accept-encoding"] = b"gzip"
        if request.validators.etag is not None:
            headers[b"if-none-match"] = request.validators.etag
        if request.validators.last_modified is not None:
            headers[b"if-modified-since"] = request.validators.last_modified
        return list(headers.items())

    async def _arrive(self, request: FetchRequest, journey: _Journey, reply: Reply) -> FetchOutcome:
        """What the last reply comes to."""
        if reply.status in _WITH_FEED:
            return await self._take_in(request, journey, reply)
        if reply.status == 304 and request.validators != Validators():
            async for _ in reply.chunks:
                pass  # there is no body; reading its end lets the connection be used again
            return NotModified(_renewed(request.validators, reply), _freshness(reply), _moved_to(journey))
        if reply.status in _OVERLOADED:
            wait = retry_after(reply.header(b"retry-after"), reply.header(b"date"), self._clock())
            said = "asks for fewer requests" if reply.status == 429 else "is overloaded or under repair"
            sentence = f"{journey.target.host} {said} ({reply.status})."
            return PollFailed(FailureKind.RATE_LIMITED, sentence, reply.status, wait)
        return status_failure(reply.status, journey.target.host)

    async def _take_in(self, request: FetchRequest, journey: _Journey, reply: Reply) -> FetchOutcome:
        """Read the body, decoding as it comes."""
        journey.step = "its answer had not all come"
        body = Body(reply.joined(b"content-encoding"), request.max_bytes)
        length = reply.header(b"content-length")
        if length is not None and length.isdigit() and int(length) > request.max_bytes:
            raise TooLargeError
        async for chunk in reply.chunks:
            body.feed(chunk)
            journey.received = body.received
        whole = body.whole()
        if not whole.strip():
            return PollFailed(FailureKind.EMPTY, f"{journey.target.host} answered with nothing in it.", reply.status)
        return Fetched(
            whole,
            journey.target.url,
            (reply.header(b"content-type") or b"").decode("latin-1"),
            Validators(reply.header(b"etag"), reply.header(b"last-modified")),
            _freshness(reply),
            _moved_to(journey),
        )


def _turn(request: FetchRequest, journey: _Journey, reply: Reply) -> PollFailed | None:
    """Point the journey at where a redirect leads, or say why it ends here."""
    here, location = journey.target, reply.header(b"location")

    def refuse(sentence: str) -> PollFailed:
        return PollFailed(FailureKind.REDIRECT, sentence, status=reply.status)

    if not location:
        return refuse(f"{here.host} redirects without saying where to.")
    if journey.hops >= request.max_hops:
        return refuse(f"{here.host} redirects once more after {request.max_hops} redirects.")
    try:
        journey.target = here.join(location)
    except BadUrlError as error:
        return refuse(f"{here.host} redirects to somewhere that cannot be followed. {error}")
    if (here.scheme, journey.target.scheme) == ("https", "http"):
        journey.target = here
        return refuse(f"{here.host} redirects from https to unencrypted http, which is not followed.")
    journey.hops += 1
    journey.permanent = journey.permanent and reply.status in _PERMANENT
    return None


def _follow(journey: _Journey) -> Callable[[str], None]:
    """Note what an exchange is at."""

    def note(step: str) -> None:
        journey.step = step

    return note


def _overdue(request: FetchRequest, journey: _Journey) -> PollFailed:
    so_far = f", {journey.received} bytes had" if journey.received else ""
    limit = f"{request.deadline.total_seconds():g} s"
    return PollFailed(FailureKind.TIMEOUT, f"{journey.target.host} took longer than {limit}: {journey.step}{so_far}.")


def _renewed(sent: Validators, reply: Reply) -> Validators:
    """A 304 may carry new validators (RFC 9110 §15.4.5); what it leaves out stays."""
    return Validators(reply.header(b"etag") or sent.etag, reply.header(b"last-modified") or sent.last_modified)


def _freshness(reply: Reply) -> timedelta | None:
    return fresh_for(
        reply.joined(b"cache-control"), reply.header(b"expires"), reply.header(b"date"), reply.header(b"age")
    )


def _moved_to(journey: _Journey) -> str:
    return journey.target.url if journey.hops and journey.permanent else ""
