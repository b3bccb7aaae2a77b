"""The campaigns: small samples by default, the whole of it with ``NEWSMONITOR_TORTURE=1`` (``make torture``).

Each prints a figure per promise at the end of the run; docs/guarantees.md quotes them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.daemon import Installation
from tests.e2e.world import FeedServer, Mailbox, WebhookEnd, feed_server, mailbox, webhook_end
from tests.torture.launcher import Launcher, launcher
from tests.torture.newsroom import arms_rule, install

Figure = Callable[[str], None]


@pytest.fixture(scope="session")
def full() -> bool:
    """Whether the whole campaign is asked for."""
    return os.environ.get("NEWSMONITOR_TORTURE") == "1"


@pytest.fixture(scope="session")
def stable() -> Iterator[Launcher]:
    """Where daemons come from quickly."""
    with launcher() as started:
        yield started


@pytest.fixture
def feeds() -> Iterator[FeedServer]:
    with feed_server() as server:
        yield server


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[WebhookEnd]:
    with webhook_end() as server:
        yield server


@pytest.fixture
def home(tmp_path: Path, feeds: FeedServer, box: Mailbox, hook: WebhookEnd) -> Installation:
    """Ready to start; its feed is ``/rss``, its channels ``mail`` and ``hook``."""
    installation = Installation(tmp_path)
    installation.write_rule(arms_rule(["mail", "hook"]))
    install(installation, feeds.url, box.port, hook.url)
    return installation


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Writes down what was measured, to be printed when all is done."""
    return lambda sentence: record_property("figure", sentence)


def pytest_terminal_summary(terminalreporter: Any) -> None:  # noqa: ANN401 - pytest's own reporter
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, [])]
    figures = [
        (report.nodeid.rpartition("::")[2], value)
        for report in reports
        for name, value in getattr(report, "user_properties", [])
        if name == "figure"
    ]
    if figures:
        terminalreporter.section("figures")
        for test, sentence in sorted(figures):
            terminalreporter.write_line(f"{test}: {sentence}")
