"""News that is owed to people: a publisher on its own beat, and the count of what arrived."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any, Self

from tests.e2e.daemon import Installation, codeword_headline
from tests.e2e.world import FeedServer, Item, Mailbox, WebhookEnd, rss

LISTED = 100  # items a feed shows at once


def arms_rule(to: list[str]) -> dict[str, Any]:
    return {
        "id": "arms",
        "title": "Arms",
        "severity": "high",
        "match": {"all": ["Nordkorea", "Russland", ["Rakete", "Munition"]]},
        "alert": {"to": to},
        "tests": {"match": [{"de": "Nordkorea liefert Russland Raketen"}], "no_match": [{"de": "Regen in Bonn"}]},
    }


def install(home: Installation, feeds: str, smtp: int, hook: str, /, **settings: Any) -> None:  # noqa: ANN401
    """Write a config with one feed, a mailbox and a webhook."""
    ours = {
        "feeds": [{"id": "wire", "url": f"{feeds}/rss", "language": "de"}],
        "channels": {
            "mail": {"url": f"mailto://127.0.0.1:{smtp}?from=newsmonitor@example.org", "to": ["desk@example.org"]},
            "hook": {"type": "webhook", "url": hook, "secret": "a key that both ends know"},
        },
        "operations": "mail",
        "delivery": {"backoff_first": "200ms", "backoff_max": "1s"},
    }
    home.write_config(**(ours | settings))


class Newsroom:
    """Publishes an item every so often, the newest first, until there are ``most``."""

    def __init__(self, feeds: FeedServer, *, every: float, most: int) -> None:
        self.published: list[Item] = []
        self._feeds = feeds
        self._every = every
        self._most = most
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)

    @property
    def titles(self) -> set[str]:
        return {item.title for item in self.published}

    def __enter__(self) -> Self:
        self.publish()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Publish nothing more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def publish(self) -> None:
        """One more item."""
        number = len(self.published)
        self.published.insert(0, Item(f"item-{number}", codeword_headline(number)))
        self._feeds.pages["/rss"] = rss(self.published[:LISTED], "de")

    def _work(self) -> None:
        while len(self.published) < self._most and not self._stop.wait(self._every):
            self.publish()


def mailed(box: Mailbox, titles: set[str]) -> Counter[str]:
    """How often each headline came by mail, counted in the mailbox."""
    subjects = (" ".join(str(mail["Subject"]).split()) for mail in box.messages)
    return Counter(title for subject in subjects for title in titles if title in subject)


def hooked(hook: WebhookEnd, titles: set[str]) -> Counter[str]:
    """How often each headline came to the webhook."""
    return Counter(str(one["title"]) for one in hook.documents if str(one["title"]) in titles)
