"""From the bytes of a poll to a feed or a failure: which kind of document this is, and whether it is whole.

Runs in a worker process, where time and memory are limited. Pure.
"""

from __future__ import annotations

import re

from monitor.sources.charset import decode
from monitor.sources.discovery import feed_links
from monitor.sources.jsonfeed import parse_json_feed
from monitor.sources.outcomes import FailureKind, ParseOutcome, PollFailed
from monitor.sources.parse import parse_xml_feed

_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_PREAMBLE = re.compile(
    r"\s+|<\?[^>]{0,5000}\?>|<!--.{0,20000}?-->|<!DOCTYPE\s[^\[>]{0,2000}(\[.{0,50000}?\]\s*)?>",
    re.DOTALL | re.IGNORECASE,
)
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,40})[\s/>]")
_FEED_BEGINS = re.compile(r"<(?:rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
_JUNK = 4000
_ITEM = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_HTML = re.compile(r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,500}\?>", re.IGNORECASE)
# Not allowed in XML 1.0 (§2.2), common in feeds all the same; a strict parser stops at the first.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def parse_document(body: bytes, content_type: str, url: str) -> ParseOutcome:
    """Read a feed of any kind."""
    text = _NOT_XML.sub("", decode(body, content_type)).lstrip("\ufeff \t\r\n")
    if not text:
        return PollFailed(FailureKind.EMPTY, "The answer has nothing in it.")
    if text.startswith("{"):
        return parse_json_feed(text, url)
    text = _XML_DECLARATION.sub("", text, count=1).lstrip()
    root = _root_name(text)
    if root not in _FEED_ROOTS and not _HTML.search(text[:_JUNK]) and (begins := _FEED_BEGINS.search(text[:_JUNK])):
        text = text[begins.start() :]  # a script's warnings came first
        root = _root_name(text)
    if root not in _FEED_ROOTS:
        return _not_a_feed(text, root, url)
    outcome = parse_xml_feed(text, url)
    if (isinstance(outcome, PollFailed) or outcome.bozo) and not _is_whole(text, root):
        return PollFailed(FailureKind.CUT_SHORT, "The document stops before its end; nothing of it was used.")
    return outcome


def _root_name(text: str) -> str:
    """The root element's local name in lower case, past declarations and comments; empty if there is none."""
    place = 0
    while found := _PREAMBLE.match(text, place):
        place = found.end()
    root = _ROOT.match(text, place)
    return root[1].lower() if root else ""


def _is_whole(text: str, root: str) -> bool:
    """Whether the root element is closed after the last item.

    Only for documents that are not well-formed: one that ends early must not pass for one that is merely broken.
    """
    last_item = max((found.start() for found in _ITEM.finditer(text)), default=0)
    return re.search(rf"</(?:\w{{1,20}}:)?{root}\s*>", text[last_item:], re.IGNORECASE) is not None


def _not_a_feed(text: str, root: str, url: str) -> PollFailed:
    if root == "html" or _HTML.search(text[:2000]):
        links = feed_links(text, url)
        hint = f" It names a feed: {links[0].url}" if links else ""
        return PollFailed(FailureKind.NOT_A_FEED, f"This is a web page, not a feed.{hint}")
    if root:
        return PollFailed(FailureKind.NOT_A_FEED, f"This is an XML document of another kind (<{root}>), not a feed.")
    return PollFailed(FailureKind.NOT_A_FEED, "This is neither XML nor JSON, so it is not a feed.")
