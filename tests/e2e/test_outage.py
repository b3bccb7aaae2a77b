"""A mail server that is down, then up: everything arrives, oldest first, nothing twice."""

from __future__ import annotations

import re

from tests.e2e.daemon import Installation, running
from tests.e2e.world import FeedServer, Item, free_port, mailbox, rss, until


def test_what_waited_for_a_mail_server_arrives_oldest_first_and_once(home: Installation, feeds: FeedServer) -> None:
    port = free_port()
    home.write_config(
        feeds=[{"id": "wire", "url": f"{feeds.url}/rss", "language": "de"}],
        channels={
            "mail": {"url": f"mailto://127.0.0.1:{port}?from=nm@example.org", "to": ["desk@example.org"]},
            "hook": "console",
        },
        delivery={"backoff_first": "200ms", "backoff_max": "1s"},
    )
    items: list[Item] = []
    with running(home) as daemon:
        for number in range(5):
            items.insert(
                0, Item(f"item-{number}", f"Nummer {number}{number}{number}: Nordkorea gibt Russland Munition {number}")
            )
            feeds.pages["/rss"] = rss(items, "de")
            seen = feeds.count("/rss", 200)
            until(lambda seen=seen: feeds.count("/rss", 200) > seen, "the item was polled", note=daemon.text)  # type: ignore[misc]
        until(lambda: "retried" in home.command("events", "--json").stdout, "a failed try")
        with mailbox(port) as box:
            until(lambda: len(box.raw) >= 5, "five mails", seconds=40, note=lambda: (len(box.raw), daemon.text()))
            daemon.stop()
    subjects = [str(mail["Subject"]) for mail in box.messages]
    numbers = [found.group(1) for subject in subjects if (found := re.search(r"Nummer (\d)", subject))]
    assert numbers == ["0", "1", "2", "3", "4"]
