"""A connection to a service that does not speak HTTP: within the deadline, and encrypted where that is asked."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

from monitor.channels.senders import HungUpError, Line


def trust(ca_file: Path | None, *, verify: bool = True) -> ssl.SSLContext:
    """Which certificates are good: the machine's and those in the file, or (``?verify=no``) any."""
    context = ssl.create_default_context(cafile=ca_file)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def connected(address: tuple[str, int], line: Line, tls: ssl.SSLContext | None) -> socket.socket:
    """A connection that the deadline can shut. Raises ``OSError``."""
    connection = socket.create_connection(address, line.remaining)
    try:
        line.hold(connection)
        return tls.wrap_socket(connection, server_hostname=address[0]) if tls else connection
    except BaseException:
        connection.close()
        raise


_FAULTS: tuple[tuple[type[OSError], str], ...] = (
    (ssl.SSLError, "its TLS certificate could not be verified"),
    (HungUpError, "no answer in time"),
    (TimeoutError, "no answer in time"),
    (socket.gaierror, "its host name does not resolve"),
    (ConnectionRefusedError, "the connection was refused"),
)


def fault(error: OSError) -> str:
    """What went wrong, in words without any part of the address."""
    return next((words for kind, words in _FAULTS if isinstance(error, kind)), "the connection was lost")
