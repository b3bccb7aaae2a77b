"""A mail server that is down, then up: everything arrives, oldest first, nothing twice."""

from __future__ import annotations

import re
from functools import partial

from tests.e2e.daemon import Installation, codeword_headline, running
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
    home.write_codeword_rules(5, ["mail"])
    items: list[Item] = []
    with running(home) as daemon:
        for number in range(5):
            items.insert(0, Item(f"item-{number}", codeword_headline(number)))
            feeds.pages["/rss"] = rss(items, "de")
            seen = feeds.count("/rss", 200)
            until(partial(_polled_since, feeds, seen), "the item was polled", note=daemon.text)
        until(lambda: '"retried"' in home.command("events", "--json").stdout, "a failed try")
        with mailbox(port) as box:
            until(lambda: len(box.raw) >= 5, "five mails", note=lambda: (len(box.raw), daemon.text()))
            daemon.stop()
    found = [re.search(r"Kennwort(\d+)", str(mail["Subject"])) for mail in box.messages]
    assert [int(one.group(1)) for one in found if one] == [0, 1, 2, 3, 4]


def _polled_since(feeds: FeedServer, seen: int) -> bool:
    return feeds.count("/rss", 200) > seen
