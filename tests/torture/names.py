"""A name server on loopback: it answers for some names and is silent for all others, and a launcher that asks it."""

from __future__ import annotations

import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.torture.launcher import Launcher, launcher

_A, _AAAA = 1, 28


class NameServer:
    """RFC 1035 by UDP. Names that begin with ``well`` are 127.0.0.1; questions for others are counted and dropped."""

    def __init__(self, address: str) -> None:
        self.asked: Counter[str] = Counter()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 53))
        self._socket.settimeout(0.2)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                query, guest = self._socket.recvfrom(512)
            except TimeoutError:
                continue
            name, end = _question(query)
            self.asked[name] += 1
            if name.startswith("well"):
                kind = struct.unpack("!H", query[end : end + 2])[0]
                self._socket.sendto(_answer(query, end, kind), guest)


def _question(query: bytes) -> tuple[str, int]:
    """The name asked for, and where its type begins."""
    labels, at = [], 12
    while length := query[at]:
        labels.append(query[at + 1 : at + 1 + length].decode("ascii", "replace"))
        at += 1 + length
    return ".".join(labels).lower(), at + 1


def _answer(query: bytes, end: int, kind: int) -> bytes:
    found = kind == _A
    head = query[:2] + struct.pack("!HHHHH", 0x8180, 1, int(found), 0, 0)
    record = b"\xc0\x0c" + struct.pack("!HHIH", _A, 1, 60, 4) + socket.inet_aton("127.0.0.1")
    return head + query[12 : end + 4] + (record if found else b"")


@contextmanager
def name_server(directory: Path) -> Iterator[tuple[NameServer, Launcher]]:
    """The server, and a launcher whose daemons have no other; needs root, for a mount of their own."""
    address = "127.0.3.53"
    resolver = directory / "resolv.conf"
    resolver.write_text(f"nameserver {address}\n", encoding="ascii")
    mount = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
    server = NameServer(address)
    try:
        with launcher(within=["unshare", "--mount", "sh", "-c", mount, str(resolver)]) as started:
            yield server, started
    finally:
        server.close()
