"""What an alert keeps of its content in the database, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, TypeVar, assert_never

from monitor.alerts.content import (
    AlertContent,
    Content,
    DigestContent,
    Marked,
    MoreContent,
    NoticeContent,
    NoticeKind,
)
from monitor.rules.model import Severity

_KINDS: dict[str, type[AlertContent | DigestContent | MoreContent | NoticeContent]] = {
    "alert": AlertContent,
    "digest": DigestContent,
    "more": MoreContent,
    "notice": NoticeContent,
}
_C = TypeVar("_C", bound=AlertContent | DigestContent | MoreContent | NoticeContent)


def kind_of(content: Content) -> str:
    """``alert``, ``digest``, ``more`` or ``notice``."""
    match content:
        case AlertContent():
            return "alert"
        case DigestContent():
            return "digest"
        case MoreContent():
            return "more"
        case NoticeContent():
            return "notice"
        case _:
            assert_never(content)


def to_json(content: Content) -> dict[str, object]:
    """The content as values JSON has; ``from_json`` gives it back unchanged. Times are ISO 8601 in UTC."""
    return {"content": kind_of(content), **{f.name: _plain(getattr(content, f.name)) for f in fields(content)}}


def _plain(value: object) -> object:
    match value:
        case Severity():
            plain: object = value.word
        case datetime():
            plain = value.astimezone(UTC).isoformat()
        case NoticeKind():
            plain = value.value
        case Marked():
            plain = {"text": value.text, "hit": True} if value.hit else value.text
        case AlertContent():
            plain = to_json(value)
        case tuple():
            plain = [_plain(item) for item in value]
        case _:
            plain = value
    return plain


def from_json(stored: Mapping[str, object]) -> Content:
    """The content that ``to_json`` wrote, also by an older program: fields it did not know take their defaults.

    Raises ``ValueError`` for anything else.
    """
    kind = stored.get("content", "alert")
    made = _KINDS.get(kind) if isinstance(kind, str) else None
    if made is None:
        raise ValueError(f"stored content is of no known kind: {kind!r}")
    return _made(made, stored)


def _made(made: type[_C], stored: Mapping[str, object]) -> _C:
    known = {f.name for f in fields(made)}
    try:
        return made(**{name: _typed(name, value) for name, value in stored.items() if name in known})
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"stored content is incomplete: {error}") from error


def _typed(name: str, value: Any) -> Any:  # noqa: ANN401 - values of JSON, each typed by its field's name
    match name:
        case "severity":
            typed: Any = Severity[value.upper()]
        case "kind":
            typed = NoticeKind(value)
        case "published_at" | "found_at":
            typed = datetime.fromisoformat(value) if value else None
        case "excerpt" | "title_marked":
            typed = tuple(Marked(p) if isinstance(p, str) else Marked(p["text"], bool(p["hit"])) for p in value)
        case "contents":
            typed = tuple(_made(AlertContent, one) for one in value)
        case "why" | "tags" | "lines":
            typed = tuple(value)
        case _:
            typed = value
    return typed
