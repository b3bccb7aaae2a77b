"""What a poll brought goes into the archive, and from there to telling: the one transaction of a poll."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.alerts.content import NoticeContent, NoticeKind
from monitor.alerts.state import Change
from monitor.desk import Arrival
from monitor.rules.hits import Match
from monitor.rules.model import Severity
from monitor.store import Transaction, articles, feeds, journal, meta, versions
from monitor.store.values import Event, EventKind, FeedState, KnownArticle, NewArticle, StoredArticle
from monitor.stories.revision import is_correction
from monitor.telling import Teller
from monitor.text.article import Article
from monitor.watch import Step


@dataclass(frozen=True, slots=True)
class Found:
    """An article of a document with what the rules found in it."""

    article: Article
    url_key: str = ""
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Haul:
    """The articles of one document, by what is known of them. ``quiet`` keeps its news from being told."""

    new: tuple[Found, ...] = ()
    changed: tuple[Found, ...] = ()
    listed: tuple[KnownArticle, ...] = ()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How a poll ended: the feed's next state with its due time, and how long its host wants to be left alone."""

    step: Step
    title: str
    haul: Haul = field(default_factory=Haul)
    silence: timedelta | None = None


def record(tx: Transaction, teller: Teller, ending: Ending, now: datetime) -> int:
    """Write down everything that a poll came to; gives the number of alerts raised."""
    state = ending.step.state
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
    for kind, sentence in (
        (NoticeKind.FEED_BROKEN, ending.step.broke),
        (NoticeKind.FEED_RECOVERED, ending.step.recovered),
    ):
        if sentence:
            teller.notify(tx, _notice(kind, state, ending.title, sentence, now))
    return made


def _store(tx: Transaction, ending: Ending, now: datetime) -> list[Arrival]:
    haul, state = ending.haul, ending.step.state
    stored = {
        one.article.key: one for one in articles.add(tx, [NewArticle(f.article, f.url_key) for f in haul.new], now)
    }
    arrivals: list[Arrival] = []
    events: list[Event] = []
    restored_at = meta.get_time(tx, meta.RESTORED_AT)
    for found in haul.new:
        kept = stored.get(found.article.key)
        if kept is None:
            known = "another feed brought this page first"
            events.append(Event(now, EventKind.DUPLICATE, known, feed=state.feed, details={"url": found.article.url}))
            continue
        events.append(Event(now, EventKind.STORED, found.article.title[:200], feed=state.feed, article=kept.id))
        quiet = haul.quiet or _was_there_before(kept, state, restored_at)
        arrivals.append(Arrival(kept, found.matches, Change.NEW, _revision(kept), quiet, ending.title))
    for found in haul.changed:
        revised = versions.revise(tx, found.article, now)
        if revised is None:
            continue
        kept, before = revised
        events.append(Event(now, EventKind.REVISED, before.diff[:500], feed=state.feed, article=kept.id))
        if is_correction(
            replace(kept.article, title=before.title, summary=before.summary, body=before.body), kept.article
        ):
            arrivals.append(Arrival(kept, found.matches, Change.CORRECTED, _revision(kept), haul.quiet, ending.title))
    articles.still_listed(tx, haul.listed, now)
    journal.record(tx, events)
    return arrivals


def _revision(stored: StoredArticle) -> str:
    return articles.text_hash(stored.article).hex()


def _was_there_before(stored: StoredArticle, state: FeedState, restored_at: datetime | None) -> bool:
    """After a backup was restored, a feed's first poll shows what may have been told since that backup was made."""
    if restored_at is None or (state.succeeded_at is not None and state.succeeded_at > restored_at):
        return False
    published = stored.article.published_at
    return published is None or published <= restored_at


def _notice(kind: NoticeKind, state: FeedState, title: str, sentence: str, now: datetime) -> NoticeContent:
    broken = kind is NoticeKind.FEED_BROKEN
    return NoticeContent(
        uid=f"{kind.value}-{state.feed}-{now:%Y%m%dT%H%M%S}",
        kind=kind,
        title=f"Feed {title}: {'is broken' if broken else 'works again'}",
        severity=Severity.MEDIUM if broken else Severity.INFO,
        found_at=now,
        lines=(sentence,),
        thread=f"feed-{state.feed}",
    )
