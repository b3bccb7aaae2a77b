"""IRC (RFC 2812), spoken directly: join, say the one line, and ask for a PONG that proves the server has dealt with it.

Apprise's plug-in counts a line as sent once it is written: a moderated channel, a person who is not there or a join
that was never answered are all successes to it.
"""

from __future__ import annotations

import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

from monitor.alerts.harmless import clean
from monitor.alerts.phrases import shortened
from monitor.channels.errand import Errand
from monitor.channels.outcomes import BROKEN_CHANNEL, Outcome, Rejected, Retry, Sent
from monitor.channels.senders import Line
from monitor.channels.wire import connected, fault, trust

_PORT, _TLS_PORT = 6667, 6697
_NICK = "newsmon"  # nine characters are what every server takes
_TAKEN = frozenset({"432", "433", "436", "437"})
_LOCKED_OUT = frozenset({"464", "465", "463", "468"})
_TOO_LONG_OR_EMPTY = frozenset({"412", "417"})
_NO_MOTD = "422"
_NOT_WELCOME = re.compile(r"password|denied|bann?ed|[kgz]-?lined|authori", re.IGNORECASE)
_TRIES = 4
_LONGEST_LINE = 510  # bytes without CR LF (RFC 2812 §2.3)


def say(errand: Errand) -> Outcome:
    """Say the message's one line to the one channel or person that the address names."""
    plugin, line = errand.plugin, errand.watch.line
    places = [*(f"#{name}" for name in plugin.channels), *(str(name).lstrip("@") for name in plugin.users)]
    key = next(iter(plugin.channels.values()), None) or ""
    port = plugin.port or (_TLS_PORT if plugin.secure else _PORT)
    tls = trust(errand.watch.ca_file, verify=plugin.verify_certificate) if plugin.secure else None
    try:
        with closing(connected((plugin.host, port), line, tls)) as connection:
            talk = _Talk(connection, line)
            _register(talk, errand)
            if places[0].startswith("#") and (plugin.join or key):
                _join(talk, places[0], key)
            _post(talk, places[0], errand.message.body)
            talk.write("QUIT", ":newsmonitor")
            return Sent()
    except _Refused as refused:
        return refused.outcome
    except OSError as error:
        return Retry(fault(error), whole_channel=True)


class _Refused(Exception):  # noqa: N818 - not an error of ours: the server's answer
    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class _Reply:
    """One line of the server: a command or a three-digit number, and its parameters."""

    command: str
    parameters: tuple[str, ...]

    @property
    def said(self) -> str:
        """Its words, fit to be shown."""
        words = self.parameters[-1] if self.parameters else ""
        return f": {shortened(clean(words), 120)}" if words.strip() else ""

    @property
    def is_refusal(self) -> bool:
        """RFC 2812 §5.2: 400 to 599 are errors."""
        return self.command[:1] in {"4", "5"} and len(self.command) == 3 and self.command != _NO_MOTD


@dataclass(slots=True)
class _Talk:
    """A conversation with a server."""

    connection: socket.socket
    line: Line
    _rest: bytes = field(default=b"")

    def write(self, *words: str) -> None:
        """One command. What could end it or begin another is gone."""
        text = " ".join("".join(" " if c in "\r\n\0" else c for c in word) for word in words)
        self.connection.settimeout(self.line.remaining)
        self.connection.sendall(text.encode("utf-8", "replace")[:_LONGEST_LINE] + b"\r\n")

    def replies(self) -> Iterator[_Reply]:
        """What the server says, its PINGs answered. Raises ``OSError`` when it falls silent, ``_Refused`` on ERROR."""
        while True:
            self.connection.settimeout(self.line.remaining)
            raw, end, rest = self._rest.partition(b"\n")
            if not end:
                part = self.connection.recv(4096)
                if not part or len(self._rest) > 65_536:
                    raise ConnectionResetError
                self._rest += part
                continue
            self._rest = rest
            reply = _parsed(raw.decode("utf-8", "replace").rstrip("\r"))
            if reply.command == "PING":
                self.write("PONG", f":{reply.parameters[-1] if reply.parameters else ''}")
            elif reply.command == "ERROR":
                after = BROKEN_CHANNEL if _NOT_WELCOME.search(reply.said) else None
                raise _Refused(Retry(f"the server closes the connection{reply.said}", after, whole_channel=True))
            else:
                yield reply

    def settled(self) -> Iterator[_Reply]:
        """What the server says to all that was written so far: up to the PONG for a PING of ours."""
        token = f"newsmonitor-{secrets.token_hex(4)}"
        self.write("PING", f":{token}")
        for reply in self.replies():
            if reply.command == "PONG" and token in reply.parameters:
                return
            yield reply


def _parsed(text: str) -> _Reply:
    """RFC 2812 §2.3.1: ``[:prefix] command parameters [:trailing]``; message tags are skipped."""
    for mark in "@:":
        if text.startswith(mark):
            text = text.partition(" ")[2].lstrip()
    middle, trailing, last = text.partition(" :")
    command, *parameters = middle.split() or [""]
    return _Reply(command.upper(), (*parameters, *([last] if trailing else [])))


def _register(talk: _Talk, errand: Errand) -> None:
    """PASS, NICK and USER until the server says welcome; another nick when ours is taken."""
    plugin = errand.plugin
    password = str(plugin.password or "")
    if password and plugin.auth_mode in {"server", "znc"}:
        talk.write("PASS", f"{plugin.user}:{password}" if plugin.auth_mode == "znc" else password)
    nick = plugin.nickname or f"{_NICK}{secrets.token_hex(1)}"
    talk.write("NICK", nick)
    talk.write("USER", nick, "0", "*", f":{plugin.fullname or 'newsmonitor'}")
    tries = 1
    for reply in talk.replies():
        if reply.command == "001":
            break
        if reply.command in _TAKEN and tries < _TRIES:
            tries += 1
            talk.write("NICK", f"{nick[:5]}{secrets.token_hex(2)}")
        elif reply.command in _LOCKED_OUT:
            raise _Refused(Retry(f"the server refuses the log-in{reply.said}", BROKEN_CHANNEL, whole_channel=True))
        elif reply.is_refusal:
            raise _Refused(Retry(f"the server refuses to talk ({reply.command}){reply.said}", whole_channel=True))
    if password and plugin.auth_mode == "nickserv":
        talk.write("PRIVMSG", "NickServ", f":IDENTIFY {password}")
        for _ in talk.settled():
            pass


def _join(talk: _Talk, place: str, key: str) -> None:
    talk.write("JOIN", place, *([key] if key else []))
    for reply in talk.settled():
        if reply.is_refusal:
            raise _Refused(Retry(f"the channel cannot be joined ({reply.command}){reply.said}", BROKEN_CHANNEL))


def _post(talk: _Talk, place: str, body: str) -> None:
    talk.write("PRIVMSG", place, f":{body}")
    for reply in talk.settled():
        if reply.command in _TOO_LONG_OR_EMPTY:
            raise _Refused(Rejected(f"the server refuses this message ({reply.command}){reply.said}"))
        if reply.is_refusal:
            raise _Refused(Retry(f"the message is refused there ({reply.command}){reply.said}", BROKEN_CHANNEL))
