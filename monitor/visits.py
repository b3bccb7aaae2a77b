"""Asking for the page of an article: like a feed, politely and under the same limits, but trusted with nothing.

The address comes out of a document of strangers. So what the operator gave for the feed (credentials, headers,
addresses that are not public) is used at the feed's own origin only; a page anywhere else has to be on the open web.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from monitor.scene import Scene
from monitor.sources import cadence
from monitor.sources.berths import Berths
from monitor.sources.fetch import Fetcher
from monitor.sources.manners import HostGate, host_of
from monitor.sources.outcomes import FailureKind, FetchOutcome, PollFailed, Validators
from monitor.store import Store, feeds

_FIRST = Validators()


class Visits:
    """``gate`` and ``free`` are those of the polls: a host sees one guest at a time, whatever is asked for."""

    def __init__(
        self,
        fetcher: Fetcher,
        store: Store,
        gate: HostGate,
        free: Berths,
        *,
        now: Callable[[], datetime],
        chance: Callable[[], float],
    ) -> None:
        self._fetcher = fetcher
        self._store = store
        self._gate = gate
        self._free = free
        self._now = now
        self._chance = chance

    async def ask(self, scene: Scene, feed: str, url: str, validators: Validators = _FIRST) -> FetchOutcome:
        """Fetch a page that an article of ``feed`` leads to, unless its host wants to be left alone."""
        host = host_of(url)
        until = await self._store.read(lambda tx: feeds.host_silenced_until(tx, host))
        if until is not None and until > self._now():
            return PollFailed(FailureKind.RATE_LIMITED, f"{host} is left alone until {until:%H:%M:%S} UTC.")
        async with self._gate.turn(host, polite=scene.is_polite_to(feed, url)), self._free:
            outcome = await self._fetcher.fetch(scene.page_request(feed, url, validators))
        if isinstance(outcome, PollFailed) and outcome.kind is FailureKind.RATE_LIMITED:
            now = self._now()
            quiet = cadence.host_silence(now, scene.pace(feed), 1, outcome.retry_after, self._chance())
            await self._store.write(lambda tx: feeds.silence_host(tx, host, quiet, outcome.sentence))
        return outcome


def why_not(url: str, failed: PollFailed) -> str:
    """Why there is no page, in words that do not speak of feeds."""
    if failed.status is not None and failed.kind in {FailureKind.HTTP_STATUS, FailureKind.GONE}:
        return f"{host_of(url)} answered {failed.status}"
    return failed.sentence.rstrip(".")
