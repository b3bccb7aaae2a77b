"""Silences: what an operator has muted until a set time. What they mute is recorded, and can be listed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from monitor.alerts.news import count, moment
from monitor.alerts.state import ArticleFacts, Silence
from monitor.text.fold import fold

_MATCHERS = ("rule", "story", "concept", "feed", "text")


@dataclass(frozen=True, slots=True)
class Matchers:
    """The matchers of a silence as typed on the command line."""

    rule: str = ""
    story: int | None = None
    concept: str = ""
    feed: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Muted:
    """One alert that a silence kept back; ``title`` is what it would have been about."""

    silence: int
    at: datetime
    rule: str
    story: int
    title: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A silence with everything it kept back, newest story first."""

    silence: Silence
    active: bool
    stories: tuple[tuple[int, tuple[Muted, ...]], ...]

    @property
    def headline(self) -> str:
        """``silence 12 (dprk-*, until 2026-03-29 07:00 UTC): 41 alerts in 3 stories``."""
        alerts = sum(len(muted) for _, muted in self.stories)
        when = "until" if self.active else "ended"
        what = f"{count(alerts, 'alert')} in {len(self.stories)} {'story' if len(self.stories) == 1 else 'stories'}"
        return f"silence {self.silence.id} ({describe(self.silence)}, {when} {moment(self.silence.ends_at)}): {what}"


def matching_silence(
    silences: Iterable[Silence], rule: str, story: int, article: ArticleFacts, now: datetime
) -> Silence | None:
    """The silence that mutes this article for this rule; of several, the one that lasts longest."""
    found = [one for one in silences if is_active(one, now) and mutes(one, rule, story, article)]
    return max(found, key=lambda one: (one.ends_at, -one.id), default=None)


def is_active(silence: Silence, now: datetime) -> bool:
    """From its start up to, but not at, its end."""
    return silence.starts_at <= now < silence.ends_at


def mutes(silence: Silence, rule: str, story: int, article: ArticleFacts) -> bool:
    """True if every matcher that the silence has holds."""
    return (
        (not silence.rule or fnmatchcase(rule, silence.rule))
        and (silence.story is None or silence.story == story)
        and (not silence.concept or silence.concept in article.concepts)
        and (not silence.feed or fnmatchcase(article.feed, silence.feed))
        and (not silence.text or _text_holds(silence.text, article))
    )


def describe(silence: Silence) -> str:
    """Its matchers as one would type them: ``rule=dprk-* text=podcast``."""
    values = ((name, getattr(silence, name)) for name in _MATCHERS)
    return " ".join(f"{name}={value}" for name, value in values if value not in ("", None))


def parse_matchers(words: Sequence[str]) -> Matchers:
    """Read ``rule=dprk-*``, ``story=41``, ``text=podcast``…; ValueError says what is wrong and what is possible."""
    given: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if name not in _MATCHERS or not equals or not value.strip():
            raise ValueError(f"“{word}” is not a matcher: write one of {', '.join(f'{one}=…' for one in _MATCHERS)}")
        if name in given:
            raise ValueError(f"{name} is given twice: a silence has one of each, and all must hold")
        given[name] = value.strip()
    if not given:
        raise ValueError("say what to silence: rule=…, story=…, concept=…, feed=… or text=…")
    number = given.pop("story", "")
    if number and not number.isdecimal():
        raise ValueError(f"story={number}: a story is named by its number")
    return Matchers(story=int(number) if number else None, **given)


def listing(silences: Iterable[Silence], muted: Iterable[Muted], now: datetime) -> tuple[Listing, ...]:
    """Every silence with what it kept back: those that last first, then those that ended, latest end first."""
    kept: dict[int, dict[int, list[Muted]]] = {}
    for one in sorted(muted, key=lambda one: (one.at, one.rule)):
        kept.setdefault(one.silence, {}).setdefault(one.story, []).append(one)
    listings = []
    for silence in sorted(silences, key=lambda one: (not is_active(one, now), -one.ends_at.timestamp(), one.id)):
        stories = sorted(kept.get(silence.id, {}).items(), key=lambda item: (-item[1][-1].at.timestamp(), item[0]))
        listings.append(Listing(silence, is_active(silence, now), tuple((story, tuple(of)) for story, of in stories)))
    return tuple(listings)


def _text_holds(pattern: str, article: ArticleFacts) -> bool:
    wanted = _folded(pattern)
    if "*" in wanted or "?" in wanted:
        # "[" is an ordinary character to whoever types a headline.
        return fnmatchcase(_folded(article.title), wanted.replace("[", "[[]"))
    return wanted in _folded(f"{article.title}\n{article.text}")


def _folded(text: str) -> str:
    return " ".join(fold(text).split())
