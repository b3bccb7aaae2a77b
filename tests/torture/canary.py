"""A port that nobody has a reason to connect to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def canary() -> Iterator[tuple[int, list[object]]]:
    """Its number, and who connected to it at 127.0.6.1."""
    guests: list[object] = []
    closing = threading.Event()
    with socket.create_server(("127.0.6.1", 0)) as listener:
        listener.settimeout(0.1)

        def watch() -> None:
            while not closing.is_set():
                with suppress(TimeoutError):
                    connection, address = listener.accept()
                    connection.close()
                    guests.append(address)

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield int(listener.getsockname()[1]), guests
        finally:
            closing.set()
            thread.join()
