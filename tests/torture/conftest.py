"""The campaigns: small samples by default, the whole of it with ``NEWSMONITOR_TORTURE=1`` (``make torture``).

Each prints a figure per promise at the end of the run; docs/guarantees.md quotes them.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.daemon import Installation
from tests.e2e.world import FeedServer, Mailbox, WebhookEnd, feed_server, mailbox, webhook_end
from tests.torture.launcher import Launcher, launcher
from tests.torture.newsroom import arms_rule, install

Figure = Callable[[str], None]


FULL = os.environ.get("NEWSMONITOR_TORTURE") == "1"
"""Whether the whole campaigns are asked for."""


@pytest.fixture(scope="session")
def stable() -> Iterator[Launcher]:
    """Where daemons come from quickly."""
    with launcher() as started:
        yield started


@dataclass
class World:
    """An installation that is ready to start, what surrounds it, and where its daemon comes from."""

    home: Installation
    feeds: FeedServer
    box: Mailbox
    hook: WebhookEnd
    stable: Launcher

    def install(self, **settings: Any) -> None:  # noqa: ANN401 - whatever a config may say
        """Write the config: one feed, ``/rss``, and the channels ``mail`` and ``hook``; ``settings`` replace parts."""
        install(self.home, self.feeds.url, self.box.port, self.hook.url, **settings)

    def integrity(self) -> str:
        """What is wrong with the database; ``ok`` if nothing."""
        with closing(sqlite3.connect(self.home.database)) as database:
            return str(database.execute("PRAGMA integrity_check").fetchall()[0][0])

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the database, read beside the daemon."""
        with closing(sqlite3.connect(f"file:{self.home.database}?mode=ro", uri=True, timeout=20)) as database:
            return database.execute(query, values).fetchall()

    def owed(self, channel: str) -> int:
        """How many deliveries were ever written for a channel."""
        return int(self.ask("SELECT count(*) FROM deliveries WHERE channel = ?", channel)[0][0])


@pytest.fixture
def world(tmp_path: Path, stable: Launcher) -> Iterator[World]:
    """One rule, one feed, a mailbox and a webhook."""
    with feed_server() as feeds, mailbox() as box, webhook_end() as hook:
        made = World(Installation(tmp_path), feeds, box, hook, stable)
        made.home.write_rule(arms_rule(["mail", "hook"]))
        made.install()
        yield made


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Writes down what was measured, to be printed when all is done."""
    return lambda sentence: record_property("figure", sentence)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "root: mounts a file system of its own; left out for other users")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without the whole campaign only the samples are collected."""
    here = Path(__file__).parent
    too_much = [*([] if FULL else ["slow"]), *([] if os.geteuid() == 0 else ["root"])]
    left_out = [
        one
        for one in items
        if one.path.is_relative_to(here) and any(one.get_closest_marker(marker) for marker in too_much)
    ]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [one for one in items if one not in left_out]


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
