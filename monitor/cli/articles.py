"""Reads articles that a person hands in: a text, JSON, or JSON Lines; what the daemon gets from feeds."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, BinaryIO

from monitor.errors import UsageError
from monitor.rules.model import ANY_LANGUAGE, Rule, Status
from monitor.text.article import Article
from monitor.text.language import languages_of

_STRIDE = 100  # lines between two reports of progress
_TEXTS = ("title", "summary", "body", "url", "author", "feed")


@dataclass(frozen=True, slots=True)
class Line:
    """One article of a JSON Lines file. ``id`` is as given, a text or a number."""

    id: object
    article: Article


def from_any_feed(rules: Collection[Rule]) -> list[Rule]:
    """The same rules for articles handed in without a feed: they look at all, whatever feeds they are for."""
    nothing: frozenset[str] = frozenset()
    return [
        replace(rule, scope=replace(rule.scope, feed_ids=nothing, feed_tags=nothing, not_feed_tags=nothing))
        for rule in rules
    ]


def tried_out(rules: Collection[Rule]) -> list[Rule]:
    """The same rules with drafts at work: who tries rules wants to see what they would do."""
    return [replace(rule, status=Status.LIVE) if rule.status is Status.DRAFT else rule for rule in rules]


def known_languages(rules: Collection[Rule]) -> frozenset[str]:
    """The languages that rules have terms in."""
    found = {term.lang for rule in rules for concept in rule.concepts.values() for term in concept.terms}
    return frozenset(found - {ANY_LANGUAGE})


def article_from(fields: Mapping[str, Any], known: Collection[str], place: str) -> Article:
    """The article a JSON object describes; its texts are taken as they are, so that offsets index into them.

    ``lang`` is a strong hint: it is tried first, and what detection finds beside it is tried too. Raises
    :class:`UsageError` naming ``place`` if a field is not what it should be.
    """
    texts = {}
    for name in _TEXTS:
        value = fields.get(name)
        if value is not None and not isinstance(value, str):
            raise UsageError(f"{place}: “{name}” should be a text")
        texts[name] = value or ""
    lang = fields.get("lang")
    if lang is not None and not isinstance(lang, str):
        raise UsageError(f"{place}: “lang” should be a language code")
    return Article(
        key=str(fields.get("id", "")),
        title=texts["title"],
        summary=texts["summary"],
        body=texts["body"],
        url=texts["url"],
        author=texts["author"],
        feed=texts["feed"],
        languages=_languages(texts, lang or "", known),
        published_at=_published(fields.get("published")),
    )


def read_article(data: bytes, name: str, known: Collection[str]) -> Article:
    """One article: a JSON object, or a text with the title in its first line."""
    text = decoded(data, name)
    if text.lstrip().startswith("{"):
        try:
            fields = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{name} looks like JSON and is not: {error}") from None
        return _with_text(article_from(fields, known, name), name)
    title, _, body = text.strip().partition("\n")
    return _with_text(article_from({"title": title.strip(), "body": body.strip()}, known, name), name)


def _with_text(article: Article, name: str) -> Article:
    if not (article.title or article.summary or article.body):
        raise UsageError(f"{name} has no text: a title, a summary or a body")
    return article


def decoded(data: bytes, name: str) -> str:
    """A file's text; raises :class:`UsageError` if it is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{name} is not UTF-8 text") from None


def read_input(source: str) -> tuple[bytes, str]:
    """The bytes of a file, or of standard input for ``-``, and what to call them."""
    if source == "-":
        return sys.stdin.buffer.read(), "standard input"
    path = Path(source)
    try:
        return path.read_bytes(), source
    except OSError as error:
        raise UsageError(f"cannot read {source}: {error.strerror}") from None


def read_lines(path: Path, known: Collection[str], progress: Callable[[int], object] = int) -> Iterator[Line]:
    """The articles of a JSON Lines file, gzipped or not, one after the other.

    ``progress`` is told how many bytes of the file have been read; by default nobody listens.
    """
    try:
        with path.open("rb") as raw, _unpacked(raw, path) as handle:
            for number, line in enumerate(handle, start=1):
                if line.strip():
                    yield _line(line, f"{path}:{number}", known)
                if number % _STRIDE == 0:
                    progress(raw.tell())
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise UsageError(f"{path} is cut short or is no gzip file") from None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from None


def _unpacked(raw: BinaryIO, path: Path) -> AbstractContextManager[Iterable[bytes]]:
    return gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else nullcontext(raw)


def _line(raw: bytes, place: str, known: Collection[str]) -> Line:
    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{place}: not a JSON object: {error}") from None
    if not isinstance(fields, dict):
        raise UsageError(f"{place}: not a JSON object")
    if "id" not in fields:
        raise UsageError(f"{place}: the article has no “id”")
    return Line(fields["id"], article_from(fields, known, place))


def _languages(texts: Mapping[str, str], lang: str, known: Collection[str]) -> tuple[str, ...]:
    text = "\n".join(part for part in (texts["summary"], texts["body"]) if part)
    hint = lang.strip().lower().replace("_", "-").split("-")[0].removeprefix("und")
    found = languages_of(texts["title"], text, (hint,) if hint else (), known)
    return (hint, *(code for code in found if code != hint)) if hint else found


def _published(value: object) -> datetime | None:
    """The moment a file gives, in ISO 8601, as in a mail header, or in seconds; what cannot be read is no date."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, str) and value.strip():
            moment = _moment(value.strip())
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text)
