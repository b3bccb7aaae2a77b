"""Edits the list of feeds in config.yaml as a person would: one entry in or out, every other character as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence

from monitor.config.feeds import feed_id
from monitor.rules.tree import ListNode, MapNode, Scalar
from monitor.rules.yaml import CONFIG_LIMITS, parse_yaml, rewrite
from monitor.sources.opml import ListedFeed

_PLAIN = re.compile(r"[^\W\d][\w .-]*")
_AMBIGUOUS = re.compile(r"true|false|null|yes|no|on|off|y|n", re.IGNORECASE)


def with_feeds(text: str, feeds: Sequence[ListedFeed]) -> str:
    """The config with these at the end of its list."""
    if not feeds:
        return text
    entries = [written(one) for one in feeds]
    lines = text.splitlines()
    found = _feeds(text)
    if found is None:
        return "\n".join([*lines, "", "feeds:", *(f"  - {entry}" for entry in entries), ""])
    starts, end = _extent(lines, found)
    if not starts:
        return rewrite(text, lambda document: document["feeds"].extend(map(_facts, feeds)))
    margin = lines[starts[0]][: lines[starts[0]].index("-")]
    return _joined([*lines[:end], *(f"{margin}- {entry}" for entry in entries), *lines[end:]], text)


def without_feeds(text: str, places: Collection[int]) -> str:
    """The config without the feeds at these places of its list, and without the comments inside of them."""
    found = _feeds(text)
    if found is None or not places:
        return text
    lines = text.splitlines()
    starts, end = _extent(lines, found)
    if not starts:
        return rewrite(text, lambda document: _delete(document["feeds"], places))
    bounds = [*starts, end]
    for place in sorted(places, reverse=True):
        del lines[bounds[place] : _last_line(lines, bounds[place], bounds[place + 1])]
    if len(places) == len(starts):
        head = found.place.line - 1
        at = next(at for at in range(head, -1, -1) if lines[at].startswith("feeds:"))
        lines[at] = lines[at].replace("feeds:", "feeds: []", 1)
    return _joined(lines, text)


def written(feed: ListedFeed) -> str:
    """A feed on one line: ``{id: …, url: "…", title: …, language: ko, tags: [wire]}``."""
    parts = [
        f"{name}: [{', '.join(map(_scalar, value))}]" if isinstance(value, list) else f"{name}: {_scalar(value)}"
        for name, value in _facts(feed).items()
    ]
    return f"{{{', '.join(parts)}}}"


def _facts(feed: ListedFeed) -> dict[str, str | list[str]]:
    facts: dict[str, str | list[str]] = {
        "id": feed_id(feed.url),
        "url": feed.url,
        "title": feed.title,
        "language": feed.language,
        "tags": list(feed.tags),
    }
    return {name: value for name, value in facts.items() if value}


def _delete(entries: list[object], places: Collection[int]) -> None:
    for place in sorted(places, reverse=True):
        del entries[place]


def _feeds(text: str) -> ListNode | None:
    """The list as it is written, None if there is none or it is empty."""
    tree = parse_yaml(text, limits=CONFIG_LIMITS)
    node = tree.get("feeds") if isinstance(tree, MapNode) else None
    if (
        node is None
        or (isinstance(node, Scalar) and node.value is None)
        or (isinstance(node, ListNode) and not node.items)
    ):
        return None
    return node if isinstance(node, ListNode) else None


def _extent(lines: Sequence[str], found: ListNode) -> tuple[list[int], int]:
    """The line of each entry, and the one behind the last; nothing if not each begins a line with its own ``-``."""
    starts = [item.place.line - 1 for item in found.items]
    if not all(lines[start].lstrip().startswith("-") for start in starts) or len(set(starts)) < len(starts):
        return [], 0
    margin = lines[starts[0]].index("-")
    after = (at for at in range(starts[-1] + 1, len(lines)) if _ends_list(lines[at], margin))
    return starts, _last_line(lines, starts[-1], next(after, len(lines)))


def _ends_list(line: str, margin: int) -> bool:
    content = line.strip()
    return bool(content) and not content.startswith("#") and len(line) - len(line.lstrip()) <= margin


def _last_line(lines: Sequence[str], start: int, end: int) -> int:
    """Where an entry ends: comments and empty lines behind it belong to what follows."""
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _scalar(value: str) -> str:
    plain = _PLAIN.fullmatch(value) and not _AMBIGUOUS.fullmatch(value) and value == value.strip()
    return value if plain else json.dumps(value, ensure_ascii=False)


def _joined(lines: Sequence[str], text: str) -> str:
    return "\n".join(lines) + ("\n" if text.endswith("\n") else "")
