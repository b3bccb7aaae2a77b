"""What a service would make of a message, after its own published rules: the oracle for "nothing is alive"."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from html.parser import HTMLParser

from markdown_it import MarkdownIt

MENTION = re.compile(r"@\w")
LINK = re.compile(
    r"(?<![A-Za-z])(?!hxxps?:)[A-Za-z]+://\S|www\.\w|[^\s.(*]\.[^\W\d_]{2,}|\.xn--|mailto:\S|javascript:\S",
    re.IGNORECASE,
)
CHAT_THINGS = re.compile(r"#\w|\$[A-Za-z]|(?<![\w/])/\w|(?<!\w)~\w|:[\w+-]*[A-Za-z][\w+-]*:")
_GOOD_INVISIBLE = {"\n", "\u200c", "\u200d"}


def invisible(text: str) -> set[str]:
    """Control, format, surrogate and unassigned-for-ever characters, but line ends and spelling joiners."""
    return {
        c
        for c in text
        if c not in _GOOD_INVISIBLE
        and (unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} or ord(c) & 0xFFFE == 0xFFFE)
    }


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.links: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.unbalanced = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")
        if tag not in {"br", "meta"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced = True

    def handle_data(self, data: str) -> None:
        self.text += data


def html_parts(html: str) -> tuple[str, list[str], set[str], bool]:
    """The shown text, the link targets, the tags, and whether all tags are closed in order."""
    parser = _Tags()
    parser.feed(html)
    parser.close()
    return parser.text, parser.links, set(parser.tags), not parser.open and not parser.unbalanced


def markdown_parts(markdown: str) -> tuple[str, list[str], set[str]]:
    """The same for Markdown as Mattermost and Gotify read it (CommonMark with strikethrough, tables, line breaks)."""
    parser = MarkdownIt("commonmark", {"breaks": True}).enable(["strikethrough", "table"])
    text, links, kinds = "", [], set[str]()
    for token in parser.parse(markdown):
        kinds.add(token.type.removesuffix("_open").removesuffix("_close"))
        text += "\n" if token.type == "paragraph_close" else ""
        for child in token.children or ():
            kind = child.type.removesuffix("_open").removesuffix("_close")
            kinds.add(kind)
            if kind in {"text", "code_inline", "html_inline"}:
                text += child.content
            elif kind in {"softbreak", "hardbreak"}:
                text += "\n"
            elif child.type == "link_open":
                links.append(str(child.attrs["href"]))
    return text, links, kinds


_SLACK_ANGLE = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


def slack_parts(mrkdwn: str) -> tuple[str, list[str]]:
    """The shown text and everything in angle brackets: links, and mentions if any."""
    links = [found.group(1) for found in _SLACK_ANGLE.finditer(mrkdwn)]
    text = _SLACK_ANGLE.sub(lambda found: found.group(2) or "", mrkdwn)
    return unescape(text), [unescape(link) for link in links]
