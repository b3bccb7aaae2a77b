"""An MQTT broker (mosquitto) on loopback with passwords and rights, and a subscriber that writes down what it gets."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tests.channels.certificate import make_certificate
from tests.channels.ends.programs import free_port, program, running, until

USER, PASSWORD = "newsmonitor", "canary-mqtt-password"
LARGEST = 40_000  # bytes of one packet
_CONFIG = """
per_listener_settings false
allow_anonymous false
password_file {passwords}
acl_file {rights}
message_size_limit {largest}
max_packet_size {largest}
persistence false
user root
listener {port} 127.0.0.1
listener {tls_port} 127.0.0.1
certfile {certificate}
keyfile {key}
"""
_RIGHTS = f"""
user {USER}
topic readwrite alerts/#
topic read private/#
"""


@dataclass
class Broker:
    """A running one. ``certificate`` is for ``localhost``."""

    port: int
    tls_port: int
    certificate: Path
    arrived: list[dict[str, Any]] = field(default_factory=list)

    def listen(self, lines: IO[bytes]) -> None:
        for line in lines:
            self.arrived.append(json.loads(line))

    def payloads(self, topic: str) -> list[str]:
        """What the subscriber got on this topic."""
        return [one["payload"] for one in list(self.arrived) if one["topic"] == topic]


@contextmanager
def mosquitto(directory: Path) -> Iterator[Broker]:
    """Started with a subscriber to everything that may be read."""
    directory.chmod(0o755)
    server, subscriber = program("mosquitto", "mosquitto"), program("mosquitto_sub", "mosquitto-clients")
    passwords, rights, config = directory / "passwords", directory / "rights", directory / "mosquitto.conf"
    passwords.write_text(f"{USER}:{PASSWORD}\n")
    subprocess.run([program("mosquitto_passwd", "mosquitto"), "-U", str(passwords)], check=True)
    rights.write_text(_RIGHTS)
    certificate, key = make_certificate(directory)
    broker = Broker(free_port(), free_port(), certificate)
    config.write_text(
        _CONFIG.format(
            passwords=passwords,
            rights=rights,
            largest=LARGEST,
            port=broker.port,
            tls_port=broker.tls_port,
            certificate=certificate,
            key=key,
        )
    )
    log = directory / "log"
    with running([server, "-v", "-c", str(config)], broker.port, log):
        address = ["-h", "127.0.0.1", "-p", str(broker.port), "-u", USER, "-P", PASSWORD, "-V", "5"]
        with subprocess.Popen([subscriber, *address, "-t", "#", "-F", "%j"], stdout=subprocess.PIPE) as listening:
            assert listening.stdout
            thread = threading.Thread(target=broker.listen, args=(listening.stdout,), daemon=True)
            thread.start()
            until(lambda: "Sending SUBACK" in log.read_text(), "the subscriber listens", log=log)
            yield broker
            listening.terminate()
        thread.join()
