"""A ``newsmonitor run`` started as a user's service manager would: a process, told apart only by its loopback feeds."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.world import until


def codeword(number: int) -> str:
    return f"Kennwort{number:03d}"


def codeword_headline(number: int) -> str:
    return f"Nordkorea liefert {codeword(number)} an Russland"


@dataclass
class Installation:
    """A directory with config, rules and data, as ``newsmonitor init`` would make it."""

    directory: Path

    @property
    def config(self) -> Path:
        return self.directory / "config.yaml"

    @property
    def database(self) -> Path:
        return self.directory / "data" / "newsmonitor.db"

    def write_config(self, **settings: Any) -> None:  # noqa: ANN401 - whatever a config may say
        """Write ``config.yaml``; JSON is YAML. Intervals are short because the feeds are our own, on loopback."""
        polling = {
            "interval": "1s",
            "jitter": 0,
            "host_gap": "0s",
            "allow_networks": ["127.0.0.0/8"],
            "backoff_max": "2s",
            "parse_workers": 1,
        }
        whole = {
            "data": str(self.directory / "data"),
            "rules": str(self.directory / "rules"),
            "backfill": True,
            "polling": polling | settings.pop("polling", {}),
            **settings,
        }
        self.config.touch(mode=0o600)
        self.config.write_text(json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8")

    def write_rule(self, rule: Mapping[str, Any]) -> None:
        """Write one rule file."""
        rules = self.directory / "rules"
        rules.mkdir(exist_ok=True)
        text = json.dumps(rule, ensure_ascii=False, indent=1)
        (rules / f"{rule['id']}.yaml").write_text(text, encoding="utf-8")

    def write_codeword_rules(self, count: int, to: list[str]) -> None:
        """One rule for each ``codeword_headline``, so that each is owed an alert whatever story it is taken for."""
        for number in range(count):
            word = codeword(number)
            tests = {"match": [{"de": codeword_headline(number)}], "no_match": [{"de": "Regen in Bonn"}]}
            rule = {"id": f"word-{number}", "title": word, "match": [f"={word}"], "alert": {"to": to}, "tests": tests}
            self.write_rule(rule)

    def command(self, *words: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a ``newsmonitor`` command here."""
        return subprocess.run(
            [sys.executable, "-m", "monitor", *words, "--config", str(self.config)],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            cwd=self.directory,
        )


@dataclass
class Daemon:
    """A running daemon."""

    process: subprocess.Popen[bytes]
    log: Path

    def text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self, *, within: float = 15) -> int:
        """SIGTERM, and the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within)

    def kill(self) -> None:
        """SIGKILL: nothing is cleaned up."""
        self.process.kill()
        self.process.wait(10)


@contextmanager
def running(home: Installation, *, wait: bool = True, environment: Mapping[str, str] | None = None) -> Iterator[Daemon]:
    """Start the daemon and wait for the READY=1 that it tells the service manager."""
    address = home.directory / "notify"
    address.unlink(missing_ok=True)
    log = home.directory / "daemon.log"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, log.open("ab") as out:
        manager.bind(str(address))
        manager.setblocking(False)
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", "run", "--config", str(home.config)],
            stdout=out,
            stderr=out,
            cwd=home.directory,
            env={**os.environ, "NOTIFY_SOCKET": str(address), **(environment or {})},
        )
        daemon = Daemon(process, log)
        try:
            if wait:
                until(lambda: _is_ready(manager) or process.poll() is not None, "READY=1", note=daemon.text)
                assert process.poll() is None, daemon.text()
            yield daemon
        finally:
            if process.poll() is None:
                daemon.kill()


def _is_ready(manager: socket.socket) -> bool:
    try:
        return b"READY=1" in manager.recv(65536)
    except BlockingIOError:
        return False
