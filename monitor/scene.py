"""What is polled and matched: config and rules as polling sees them, replaced as a whole at a reload."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from monitor.assembly import Loaded
from monitor.config import Config, FeedSettings
from monitor.ops.redact import Redactor
from monitor.rules.compile import CompiledRules
from monitor.rules.hits import Match
from monitor.rules.relevance import Relevance
from monitor.rulework import RuleWork
from monitor.secret import Secret
from monitor.sources.addresses import AddressPolicy
from monitor.sources.cadence import Pace
from monitor.sources.manners import is_own, same_origin
from monitor.sources.normalise import FeedSource
from monitor.sources.outcomes import FetchOutcome, FetchRequest, PollFailed, Validators
from monitor.store import feeds
from monitor.store.values import FeedState
from monitor.text.article import Article

log = structlog.get_logger()

SHORTEST_GAP = timedelta(seconds=1)
SHORTEST_INTERVAL = timedelta(minutes=1)
"""Floors that protect other people's servers; they yield only where ``allow_networks`` says it is one's own."""

_WEB_PAGE = Secret("text/html, application/xhtml+xml;q=0.9, */*;q=0.1")


@dataclass(frozen=True, slots=True)
class Scene:
    """``work`` gathers what the rules cost, timed by ``clock`` (seconds), and leaves out those that raise."""

    config: Config
    compiled: CompiledRules
    relevance: Relevance
    languages: frozenset[str] = frozenset()
    watched: Mapping[str, FeedSettings] = field(default_factory=dict)
    work: RuleWork = field(default_factory=RuleWork)
    clock: Callable[[], float] | None = None

    @classmethod
    def of(cls, loaded: Loaded, clock: Callable[[], float] | None = None) -> Scene:
        """The scene that config and rules make."""
        watched = {feed.id: feed for feed in loaded.config.feeds if feed.enabled}
        relevance = Relevance(loaded.compiled)
        return cls(loaded.config, loaded.compiled, relevance, loaded.languages, watched, clock=clock)

    @property
    def gap(self) -> timedelta:
        """Between two requests to one host of other people."""
        return max(self.config.polling.host_gap, SHORTEST_GAP)

    def is_polite(self, state: FeedState) -> bool:
        """Whether the pause between requests is kept: always, but for one's own hosts when ``host_gap`` is shorter."""
        return self.is_polite_to(state.feed, state.url)

    def is_polite_to(self, feed: str, url: str) -> bool:
        """The same for any page that a feed leads to."""
        return self.config.polling.host_gap >= SHORTEST_GAP or not self._is_own(feed, url)

    def pace(self, feed: str) -> Pace:
        """How often a feed is asked; with an unknown name, the pace of feeds in general."""
        polling, settings = self.config.polling, self.watched.get(feed)
        interval = polling.interval if settings is None or settings.interval is None else settings.interval
        if settings is None or not self._is_own(feed, settings.url):
            interval = max(interval, SHORTEST_INTERVAL)
        return Pace(interval, polling.jitter, polling.backoff_max)

    def located(self, state: FeedState) -> FeedState:
        """The state with the URL to poll: the configuration's unless a redirect has settled."""
        settings = self.watched.get(state.feed)
        return state if state.url or settings is None else replace(state, url=settings.url)

    def is_of(self, state: FeedState) -> bool:
        """Whether the state is of a feed as it is configured here; another reload may just have written it."""
        settings = self.watched.get(state.feed)
        return settings is not None and feeds.is_configured(state, settings.url)

    def discreet(self, feed: str, outcome: FetchOutcome) -> FetchOutcome:
        """The outcome without a redirect that carries a secret of the feed's URL: followed, and not remembered."""
        if isinstance(outcome, PollFailed) or not outcome.moved_to:
            return outcome
        hidden = Redactor(self.watched[feed].secrets)
        return outcome if hidden.clean(outcome.moved_to) == outcome.moved_to else replace(outcome, moved_to="")

    def request(self, state: FeedState) -> FetchRequest:
        """The conditional fetch of a feed."""
        return self._request(state.url, Validators(state.etag, state.last_modified), self.watched[state.feed])

    def page_request(self, feed: str, url: str, validators: Validators) -> FetchRequest:
        """The conditional fetch of an article's page; what was given for the feed is for its own origin only."""
        settings = self.watched.get(feed)
        own = settings is not None and same_origin(url, settings.url)
        request = self._request(url, validators, settings if own else None)
        return replace(request, headers=(*request.headers, ("Accept", _WEB_PAGE)))

    def source(self, feed: str) -> FeedSource:
        """What normalising needs to know of a feed."""
        settings = self.watched[feed]
        return FeedSource(feed, frozenset(settings.tags), settings.language, self.languages)

    def title(self, state: FeedState) -> str:
        """What people call a feed."""
        settings = self.watched.get(state.feed)
        return (settings.title if settings else "") or state.title or state.feed

    def backfills(self, feed: str) -> bool:
        """Whether the first poll of a feed is told like any other."""
        own = self.watched[feed].backfill
        return self.config.backfill if own is None else own

    def match(self, article: Article) -> tuple[Match, ...]:
        """The rules that hold; one that raises is left out from now on and stops no other."""
        result = self.compiled.evaluate(article, skip=self.work.left_out, clock=self.clock)
        self.work.note(result.spent)
        for failure in result.failures:
            if self.work.leave_out(failure.rule, f"{type(failure.error).__name__}: {failure.error}"):
                log.error("rule left out", rule=failure.rule, exc_info=failure.error)
        return result.matches

    def _request(self, url: str, validators: Validators, settings: FeedSettings | None) -> FetchRequest:
        """``settings`` are those of the feed whose origin is asked; without, only the open web is."""
        polling = self.config.polling
        headers = list(settings.headers.items()) if settings else []
        if settings is not None and settings.auth is not None:
            headers.append(("Authorization", _authorization(settings.auth)))
        return FetchRequest(
            url=url,
            validators=validators,
            headers=tuple(headers),
            allow_networks=(*polling.allow_networks, *settings.allow_networks) if settings else (),
            deadline=polling.deadline,
            max_bytes=polling.max_bytes,
            max_hops=polling.max_hops,
        )

    def _is_own(self, feed: str, url: str) -> bool:
        settings = self.watched.get(feed)
        allowed = (*self.config.polling.allow_networks, *(settings.allow_networks if settings else ()))
        return bool(allowed) and is_own(url, AddressPolicy(allowed))


def _authorization(auth: Secret) -> Secret:
    """``user:password`` as HTTP Basic (RFC 7617); anything that names its scheme as it is."""
    written = auth.reveal()
    if " " in written:
        return auth
    return Secret("Basic " + base64.b64encode(written.encode()).decode())
