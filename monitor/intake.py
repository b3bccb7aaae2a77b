"""What a poll brought goes into the archive, and from there to telling: the one transaction of a poll."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.alerts.state import Change
from monitor.arrivals import Arrival
from monitor.feed_notices import tell_of_feed
from monitor.rules.hits import Match
from monitor.store import Transaction, articles, feeds, journal, meta, versions
from monitor.store.values import Event, EventKind, KnownArticle, NewArticle, StoredArticle
from monitor.stories.revision import is_correction, is_retraction
from monitor.telling import Teller
from monitor.text.article import Article
from monitor.watch import Step


@dataclass(frozen=True, slots=True)
class Found:
    """An article of a document with what the rules found in it.

    ``shown`` is the digest of the text as the feed shows it, if ``article`` has its page's text; ``in_page`` are the
    rules that only that made match. ``page`` says what came of asking for the page, empty if it was not asked for.
    """

    article: Article
    url_key: str = ""
    matches: tuple[Match, ...] = ()
    shown: bytes = b""
    in_page: frozenset[str] = frozenset()
    page: str = ""


@dataclass(frozen=True, slots=True)
class Haul:
    """The articles of one document, by what is known of them. ``quiet`` keeps its news from being told.

    ``succeeded_at`` is when the feed was last read before this poll.
    """

    new: tuple[Found, ...] = ()
    changed: tuple[Found, ...] = ()
    listed: tuple[KnownArticle, ...] = ()
    quiet: bool = False
    succeeded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a poll ended: the feed's next state with its due time, and how long its host wants to be left alone.

    ``broken_after`` is the number of failures in a row after which feeds are told to be broken.
    """

    step: Step
    title: str
    haul: Haul = field(default_factory=Haul)
    silence: timedelta | None = None
    broken_after: int = 1


def record(tx: Transaction, teller: Teller, ending: Ending, now: datetime) -> int:
    """Write down everything that a poll came to; gives the number of alerts raised."""
    step = ending.step
    state = step.state
    if step.broke and _is_told(tx, state.feed):
        step = replace(step, broke="")  # together with others, while this poll was under way
    if not feeds.save(tx, state):
        return 0  # the configuration dropped the feed, or moved it, while it was polled
    events = list(ending.step.events)
    if ending.silence is not None:
        until = now + ending.silence
        feeds.silence_host(tx, urlsplit(state.url).hostname or "", until, state.failure)
        events.append(
            Event(now, EventKind.FAILED, f"the host is left alone until {until:%H:%M:%S} UTC", feed=state.feed)
        )
    journal.record(tx, events)
    arrivals = _store(tx, ending, now)
    made = teller.tell(tx, arrivals, now)
    tell_of_feed(tx, teller, step, ending.title, ending.broken_after, now)
    return made


def _is_told(tx: Transaction, feed: str) -> bool:
    kept = feeds.load(tx, feed)
    return kept is not None and kept.told_broken


def _store(tx: Transaction, ending: Ending, now: datetime) -> list[Arrival]:
    events: list[Event] = []
    arrivals = [*_new(tx, ending, now, events), *_changed(tx, ending, now, events)]
    articles.still_listed(tx, ending.haul.listed, now)
    journal.record(tx, events)
    return arrivals


def _new(tx: Transaction, ending: Ending, now: datetime, events: list[Event]) -> Iterator[Arrival]:
    """Store what is new to the archive."""
    haul, feed = ending.haul, ending.step.state.feed
    fresh = [NewArticle(found.article, found.url_key, found.shown) for found in haul.new]
    stored = {one.article.key: one for one in articles.add(tx, fresh, now)}
    events += _copies(tx, feed, [found.article for found in haul.new if found.article.key not in stored], now)
    restored_at = meta.get_time(tx, meta.RESTORED_AT)
    for found in haul.new:
        kept = stored.get(found.article.key)
        if kept is None:
            continue
        details = {"page": found.page} if found.page else {}
        events.append(
            Event(now, EventKind.STORED, found.article.title[:200], feed=feed, article=kept.id, details=details)
        )
        quiet = haul.quiet or _was_there_before(kept, haul.succeeded_at, restored_at)
        change = Change.RETRACTED if is_retraction(found.article) and not quiet else Change.NEW
        yield Arrival(kept, found.matches, change, _revision(kept), quiet, ending.title, found.in_page)


def _copies(tx: Transaction, feed: str, brought: Sequence[Article], now: datetime) -> list[Event]:
    """What to write down of pages that the archive had already: the event belongs to the article that came first."""
    first = articles.known(tx, feed, [article.key for article in brought]).by_key if brought else {}
    return [
        Event(
            now,
            EventKind.DUPLICATE,
            "the page was in the archive already",
            feed=feed,
            article=first[article.key].id,
            details={"url": article.url},
        )
        for article in brought
    ]


def _changed(tx: Transaction, ending: Ending, now: datetime, events: list[Event]) -> Iterator[Arrival]:
    """Keep other texts of known articles; give those that say something else."""
    feed, quiet = ending.step.state.feed, ending.haul.quiet
    for found in ending.haul.changed:
        revised = versions.revise(tx, found.article, now, shown=found.shown)
        if revised is None:
            continue
        kept, version = revised
        before = replace(kept.article, title=version.title, summary=version.summary, body=version.body)
        events.append(Event(now, EventKind.REVISED, version.diff[:500], feed=feed, article=kept.id))
        if is_retraction(kept.article) and not is_retraction(before):
            change = Change.RETRACTED
        elif is_correction(before, kept.article):
            change = Change.CORRECTED
        else:
            continue
        yield Arrival(kept, found.matches, change, _revision(kept), quiet, ending.title, found.in_page)


def _revision(stored: StoredArticle) -> str:
    return articles.text_hash(stored.article).hex()


def _was_there_before(stored: StoredArticle, succeeded_at: datetime | None, restored_at: datetime | None) -> bool:
    """After a backup was restored, a feed's first poll shows what may have been told since that backup was made."""
    if restored_at is None or (succeeded_at is not None and succeeded_at > restored_at):
        return False
    published = stored.article.published_at
    return published is None or published <= restored_at
