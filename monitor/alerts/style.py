"""How a service wants its messages: which markup, whether it has a title field, and how much it takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a service counts when it says "4,096"."""

    CHARACTERS = "characters"  # Unicode code points
    BYTES = "bytes"  # of UTF-8
    UTF16 = "utf-16 units"


@dataclass(frozen=True, slots=True)
class Limit:
    """The most a field may hold."""

    size: int
    unit: Unit = Unit.CHARACTERS

    def measure(self, text: str) -> int:
        """The text's length in this unit."""
        match self.unit:
            case Unit.CHARACTERS:
                return len(text)
            case Unit.BYTES:
                return len(text.encode("utf-8", "surrogatepass"))
            case Unit.UTF16:
                return len(text.encode("utf-16-le", "surrogatepass")) // 2

    def fits(self, text: str) -> bool:
        """Whether the service takes the whole text."""
        return self.measure(text) <= self.size


@dataclass(frozen=True, slots=True)
class Style:
    """A service family's form. ``markup`` names one of ``markup.MARKUPS``.

    ``title`` is the limit of the title field, ``None`` when the service has none: then the first line of the body does
    its work. ``link_apart``: the service opens ``Message.link`` itself when the message is tapped. ``one_line``: lines
    are separate messages there, so there is but one.
    """

    name: str
    markup: str
    body: Limit
    title: Limit | None = None
    link_apart: bool = False
    one_line: bool = False


_TITLE = Limit(200)

TELEGRAM = Style("telegram", "telegram", Limit(4096, Unit.UTF16))
DISCORD = Style("discord", "discord", Limit(2000, Unit.UTF16))
SLACK = Style("slack", "slack", Limit(3000), title=Limit(150))
MATTERMOST = Style("mattermost", "markdown", Limit(4000))
MATRIX = Style("matrix", "matrix", Limit(16_000, Unit.BYTES))
GOTIFY = Style("gotify", "markdown", Limit(4000), title=_TITLE)
# 4,096 bytes of message, in a JSON body of at most 8,192 where Apprise writes 6 bytes for a Cyrillic letter
NTFY = Style("ntfy", "plain", Limit(1_900, Unit.BYTES), title=Limit(250, Unit.BYTES), link_apart=True)
IRC = Style("irc", "plain", Limit(350, Unit.BYTES), one_line=True)
MQTT = Style("mqtt", "plain", Limit(16_000, Unit.BYTES))
EMAIL = Style("email", "email", Limit(500_000, Unit.BYTES), title=Limit(180))
CONSOLE = Style("console", "terminal", Limit(20_000))
WEBHOOK = Style("webhook", "json", Limit(500_000, Unit.BYTES), title=Limit(180))


def plain_style(name: str, body_size: int, title_size: int) -> Style:
    """For a service nobody has described: plain text, within the sizes its plug-in states (0: no title field)."""
    body = Limit(max(80, min(body_size, 4000)), Unit.BYTES)
    return Style(name, "plain", body, title=Limit(min(title_size, 200), Unit.BYTES) if title_size > 0 else None)
