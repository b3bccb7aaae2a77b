"""An IRC server (ngIRCd) on loopback, and somebody in a channel who writes down every line that comes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.channels.certificate import make_certificate
from tests.channels.ends.programs import free_port, program, running, until

PASSWORD = "canary-irc-password"
NICK = "Reader"
_CONFIG = """
[Global]
Name = irc.example.org
Info = newsmonitor test
Listen = 127.0.0.1
Ports = {port}
Password = {password}
MotdPhrase = "welcome"

[Limits]
MaxConnectionsIP = 0
MaxPenaltyTime = 0
MaxNickLength = 12
PongTimeout = 5
PingTimeout = 5

[Options]
DNS = no
Ident = no
PAM = no
DefaultUserModes =

[SSL]
CertFile = {certificate}
KeyFile = {key}
Ports = {tls_port}

[Channel]
Name = #quiet
Modes = mn

[Channel]
Name = #invited
Modes = i

[Channel]
Name = #locked
Modes = k word
"""


@dataclass
class Reader:
    """In the channels from the beginning; ``lines`` holds what was said there, as raw bytes without CR LF."""

    connection: socket.socket
    raw: list[bytes] = field(default_factory=list)

    def listen(self) -> None:
        rest = b""
        while True:
            try:
                part = self.connection.recv(65536)
            except OSError:
                return
            if not part:
                return
            *whole, rest = (rest + part).split(b"\n")
            for one in whole:
                if one.startswith(b"PING"):
                    self.connection.sendall(b"PONG" + one[4:].rstrip(b"\r") + b"\r\n")
                self.raw.append(one.rstrip(b"\r"))

    def write(self, line: str) -> None:
        self.connection.sendall(f"{line}\r\n".encode())

    def heard(self, command: str) -> list[bytes]:
        """The lines with this command, oldest first."""
        return [line for line in list(self.raw) if line.split(b" ")[1:2] == [command.encode()]]

    def said(self, place: str) -> list[str]:
        """What was said in a channel (or, with our nick, to us)."""
        lines = [line.decode("utf-8").split(" ", 3) for line in self.heard("PRIVMSG")]
        return [words.removeprefix(":") for _, _, where, words in lines if where == place]


@dataclass(frozen=True, slots=True)
class Ircd:
    """A running server, its ``certificate`` for ``localhost``.

    ``#quiet`` is moderated, ``#invited`` is for guests alone, ``#locked`` wants a word.
    """

    port: int
    tls_port: int
    certificate: Path
    reader: Reader


@contextmanager
def ircd(directory: Path) -> Iterator[Ircd]:
    """Started with a reader in ``#desk`` and ``#ops``."""
    port, tls_port = free_port(), free_port()
    certificate, key = make_certificate(directory)
    config = directory / "ngircd.conf"
    config.write_text(_CONFIG.format(port=port, tls_port=tls_port, password=PASSWORD, certificate=certificate, key=key))
    log = directory / "log"
    with (
        running([program("ngircd", "ngircd"), "-n", "-f", str(config)], port, log),
        socket.create_connection(("127.0.0.1", port)) as connection,
    ):
        reader = Reader(connection)
        thread = threading.Thread(target=reader.listen, daemon=True)
        thread.start()
        reader.write(f"PASS {PASSWORD}\r\nNICK {NICK}\r\nUSER reader 0 * :reader\r\nJOIN #desk\r\nJOIN #ops")
        until(lambda: len(reader.heard("366")) == 2, "the reader is in its channels", log=log)
        yield Ircd(port, tls_port, certificate, reader)
        connection.shutdown(socket.SHUT_RDWR)
        thread.join()
