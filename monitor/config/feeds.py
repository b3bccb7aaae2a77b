"""The ``feeds:`` of config.yaml: what is watched."""

from __future__ import annotations

import hashlib
import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import Field, field_validator, model_validator

from monitor.config.values import HEADER_NAME, FeedUrl, Hidden, Languages, Networks, Positive
from monitor.rules.fields import Shape, Words, refuse
from monitor.secret import Secret

_LONGEST_ID = 60
_SHORTEST_TOKEN = 8
_WORD = re.compile(r"[a-z]+([-_. ][a-z]+)*")
_SAYS_NOTHING = frozenset(
    {"www", "rss", "feed", "feeds", "index", "atom", "xml", "rdf", "php", "html", "http", "https"}
)


class FeedSettings(Shape):
    """One feed. A bare URL is a feed too."""

    url: FeedUrl = Field(repr=False, description="Where it is: http or https.")
    id: str = Field(
        default="",
        pattern=r"^[a-z0-9][a-z0-9_.-]*$",
        max_length=80,
        description="Its name in lists, rules and the archive; made from the URL if left out.",
    )
    title: str = Field(default="", description="What people see; the feed's own title if left out.")
    language: Languages = Field(default=(), description="Language or languages it is written in: a hint to detection.")
    tags: Words = Field(default=(), description="For `scope: feeds:` in rules.")
    interval: Positive | None = Field(default=None, description="How often to ask; `polling.interval` if left out.")
    headers: dict[str, Hidden] = Field(default={}, description="Extra request headers; values are secret.")
    auth: Hidden | None = Field(default=None, description="`user:password` for HTTP Basic, or `Bearer …`.")
    full_text: bool = Field(default=False, description="Fetch the page of an article that looks relevant.")
    allow_networks: Networks = Field(default=(), description="Non-public addresses this feed may be at.")
    backfill: bool | None = Field(default=None, description="Alert on what its first poll brings, too.")
    enabled: bool = Field(default=True, description="Whether it is polled at all.")

    @model_validator(mode="before")
    @classmethod
    def _normal_form(cls, value: Any) -> Any:  # noqa: ANN401  (anything may stand in a file)
        """Take a bare URL for a feed, and name it after its URL."""
        if isinstance(value, str):
            value = {"url": value}
        if isinstance(value, dict) and isinstance(value.get("url"), str) and "id" not in value:
            return {**value, "id": feed_id(value["url"])}
        return value

    @field_validator("headers")
    @classmethod
    def _sendable(cls, headers: dict[str, Secret]) -> dict[str, Secret]:
        for name, secret in headers.items():
            if not HEADER_NAME.fullmatch(name):
                raise refuse("bad-header", f"“{name}” is not a header name", "use letters, digits and hyphens")
            if any(ord(character) < 32 for character in secret.reveal()):
                raise refuse("bad-header", f"the value of “{name}” has a line break or control character in it")
        return headers

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What no line of a log and no row of the database may show: credentials, and tokens in the URL."""
        return (*self.headers.values(), *((self.auth,) if self.auth else ()), *map(Secret, _tokens(self.url)))


def feed_id(url: str) -> str:
    """A readable name made from the URL alone, so that adding or moving other feeds never changes it.

    ``https://www.example.org/rss/world.xml`` is ``example.org-world``. User and password are no part of it; the query
    enters as a digest, because it may hold a token.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "feed").removeprefix("www.")
        port = f"-{parts.port}" if parts.port else ""
    except ValueError:
        return f"feed-{_digest(url)}"
    words = [word for word in re.split(r"[^a-z0-9]+", parts.path.lower()) if word and word not in _SAYS_NOTHING]
    host = re.sub(r"[^a-z0-9.]+", "-", host.lower()).strip("-.")
    name = "-".join([(host or "feed") + port, *words])
    if parts.query or len(name) > _LONGEST_ID or not name.isascii():
        return f"{name[:_LONGEST_ID].rstrip('-.')}-{_digest(url)}"
    return name


def _tokens(url: str) -> list[str]:
    """The password of a URL, and those values of its query that are no words: ``?cat=world`` keeps its reader."""
    parts = urlsplit(url)
    values = [value for _, value in parse_qsl(parts.query)]
    tokens = [value for value in values if len(value) >= _SHORTEST_TOKEN and not _WORD.fullmatch(value)]
    return [*filter(None, (parts.password, unquote(parts.password or ""))), *tokens]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:6]
