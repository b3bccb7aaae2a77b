"""Finding the feed of a web page: people give the address of the page they read, not of its feed. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin

_LOOKED_AT = 500_000
_MOST_LINKS = 20
_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "text/xml+rss"}
)
_TAG = re.compile(r"<(link|base)\s([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]{1,30})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page names: where, and what the page calls it."""

    url: str
    title: str = ""


def feed_links(html: str, url: str) -> tuple[FeedLink, ...]:
    """The feeds named by ``<link rel="alternate">`` in a page (RFC 5988, HTML §4.6.7.1), in the page's order.

    ``url`` is the page's own; relative addresses are resolved against it or the page's ``<base>``.
    """
    base = url
    found: dict[str, FeedLink] = {}
    for name, inside in _TAG.findall(html[:_LOOKED_AT]):
        attributes = _attributes(inside)
        href = attributes.get("href", "")
        if name.lower() == "base":
            base = web_link(href, url) or base
        elif _names_a_feed(attributes):
            link = web_link(href, base)
            if link and len(found) < _MOST_LINKS:
                found.setdefault(link, FeedLink(link, attributes.get("title", "")))
    return tuple(found.values())


def _names_a_feed(attributes: dict[str, str]) -> bool:
    relations = attributes.get("rel", "").lower().split()
    kind = attributes.get("type", "").lower().partition(";")[0].strip()
    return kind in _FEED_TYPES and ("alternate" in relations or "feed" in relations)


def _attributes(inside: str) -> dict[str, str]:
    return {
        name.lower(): unescape(double or single or bare) for name, double, single, bare in _ATTRIBUTE.findall(inside)
    }


def web_link(link: str, base: str) -> str:
    """An absolute http(s) address; empty if it is none, whatever else (``javascript:``, ``data:``) it may be."""
    bare = _UNPRINTABLE.sub("", link).strip()
    if not bare:
        return ""  # joined, it would be the base itself
    try:
        absolute = urljoin(base, bare.replace(" ", "%20"))
    except ValueError:
        return ""
    return absolute if re.match(r"https?://[^\s/]", absolute, re.IGNORECASE) and len(absolute) <= 4096 else ""
