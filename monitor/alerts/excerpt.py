"""The two lines that show why: where the hits are densest, cut where a reader would cut, with the hits marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.alerts.content import AlertContent, Marked
from monitor.alerts.graphemes import graphemes, width
from monitor.rules.hits import Hit, Match
from monitor.rules.model import Rule
from monitor.text.article import Article

ABOUT_TWO_LINES = 240  # columns
_LEAD_IN = 70  # columns before the first hit when its sentence starts too far away
_ELLIPSIS = "…"
_SENTENCE_START = re.compile(r"(?:^|(?<=[.!?…])[\"'»”’)\]]*\s+|(?<=[。！？])[」』”’)]*\s*|\n+)(?=\S)")
_SPACES = re.compile(r"\s+")
_TERMS_PER_LINE = 4
_SAME_START = 40  # letters
_HITS_TRIED = 60
_ENOUGH_HITS = 4


@dataclass(frozen=True, slots=True)
class Telling:
    """The facts of an alert that are decided, not read: ids, times, and what the story is by now."""

    uid: str
    thread: str
    found_at: datetime
    feed_title: str = ""
    reason: str = ""
    news: str = ""
    outlets: int = 1
    origins: int = 1
    replies_to: str = ""
    thread_title: str = ""


def make_content(article: Article, rule: Rule, match: Match, telling: Telling) -> AlertContent:
    """Everything a message will say about this match, fixed now so that a later change cannot reword it."""
    title = _SPACES.sub(" ", article.title).strip() or _stand_in_title(article)
    return AlertContent(
        uid=telling.uid,
        thread=telling.thread,
        rule=rule.id,
        rule_title=rule.title or rule.id,
        severity=match.severity,
        title=title,
        url=article.url,
        feed=article.feed,
        feed_title=telling.feed_title or article.feed,
        lang=article.lang,
        published_at=article.published_at,
        found_at=telling.found_at,
        excerpt=make_excerpt(article, match.hits),
        why=why_lines(match.hits, rule),
        reason=telling.reason,
        news=telling.news,
        outlets=telling.outlets,
        origins=telling.origins,
        tags=tuple(sorted(rule.tags)),
        title_marked=mark_title(article, match.hits) or (Marked(title),),
        replies_to=telling.replies_to,
        thread_title=telling.thread_title,
    )


def _stand_in_title(article: Article) -> str:
    """An untitled entry is named by its first words, else by its address."""
    text = article.summary or article.body
    words = _tidy(_cut(text, 0, [], 80)) if text.strip() else ()
    return "".join(piece.text for piece in words) or article.url or "(untitled)"


def mark_title(article: Article, hits: Iterable[Hit]) -> tuple[Marked, ...]:
    """The title in pieces, the hit words marked."""
    spans = _merged(hit for hit in hits if hit.field == "title")
    return _tidy(_pieces(article.title, 0, len(article.title), spans))


def make_excerpt(article: Article, hits: Iterable[Hit], limit: int = ABOUT_TWO_LINES) -> tuple[Marked, ...]:
    """About ``limit`` columns around the densest hits of the summary or body; the lead when only the title was hit.

    Hits that fall inside the piece are marked. Empty when the article has no text.
    """
    found = _beyond_title(article, tuple(hits))
    best = max(
        (
            _best_start(text, name, found, limit)
            for name, text in (("summary", article.summary), ("body", article.body))
        ),
        key=lambda start: start.worth,
    )
    if not best.worth:
        return _tidy(_cut(article.summary if article.summary.strip() else article.body, 0, [], limit))
    spans = _merged(hit for hit in found if hit.field == best.field)
    return _tidy(_cut(getattr(article, best.field), best.at, spans, limit))


@dataclass(frozen=True, slots=True)
class _Start:
    """A hit to begin with, and what the text from there on is worth to a reader; nothing when there is no hit."""

    field: str
    at: int = 0
    worth: tuple[int, ...] = ()


def _best_start(text: str, name: str, hits: Iterable[Hit], limit: int) -> _Start:
    """Most concepts first, then a sentence from its beginning, then most hits, then the earliest."""
    inside = sorted((hit for hit in hits if hit.field == name), key=lambda hit: hit.start)[:_HITS_TRIED]
    best = _Start(name)
    for number, first in enumerate(inside):
        window = [hit for hit in inside[number:] if hit.end - first.start <= limit - _LEAD_IN]
        whole = _sentence_start(text, first.start, limit // 2) is not None
        worth = (len({hit.concept or hit.term for hit in window}), whole, min(len(window), _ENOUGH_HITS))
        if worth > best.worth:
            best = _Start(name, first.start, worth)
    return best


def _beyond_title(article: Article, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """The hits outside of a first paragraph that only repeats the title, unless there are no others."""
    repeated = {}
    for name, text in (("summary", article.summary), ("body", article.body)):
        first = text.strip().partition("\n")[0]
        if _letters(first)[:_SAME_START] == _letters(article.title)[:_SAME_START] and len(first) < 2 * len(
            article.title
        ):
            repeated[name] = text.index(first) + len(first)
    beyond = tuple(hit for hit in hits if hit.field != "title" and hit.start >= repeated.get(hit.field, 0))
    return beyond or hits


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def why_lines(hits: Sequence[Hit], rule: Rule) -> tuple[str, ...]:
    """One short line per concept, the one with most words first: ``weapon: Raketen, Munition``."""
    words: dict[str, dict[str, str]] = {}
    for hit in hits:
        concept = rule.concepts.get(hit.concept)
        label = (concept.title or concept.name) if concept else hit.concept
        words.setdefault(label, {}).setdefault(hit.text.casefold(), _SPACES.sub(" ", hit.text).strip())
    ordered = sorted(words.items(), key=lambda item: (item[0] == "", -len(item[1])))
    return tuple(_why_line(label, tuple(found.values())) for label, found in ordered)


def _why_line(label: str, found: tuple[str, ...]) -> str:
    shown = ", ".join(found[:_TERMS_PER_LINE])
    more = f" +{len(found) - _TERMS_PER_LINE}" if len(found) > _TERMS_PER_LINE else ""
    return f"{label}: {shown}{more}" if label else f"{shown}{more}"


def _merged(hits: Iterable[Hit]) -> list[tuple[int, int]]:
    """Spans of the hits, overlapping ones joined, in order."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted((hit.start, hit.end) for hit in hits):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _cut(text: str, at: int, spans: list[tuple[int, int]], limit: int) -> list[Marked]:
    """A piece of the text from a sentence or word border at or before ``at``, ``limit`` columns long."""
    start = _start_before(text, at, limit // 2)
    end = _end_after(text, start, limit)
    pieces = _pieces(text, start, end, spans)
    if text[:start].strip():
        pieces.insert(0, Marked(_ELLIPSIS + (" " if text[start - 1].isspace() else "")))
    if text[end:].strip():
        pieces.append(Marked((" " if text[end].isspace() else "") + _ELLIPSIS))
    return pieces


def _sentence_start(text: str, at: int, reach: int) -> int | None:
    """Where the sentence begins, when that is within ``reach`` columns."""
    window = text[max(0, at - reach) : at + 1]
    offset = at + 1 - len(window)
    starts = [m.end() + offset for m in _SENTENCE_START.finditer(window) if offset == 0 or m.start() > 0]
    return next((start for start in reversed(starts) if start <= at and width(text[start:at]) <= reach), None)


def _start_before(text: str, at: int, reach: int) -> int:
    """The start of the sentence when it is within reach, else a word border a few words before."""
    start = _sentence_start(text, at, reach)
    if start is not None:
        return start
    back = at
    columns = 0
    while back > 0 and columns < _LEAD_IN:
        back -= 1
        columns += width(text[back])
    while back < at and not _is_border(text, back):
        back += 1
    return back


def _end_after(text: str, start: int, limit: int) -> int:
    """The furthest word border within ``limit`` columns; a word longer than that is cut between characters."""
    columns, end, border = 0, start, start
    for grapheme in graphemes(text[start : start + 4 * limit]):
        columns += width(grapheme)
        if columns > limit:
            return border if border > start else end
        end += len(grapheme)
        if _is_border(text, end):
            border = end
    return min(end, len(text))


def _is_border(text: str, position: int) -> bool:
    """Whether a reader would accept a cut here: next to a space, or between CJK characters (not before a mark)."""
    if position <= 0 or position >= len(text):
        return True
    before, after = text[position - 1], text[position]
    if before.isspace() or after.isspace():
        return True
    if unicodedata.category(after)[0] in "MP":
        return False
    return _is_unspaced(before) or _is_unspaced(after)


def _is_unspaced(character: str) -> bool:
    """Han, kana, Thai, Lao, Khmer, Burmese: scripts that write no spaces between words."""
    code = ord(character)
    return (
        0x3040 <= code <= 0x30FF
        or 0x3400 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x3FFFF
        or 0x0E00 <= code <= 0x0EFF
        or 0x1000 <= code <= 0x109F
        or 0x1780 <= code <= 0x17FF
    )


def _pieces(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> list[Marked]:
    pieces, position = [], start
    for first, last in spans:
        first, last = max(first, position), min(last, end)  # noqa: PLW2901 - clipping to the piece is the point
        if first >= last:
            continue
        pieces += [Marked(text[position:first]), Marked(text[first:last], hit=True)]
        position = last
    pieces.append(Marked(text[position:end]))
    return pieces


def _tidy(pieces: Iterable[Marked]) -> tuple[Marked, ...]:
    """White space collapsed across the pieces, none at either end, no empty piece."""
    tidy: list[Marked] = []
    for piece in pieces:
        text = _SPACES.sub(" ", piece.text)
        if text.startswith(" ") and (not tidy or tidy[-1].text.endswith(" ")):
            text = text[1:]
        if text:
            tidy.append(Marked(text, piece.hit))
    if tidy:
        tidy[-1] = Marked(tidy[-1].text.rstrip(), tidy[-1].hit)
    return tuple(piece for piece in tidy if piece.text)
