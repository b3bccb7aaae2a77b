"""From an untrusted entry to an article: plain text, a clean address, a key, the languages. Pure.

Dates decide order, never newness: what is new is what has not been stored, whatever its date says.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from monitor.sources.limits import LONGEST_CONTENT, LONGEST_NAME, LONGEST_SUMMARY, LONGEST_TITLE
from monitor.sources.outcomes import Entry, ParsedFeed
from monitor.stories.canonical import clean_url
from monitor.stories.identity import Identifiers, KeyKind, article_keys, choose_key_kind
from monitor.text.article import Article
from monitor.text.html import one_line, plain_text

Detect: TypeAlias = Callable[[str, str, Sequence[str], Collection[str]], tuple[str, ...]]
"""Languages of an article from its title, its text, the declared languages and the languages that rules have."""

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_CLOCK_SKEW = timedelta(hours=1)  # a future date within this is a wrong clock; beyond, an announced or made-up date
_TITLE_FROM_TEXT = 120


@dataclass(frozen=True, slots=True)
class FeedSource:
    """What normalising needs to know of the feed that entries come from.

    ``languages`` are those the operator has declared; ``known_languages`` those that some rule has terms in.
    """

    feed: str
    tags: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()
    known_languages: frozenset[str] = frozenset()


def normalise_feed(
    parsed: ParsedFeed, source: FeedSource, remembered: KeyKind | None, detect: Detect, now: datetime
) -> tuple[tuple[Article, ...], KeyKind | None]:
    """The articles of a document in its order, and the kind of key to remember for the feed (None while it is empty).

    Of entries that come to one key the first is kept.
    """
    identifiers = [_identifiers(entry) for entry in parsed.entries]
    if not identifiers:
        return (), remembered
    kind = choose_key_kind(identifiers, remembered)
    hinted = replace(source, languages=(*source.languages, parsed.language))
    articles: dict[str, Article] = {}
    for key, entry in zip(article_keys(identifiers, kind, source.feed), parsed.entries, strict=True):
        if key not in articles:
            articles[key] = normalise(entry, key, hinted, detect, now)
    return tuple(articles.values()), kind


def normalise(entry: Entry, key: str, source: FeedSource, detect: Detect, now: datetime) -> Article:
    """One article. An entry without a title is called by the beginning of its text."""
    to_text = _as_it_is if entry.plain else plain_text
    summary, body = to_text(entry.summary)[:LONGEST_SUMMARY], to_text(entry.content)[:LONGEST_CONTENT]
    title = one_line(to_text(entry.title))[:LONGEST_TITLE] or _beginning(summary or body)
    if body == summary:
        body = ""
    declared = tuple(dict.fromkeys(filter(None, (entry.language, *source.languages))))
    languages = detect(title, "\n\n".join(filter(None, (summary, body))), declared, source.known_languages)
    return Article(
        key=key,
        title=title,
        summary=summary,
        body=body,
        url=clean_url(entry.link),
        author=one_line(to_text(entry.author))[:LONGEST_NAME],
        feed=source.feed,
        feed_tags=source.tags,
        languages=languages,
        published_at=_believable(entry.published_at or entry.updated_at, now),
    )


def _as_it_is(text: str) -> str:
    return text


def _identifiers(entry: Entry) -> Identifiers:
    return Identifiers(entry.guid, entry.link, entry.title, entry.published_at)


def _believable(claimed: datetime | None, now: datetime) -> datetime | None:
    """The date, if it can be one: a date ahead would stay on top for ever, one before the web is a default value."""
    if claimed is None or claimed < _EARLIEST:
        return None
    if claimed <= now:
        return claimed
    return now if claimed - now <= _CLOCK_SKEW else None


def _beginning(text: str) -> str:
    """The first line of a text, ended at a word if it is long."""
    line = one_line(text.partition("\n")[0])
    if len(line) <= _TITLE_FROM_TEXT:
        return line
    head, _, _ = line[:_TITLE_FROM_TEXT].rpartition(" ")
    return f"{head or line[:_TITLE_FROM_TEXT]}…"
