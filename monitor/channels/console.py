"""Alerts on the terminal, with Rich: what ``make run`` shows before anything is configured."""

from __future__ import annotations

import re
import sys
import threading
from typing import TextIO

from rich.console import Console
from rich.text import Text

from monitor.alerts.markup import BOLD, DIM, HIT, LABEL, LINK, LINK_END
from monitor.alerts.message import Message
from monitor.alerts.style import CONSOLE, Style
from monitor.channels.outcomes import Outcome, Retry, Sent
from monitor.channels.senders import Line, Senders
from monitor.channels.spec import ChannelSpec
from monitor.rules.model import Severity

_MARKS = re.compile(f"([{BOLD}{DIM}{HIT}{LINK_END}]|{LINK}[^{LABEL}]*{LABEL})")
_STYLES = {BOLD: "bold", DIM: "dim", HIT: "bold yellow"}
_EDGE = {
    Severity.INFO: "grey62",
    Severity.LOW: "dodger_blue2",
    Severity.MEDIUM: "yellow",
    Severity.HIGH: "dark_orange",
    Severity.CRITICAL: "bright_red",
}


def styled(body: str) -> Text:
    """A message in the terminal's markup as Rich text; control characters in it are ours alone."""
    text = Text()
    open_marks: set[str] = set()
    link = ""
    for part in _MARKS.split(body):
        if part in _STYLES:
            open_marks ^= {part}
        elif part.startswith((LINK, LINK_END)):
            link = part.strip(LINK + LABEL + LINK_END)
        elif part:
            styles = [_STYLES[mark] for mark in (DIM, BOLD, HIT) if mark in open_marks]
            text.append(part, " ".join((*styles, f"link {link}") if link else styles))
    return text


class ConsoleChannel:
    """Prints to standard output, or to the file given."""

    style: Style = CONSOLE
    recipients: tuple[str, ...] = ("",)
    warnings: tuple[str, ...] = ()

    def __init__(self, spec: ChannelSpec, file: TextIO | None = None) -> None:
        self.name = spec.name
        self._console = Console(file=file, highlight=False, soft_wrap=False, emoji=False) if file else None
        self._lock = threading.Lock()
        self._senders = Senders(spec.name, 1, spec.timeout)

    @property
    def hanging(self) -> int:
        """Attempts given up on whose thread has not come back yet."""
        return self._senders.hanging

    async def send(self, message: Message, recipient: str) -> Outcome:  # noqa: ARG002 - there is one terminal
        """Print the message."""
        return await self._senders.run(lambda line: self._print(message, line))

    def _print(self, message: Message, line: Line) -> Outcome:  # noqa: ARG002 - a terminal has no line to cut
        console = self._console or Console(file=sys.stdout, highlight=False, emoji=False)
        text = styled(message.body)
        with self._lock:
            try:
                for row in text.wrap(console, max(20, console.width - 2)):
                    edge = Text().append("▌ ", _EDGE[message.severity])
                    console.print(edge.append_text(row), soft_wrap=True)
                console.print()
                console.file.flush()
            except (OSError, ValueError):  # ValueError: the file is closed
                return Retry("the terminal does not take it", whole_channel=True)
        return Sent()
