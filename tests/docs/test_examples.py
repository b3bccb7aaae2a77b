"""Every example that the manual calls runnable runs as it stands, one after the other, in one installation."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.demo.server import sample_feeds, serve
from tests.cli.installed.commands import newsmonitor
from tests.docs.reading import ROOT, runnable

LINES = runnable(ROOT / "docs" / "commands.md")
SHELL = ("|", ">")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What ``init`` makes, with sample feeds on loopback in the place of the world's, polled once."""
    directory = tmp_path_factory.mktemp("manual")
    documents = sample_feeds(datetime.now(UTC))
    assert newsmonitor("init", str(directory)).code == 0
    config = directory / "config.yaml"
    with serve(documents) as address:
        head = config.read_text(encoding="utf-8").partition("\nfeeds:\n")[0]
        feeds = [{"id": name.partition(".")[0], "url": f"{address}/{name}"} for name in sorted(documents)]
        names = {"id": "off", "url": address, "tags": ["sport", "entertainment", "wire"], "enabled": False}
        entries = "".join(f"  - {json.dumps(feed)}\n" for feed in [*feeds, names])
        head = head.replace("polling:\n", 'polling:\n  allow_networks: ["127.0.0.0/8"]\n  host_gap: 0s\n')
        config.write_text(f"{head}\nfeeds:\n{entries}", encoding="utf-8")
        done = newsmonitor("once", "--all", "--backfill", "--config", str(config))
        assert done.code == 0, done.err
        yield directory


@pytest.fixture
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(home)
    return home


def test_there_are_examples() -> None:
    assert len(LINES) > 40


@pytest.mark.parametrize("line", LINES)
def test_the_example_runs_as_it_stands(line: str, at_home: Path) -> None:
    if any(sign in line for sign in SHELL):
        shell = f'newsmonitor() {{ {shlex.quote(sys.executable)} -m monitor "$@"; }}; set -eo pipefail; {line}'
        path = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
        done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, timeout=100, check=False, env=path)
        assert done.returncode == 0, done.stderr
        assert done.stdout or ">" in line, "it shows something"
        return
    words = shlex.split(line)
    assert words[0] == "newsmonitor"
    ended = newsmonitor(*words[1:])
    assert ended.code == 0, ended.err or ended.out
    assert at_home.exists()
