"""The full text of articles that look relevant, for feeds with ``full_text: true``.

A page is asked for once, when its article is new: what is stored is known, and never fetched again. Few pages a poll,
and not for long, because the news of the feed waits for them; what is left out is matched on its teaser, and the
journal says so.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from monitor.scene import Scene
from monitor.sources.limits import LONGEST_CONTENT
from monitor.sources.outcomes import Fetched, PollFailed
from monitor.sources.pool import ParserPool
from monitor.store import Store, articles
from monitor.store.values import FeedState
from monitor.text.article import Article
from monitor.text.language import languages_of
from monitor.visits import Visits, why_not

MOST_PAGES = 10
"""A poll."""
_LONGEST_WAIT = 60.0  # seconds that a poll spends on pages, give or take the last one
_KEPT = 32  # texts in memory, at most 100,000 characters each
_KEPT_FOR = 86_400.0  # seconds


@dataclass(frozen=True, slots=True)
class Page:
    """What came of asking for a page: ``article`` with its text (None: there is none), and that in words."""

    note: str
    article: Article | None = None


class Pages:
    """Reads pages. What it has read it remembers for a day: two feeds may bring one article within one poll."""

    def __init__(self, visits: Visits, pool: ParserPool, store: Store, monotonic: Callable[[], float]) -> None:
        self._visits = visits
        self._pool = pool
        self._store = store
        self._monotonic = monotonic
        self._read: OrderedDict[str, tuple[float, str]] = OrderedDict()

    async def of(
        self, scene: Scene, state: FeedState, new: Iterable[Article], url_keys: Mapping[str, str]
    ) -> dict[str, Page]:
        """The pages of the new articles of a feed that touch some rule, by the article's key."""
        touching = await asyncio.to_thread(lambda: [one for one in new if one.url and scene.relevance.touches(one)])
        if not touching:
            return {}
        wanted = {url_keys[one.key] for one in touching}
        known = (await self._store.read(lambda tx: articles.known(tx, state.feed, (), wanted))).by_url
        unknown = [one for one in touching if url_keys[one.key] not in known]
        until = self._monotonic() + _LONGEST_WAIT
        found: dict[str, Page] = {}
        for number, article in enumerate(unknown):
            if number >= MOST_PAGES or self._monotonic() > until:
                why = f"{MOST_PAGES} pages" if number >= MOST_PAGES else "pages that take long"
                found[article.key] = Page(f"its page was not asked for, after {why} in one poll")
            else:
                found[article.key] = await self._page(scene, state, article, url_keys[article.key])
        return found

    async def _page(self, scene: Scene, state: FeedState, article: Article, key: str) -> Page:
        remembered = self._read.get(key)
        if remembered is not None and self._monotonic() - remembered[0] < _KEPT_FOR:
            return _page(scene, state, article, remembered[1])
        outcome = await self._visits.ask(scene, state.feed, article.url)
        if not isinstance(outcome, Fetched):
            why = why_not(article.url, outcome) if isinstance(outcome, PollFailed) else "nothing came"
            return Page(f"its page could not be read: {why}")
        text = await self._pool.extract(outcome.body, outcome.content_type, outcome.url)
        if isinstance(text, PollFailed):
            return Page(f"its page could not be read: {text.sentence.rstrip('.')}")
        self._remember(key, text[:LONGEST_CONTENT])
        return _page(scene, state, article, text[:LONGEST_CONTENT])

    def _remember(self, key: str, text: str) -> None:
        self._read[key] = (self._monotonic(), text)
        while len(self._read) > _KEPT:
            self._read.popitem(last=False)


def _page(scene: Scene, state: FeedState, article: Article, text: str) -> Page:
    """The article with the text of its page, if that says more than the feed does."""
    if len(text) <= max(len(article.body), len(article.summary)):
        return Page("its page says no more than the feed")
    source = scene.source(state.feed)
    languages = languages_of(article.title, text, (*source.languages, state.language), source.known_languages)
    whole = replace(article, body=text, languages=languages or article.languages)
    return Page(f"its page was read: {len(text)} characters", whole)
