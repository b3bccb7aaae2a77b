"""An installation with one rule and one feed, told to a mailbox and a webhook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.daemon import Installation
from tests.e2e.world import FeedServer, Mailbox, WebhookEnd, feed_server, mailbox, webhook_end

RULE = {
    "id": "arms",
    "title": "Arms",
    "severity": "high",
    "match": {"all": ["Nordkorea", "Russland", ["Rakete", "Munition"]]},
    "alert": {"to": ["mail", "hook"]},
    "tests": {"match": [{"de": "Nordkorea liefert Russland Raketen"}], "no_match": [{"de": "Regen in Bonn"}]},
}
SIGNING_KEY = "a key that both ends know"


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
    """Ready to start; its feed is ``/rss``."""
    installation = Installation(tmp_path)
    installation.write_rule(RULE)
    installation.write_config(
        feeds=[{"id": "wire", "url": f"{feeds.url}/rss", "language": "de"}],
        channels={
            "mail": {"url": f"mailto://127.0.0.1:{box.port}?from=newsmonitor@example.org", "to": ["desk@example.org"]},
            "hook": {"type": "webhook", "url": hook.url, "secret": SIGNING_KEY},
        },
        operations="mail",
    )
    return installation
