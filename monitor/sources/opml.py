"""Lists of feeds from and for other readers (OPML 2.0, opml.org/spec2.opml)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from monitor.errors import UsageError
from monitor.sources.discovery import web_link
from monitor.text.html import one_line, tidy

_MOST_BYTES = 20 * 1024 * 1024
_MOST_FEEDS = 50_000
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """A feed in a list; ``tags`` are the folders it lies in and the categories it names."""

    url: str
    title: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class FeedList:
    """What a list names, in its order, each URL once. ``refused`` are addresses that nobody can poll: ``ftp://…``."""

    feeds: tuple[ListedFeed, ...]
    refused: tuple[str, ...] = ()


def read_opml(document: bytes) -> FeedList:
    """The feeds of a list. Raises :class:`UsageError` if it is no OPML."""
    if len(document) > _MOST_BYTES:
        raise UsageError(f"The list is larger than {_MOST_BYTES // 1024 // 1024} MiB; that is no list of feeds.")
    try:
        root = fromstring(document)
    except DefusedXmlException:
        raise UsageError("The list declares XML entities; no feed reader writes such a list.") from None
    except (ET.ParseError, ValueError, LookupError) as error:
        raise UsageError(f"The list is not well-formed XML: {error}.") from None
    body = root.find("body")
    if root.tag.lower() != "opml" or body is None:
        raise UsageError("This is not an OPML list: it has no <opml> with a <body>.")
    found: dict[str, ListedFeed] = {}
    refused: dict[str, None] = {}
    for outline, folders in _outlines(body):
        feed, address = _listed(outline, folders), _text(_address(outline))
        if feed and len(found) < _MOST_FEEDS:
            found.setdefault(feed.url, feed)
        elif address:
            refused[address] = None
    return FeedList(tuple(found.values()), tuple(refused))


def _outlines(body: ET.Element) -> Iterator[tuple[ET.Element, tuple[str, ...]]]:
    """Every outline with the folders it lies in, in the document's order; without recursion, however deep."""
    stack: list[tuple[ET.Element, tuple[str, ...]]] = [(child, ()) for child in reversed(body.findall("outline"))]
    while stack:
        outline, folders = stack.pop()
        yield outline, folders
        name = _text(outline.get("text") or outline.get("title"))
        inner = (*folders, name) if name and not outline.get("xmlUrl") and len(folders) < 10 else folders
        stack += [(child, inner) for child in reversed(outline.findall("outline"))]


def _address(outline: ET.Element) -> str:
    return outline.get("xmlUrl") or outline.get("xmlurl") or ""


def _listed(outline: ET.Element, folders: tuple[str, ...]) -> ListedFeed | None:
    url = web_link(_address(outline), "")
    if not url:
        return None
    categories = [part for path in (outline.get("category") or "").split(",") for part in path.split("/")]
    tags = tuple(dict.fromkeys(filter(None, (*folders, *map(_text, categories)))))
    title = _text(outline.get("title") or outline.get("text"))
    return ListedFeed(url, "" if title == url else title, tags, _text(outline.get("language"))[:35])


def write_opml(feeds: Iterable[ListedFeed], title: str = "newsmonitor") -> bytes:
    """A list that other readers import; tags stand as categories, so that a feed with two is not written twice."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = title
    body = ET.SubElement(root, "body")
    for feed in feeds:
        attributes = {"type": "rss", "text": feed.title or feed.url, "title": feed.title or feed.url}
        if feed.tags:
            attributes["category"] = ",".join(tag.replace(",", " ").replace("/", " ") for tag in feed.tags)
        if feed.language:
            attributes["language"] = feed.language
        ET.SubElement(body, "outline", {**attributes, "xmlUrl": feed.url})
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _text(value: str | None) -> str:
    return one_line(tidy(value or ""))[:_LONGEST]
