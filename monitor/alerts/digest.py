"""One message made of many alerts: digests, the catch-up after quiet hours, and "and N more" over a budget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from monitor.alerts.news import count
from monitor.rules.model import Severity


@dataclass(frozen=True, slots=True)
class Waiting:
    """One delivery that goes out together with others. ``batch`` is what they have in common (see ``plan``)."""

    delivery: int
    alert: int
    channel: str
    recipient: str
    batch: str
    rule: str
    rule_title: str
    story: int
    severity: Severity
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StoryPart:
    """One story of a digest: its alerts in the order in which they were raised."""

    story: int
    severity: Severity
    waiting: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One rule of a digest, the most severe story first; in a catch-up, which is by story alone, without a rule."""

    rule: str
    title: str
    severity: Severity
    stories: tuple[StoryPart, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """One message made of many alerts, for one recipient of one channel.

    ``deliveries`` are exactly those that are done once this message has been sent, and not before.
    """

    channel: str
    recipient: str
    batch: str
    sections: tuple[Section, ...]
    deliveries: tuple[int, ...]
    severity: Severity
    since: datetime
    headline: str


def put_together(waiting: Iterable[Waiting]) -> tuple[Digest, ...]:
    """One digest for each recipient and batch, complete: every delivery is in exactly one place of one digest.

    Digests are by rule, then story; a catch-up after quiet hours, and what went over a budget, by story alone: in
    the morning one wants to know what happened, not which rule saw it.
    """
    ordered = sorted(waiting, key=_address)
    return tuple(_digest(tuple(group)) for _, group in groupby(ordered, key=_address))


def batch_kind(batch: str) -> str:
    """``quiet``, ``digest`` or ``budget``: the first word of a batch's name."""
    return batch.partition(" ")[0]


def _address(one: Waiting) -> tuple[str, str, str]:
    return (one.channel, one.recipient, one.batch)


def _digest(waiting: Sequence[Waiting]) -> Digest:
    first = waiting[0]
    by_rule = batch_kind(first.batch) == "digest"
    sections = sorted(_sections(waiting, by_rule=by_rule), key=lambda part: (-part.severity, part.rule))
    stories = len({one.story for one in waiting})
    how_many = f"{count(len(waiting), 'alert')} in {stories:,} {'story' if stories == 1 else 'stories'}"
    return Digest(
        channel=first.channel,
        recipient=first.recipient,
        batch=first.batch,
        sections=tuple(sections),
        deliveries=tuple(sorted(one.delivery for one in waiting)),
        severity=max(one.severity for one in waiting),
        since=min(one.created_at for one in waiting),
        headline=f"and {len(waiting):,} more" if batch_kind(first.batch) == "budget" else how_many,
    )


def _sections(waiting: Sequence[Waiting], *, by_rule: bool) -> Iterator[Section]:
    parts: dict[str, list[Waiting]] = {}
    for one in waiting:
        parts.setdefault(one.rule if by_rule else "", []).append(one)
    for rule, members in parts.items():
        severity = max(one.severity for one in members)
        yield Section(rule, members[0].rule_title if by_rule else "", severity, _stories(members))


def _stories(waiting: Sequence[Waiting]) -> tuple[StoryPart, ...]:
    stories: dict[int, list[Waiting]] = {}
    for one in sorted(waiting, key=lambda one: (one.created_at, one.delivery)):
        stories.setdefault(one.story, []).append(one)
    parts = [StoryPart(story, max(one.severity for one in of), tuple(of)) for story, of in stories.items()]
    return tuple(sorted(parts, key=lambda part: (-part.severity, part.waiting[0].created_at, part.story)))
