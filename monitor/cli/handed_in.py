"""Articles that somebody hands in to be matched: a text, JSON, a feed document, a web page; from a file or a URL."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

from monitor.cli.articles import read_article, read_input
from monitor.config import Config
from monitor.config.settings import PollingSettings
from monitor.errors import UsageError
from monitor.sources.fetch import Fetcher
from monitor.sources.normalise import FeedSource, normalise_feed
from monitor.sources.outcomes import FailureKind, Fetched, FetchRequest, NotModified, ParsedFeed, PollFailed
from monitor.sources.pool import ParserPool
from monitor.text.article import Article
from monitor.text.html import one_line, plain_text
from monitor.text.language import languages_of

_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_URL = re.compile(r"https?://", re.IGNORECASE)
_TITLE_WITHIN = 100_000  # characters of a page that its title is looked for in


def handed_in(source: str, known: Collection[str], config: Config | None) -> list[Article]:
    """The articles of a file, of standard input (``-``) or of a URL: one, or all those of a feed.

    A URL is fetched under the limits of the configuration. Raises :class:`UsageError` with a sentence if there is no
    article to be had.
    """
    if _URL.match(source):
        polling = config.polling if config is not None else PollingSettings()
        return asyncio.run(_from_web(source, known, polling))
    data, name = read_input(source)
    start = data[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<") or _is_json_feed(start):
        return asyncio.run(_from_document(data, "", name, known))
    return [read_article(data, name, known)]


async def _from_web(url: str, known: Collection[str], polling: PollingSettings) -> list[Article]:
    fetcher = Fetcher(lambda: datetime.now(UTC), trust_env=polling.trust_env, user_agent=polling.user_agent)
    request = FetchRequest(
        url,
        allow_networks=polling.allow_networks,
        deadline=polling.deadline,
        max_bytes=polling.max_bytes,
        max_hops=polling.max_hops,
    )
    try:
        outcome = await fetcher.fetch(request)
    finally:
        await fetcher.aclose()
    match outcome:
        case Fetched():
            return await _from_document(outcome.body, outcome.content_type, outcome.url, known)
        case PollFailed():
            raise UsageError(outcome.sentence)
        case NotModified():
            raise UsageError(f"{url} sent no content")


async def _from_document(body: bytes, content_type: str, name: str, known: Collection[str]) -> list[Article]:
    """The articles of a feed, or of the web page that it is instead; read in a process of its own, within limits."""
    pool = ParserPool(workers=1)
    try:
        parsed = await pool.parse(body, content_type, name)
        if isinstance(parsed, ParsedFeed):
            return _of_feed(parsed, name, known)
        if parsed.kind is not FailureKind.NOT_A_FEED:
            raise UsageError(f"{name}: {parsed.sentence}")
        text = await pool.extract(body, content_type, name)
    finally:
        await pool.aclose()
    if isinstance(text, PollFailed):
        raise UsageError(f"{name}: {text.sentence}")
    return [_of_page(body, text, name, known)]


def _of_feed(parsed: ParsedFeed, name: str, known: Collection[str]) -> list[Article]:
    source = FeedSource(name, known_languages=frozenset(known))
    articles, _ = normalise_feed(parsed, source, None, languages_of, datetime.now(UTC))
    if not articles:
        raise UsageError(f"{name} is a feed without articles")
    return [replace(article, feed="") for article in articles]


def _of_page(body: bytes, text: str, name: str, known: Collection[str]) -> Article:
    found = _TITLE.search(body[:_TITLE_WITHIN].decode("utf-8", "replace"))
    title = one_line(plain_text(found[1])) if found else ""
    if not (title or text):
        raise UsageError(f"{name} is a web page without an article in it")
    return Article(name, title, body=text, url=name, languages=languages_of(title, text, (), known))


def _is_json_feed(start: bytes) -> bool:
    return start.startswith(b"{") and b"jsonfeed.org/version" in start.replace(b"\\/", b"/")
