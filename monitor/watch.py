"""What a poll's ending does to what is remembered of its feed: a pure step from one state to the next, with reasons.

What is *not* decided here: when the next poll is due (``sources.cadence``) and what the articles mean (``telling``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.sources.cadence import MOVES_BEFORE_SETTLED, Asked, is_gone
from monitor.sources.outcomes import FailureKind, Fetched, NotModified, ParsedFeed, PollFailed
from monitor.store.values import Event, EventKind, FeedState


@dataclass(frozen=True, slots=True)
class Step:
    """The feed's new state (its ``due_at`` still the old one), and what to write into the journal.

    ``broke`` and ``recovered`` say that people are to be told; both happen once per outage.
    """

    state: FeedState
    events: tuple[Event, ...] = ()
    broke: str = ""
    recovered: str = ""


def after_failure(state: FeedState, failed: PollFailed, now: datetime, *, tell_after: int) -> Step:
    """A poll failed. The outage is told once, after ``tell_after`` failures in a row; a feed is never given up."""
    gone = failed.kind is FailureKind.GONE
    gone_since = (state.gone_since or now) if gone else None
    gone_polls = state.gone_polls + 1 if gone else 0
    paused = gone and is_gone(gone_polls, gone_since, now)
    failures = state.failures + 1
    tell = not state.told_broken and (failures >= tell_after or paused)
    after = replace(
        state,
        polled_at=now,
        failures=failures,
        failure=failed.sentence,
        failing_since=state.failing_since or now,
        told_broken=state.told_broken or tell,
        moved_to="",
        moved_polls=0,
        gone_polls=gone_polls,
        gone_since=gone_since,
        paused=paused,
    )
    event = Event(now, EventKind.FAILED, failed.sentence, feed=state.feed, details={"kind": failed.kind.value})
    why = f"{failed.sentence} It is now asked once a week." if paused else failed.sentence
    return Step(after, (event,), broke=why if tell else "")


def after_not_modified(state: FeedState, outcome: NotModified, now: datetime) -> Step:
    """304: all is well and nothing is new."""
    kept = replace(state, etag=outcome.validators.etag, last_modified=outcome.validators.last_modified)
    return _after_success(kept, outcome.moved_to, now, Event(now, EventKind.NOT_MODIFIED, "304", feed=state.feed))


def after_same_body(state: FeedState, outcome: Fetched, now: datetime) -> Step:
    """200 with the very bytes of last time: a server without validators."""
    kept = replace(state, etag=outcome.validators.etag, last_modified=outcome.validators.last_modified)
    same = Event(now, EventKind.NOT_MODIFIED, "200 with the same document", feed=state.feed)
    return _after_success(kept, outcome.moved_to, now, same)


def after_feed(state: FeedState, outcome: Fetched, parsed: ParsedFeed, body_hash: str, now: datetime) -> Step:
    """A document came and is a feed; only now are its validators worth keeping."""
    newest = [at for entry in parsed.entries if (at := entry.published_at or entry.updated_at) and at <= now]
    kept = replace(
        state,
        etag=outcome.validators.etag,
        last_modified=outcome.validators.last_modified,
        body_hash=body_hash,
        title=parsed.title or state.title,
        language=parsed.language or state.language,
        ttl_seconds=parsed.ttl.total_seconds() if parsed.ttl else None,
        skip_hours=",".join(map(str, sorted(parsed.skip_hours))),
        newest_at=max([*newest, *([state.newest_at] if state.newest_at else [])], default=None),
    )
    details: dict[str, object] = {"entries": len(parsed.entries), "format": parsed.format}
    if parsed.bozo:
        details["bozo"] = parsed.bozo
    event = Event(now, EventKind.POLLED, f"{len(parsed.entries)} entries", feed=state.feed, details=details)
    return _after_success(kept, outcome.moved_to, now, event)


def _after_success(state: FeedState, moved_to: str, now: datetime, event: Event) -> Step:
    events = [event]
    recovered = ""
    if state.failing_since is not None:
        recovered = (
            f"It works again after {state.failures} failed polls since {state.failing_since:%Y-%m-%d %H:%M} UTC."
        )
        events.append(Event(now, EventKind.RECOVERED, recovered, feed=state.feed))
    moved_polls = 0 if not moved_to else state.moved_polls + 1 if moved_to == state.moved_to else 1
    settled = moved_polls >= MOVES_BEFORE_SETTLED
    if settled:
        moved = f"redirected for good {MOVES_BEFORE_SETTLED} times in a row; polled at its new address from now on"
        events.append(Event(now, EventKind.POLLED, moved, feed=state.feed, details={"moved": True}))
    after = replace(
        state,
        url=moved_to if settled else state.url,
        polled_at=now,
        succeeded_at=now,
        first_success_at=state.first_success_at or now,
        failing_since=None,
        failures=0,
        failure="",
        told_broken=False,
        moved_to="" if settled else moved_to,
        moved_polls=0 if settled else moved_polls,
        gone_polls=0,
        gone_since=None,
        paused=False,
    )
    return Step(after, tuple(events), recovered=recovered if state.told_broken else "")


def asked(state: FeedState, fresh_for: timedelta | None) -> Asked:
    """When server and document want to be asked again; the document's wishes outlast a "not modified"."""
    ttl = None if state.ttl_seconds is None else timedelta(seconds=state.ttl_seconds)
    return Asked(fresh_for, ttl, frozenset(int(hour) for hour in state.skip_hours.split(",") if hour))
