"""An installation on disk, and the command run in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

import pytest
from typer.testing import CliRunner, Result

from monitor.cli import app

CONCEPTS = """\
dprk: {en: [North Korea, Pyongyang], de: [Nordkorea], ko: [북한]}
russia: {en: [Russia, Moscow], de: [Russland], ko: [러시아]}
"""
RULE = """\
id: arms
title: Arms transfers
severity: high
concepts:
  weapon: {en: [missile, shell], de: [Rakete], ko: [미사일]}
match:
  all:
    - near: {of: [$dprk, $weapon], within: 5}
    - $russia
  none: [podcast]
escalate:
  - {to: critical, when: Moscow}
alert: {to: [desk]}
tests:
  match:
    - en: North Korea ships missiles to Russia
    - de: Nordkorea liefert Raketen an Russland
  no_match:
    - en: South Korea ships shells to Poland
"""
CONFIG = "operations: desk\nfeeds: [https://example.org/feed]\nchannels: {desk: console}\n"


class Run(Protocol):
    """Runs ``newsmonitor`` with these words."""

    def __call__(self, *words: str, stdin: str = "") -> Result: ...


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A config, a rule and two concepts."""
    (tmp_path / "rules" / "concepts").mkdir(parents=True)
    (tmp_path / "rules" / "concepts" / "states.yaml").write_text(CONCEPTS, encoding="utf-8")
    (tmp_path / "rules" / "arms.yaml").write_text(RULE, encoding="utf-8")
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(home: Path) -> Run:
    def call(*words: str, stdin: str = "") -> Result:
        return CliRunner().invoke(app, [*words, "--config", str(home / "config.yaml")], input=stdin)

    return call


@pytest.fixture
def lines(home: Path) -> Callable[..., Path]:
    """Writes a JSON Lines file of articles."""

    def write(*articles: dict[str, Any], name: str = "news.jsonl") -> Path:
        path = home / name
        path.write_text("".join(json.dumps(article) + "\n" for article in articles), encoding="utf-8")
        return path

    return write


@contextmanager
def serving(body: bytes, content_type: str) -> Iterator[str]:
    """A loopback web server with one page; gives its URL."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/story"
        finally:
            server.shutdown()
            thread.join()
