"""A certificate that is not good stops every encrypted channel before anything of a message is said."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from monitor.channels import Retry
from tests.channels.sending import channel, send

CHANNELS = {
    "webhook": "webhook+https://localhost:{port}/canary",
    "gotify": "gotifys://localhost:{port}/Acanary0000000",
    "ntfy": "ntfys://canary:canary@localhost:{port}/topic",
    "mattermost": "mmosts://localhost:{port}/canarycanarycanarycanary00",
    "matrix": "matrixs://syt_canary_0000@localhost:{port}/!ops:matrix.example",
    "irc": "ircs://bot:canary@localhost:{port}/%23desk",
    "mqtt": "mqtts://bot:canary@localhost:{port}/alerts",
    "smtps": "smtps://bot:canary@localhost:{port}/desk@example.org",
}


@contextmanager
def encrypted(certificate: trustme.LeafCert) -> Iterator[tuple[int, list[bytes]]]:
    """A server that keeps whatever it is told once a connection is encrypted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    heard: list[bytes] = []
    closing = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)

        def serve() -> None:
            while not closing.is_set():
                with suppress(OSError):
                    guest, _ = listener.accept()
                    guest.settimeout(2)
                    with context.wrap_socket(guest, server_side=True) as connection:
                        heard.append(connection.recv(65536))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield int(listener.getsockname()[1]), heard
        finally:
            closing.set()
            thread.join()


def issued(authority: trustme.CA, fault: str) -> trustme.LeafCert:
    if fault == "expired":
        return authority.issue_cert("localhost", not_after=datetime(2020, 1, 1, tzinfo=UTC))
    return authority.issue_cert("elsewhere.example" if fault == "another's" else "localhost")


@pytest.mark.parametrize("kind", CHANNELS)
@pytest.mark.parametrize("fault", ["expired", "another's", "by nobody we know"])
def test_a_certificate_that_is_not_good_stops_the_channel(tmp_path: Path, kind: str, fault: str) -> None:
    authority, known = trustme.CA(), tmp_path / "known.pem"
    (trustme.CA() if fault == "by nobody we know" else authority).cert_pem.write_to_path(str(known))
    with encrypted(issued(authority, fault)) as (port, heard):
        outcome = send(channel(CHANNELS[kind].format(port=port), ca_file=known))
    assert isinstance(outcome, Retry)
    assert outcome.whole_channel
    assert "TLS certificate could not be verified" in outcome.reason
    assert not any(heard)
