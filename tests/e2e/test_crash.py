"""``kill -9`` at random moments while news arrives: nothing lost, at most one extra copy per kill and channel."""

from __future__ import annotations

import os
import random
import sqlite3
import threading
from collections import Counter
from contextlib import closing
from typing import Self

import pytest

from tests.e2e.daemon import Installation, codeword_headline
from tests.e2e.world import FeedServer, Item, Mailbox, WebhookEnd, rss, until
from tests.e2e.zygote import Zygote, zygote

KILLS = 50  # in each share
SHARES = 4 if os.environ.get("NEWSMONITOR_TORTURE") else 2  # `make torture` has them all, `make test` a sample
ITEMS = 60  # all listed at once; each has a rule of its own, so that it is owed an alert whatever story it is taken for


class Newsroom:
    """Publishes an item every so often, the newest first."""

    def __init__(self, feeds: FeedServer) -> None:
        self.published: list[Item] = []
        self._feeds = feeds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self) -> Self:
        self._publish()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Publish nothing more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        while len(self.published) < ITEMS and not self._stop.wait(0.7):
            self._publish()

    def _publish(self) -> None:
        number = len(self.published)
        self.published.insert(0, Item(f"item-{number}", codeword_headline(number)))
        self._feeds.pages["/rss"] = rss(self.published, "de")


@pytest.mark.timeout(420)
@pytest.mark.parametrize("share", range(SHARES))
def test_no_kill_loses_an_alert_or_repeats_more_than_one_per_channel(
    share: int, home: Installation, feeds: FeedServer, box: Mailbox, hook: WebhookEnd
) -> None:
    chance = random.Random(f"crash {share}")
    home.write_codeword_rules(ITEMS, ["mail", "hook"])
    log = home.directory / "daemon.log"
    with zygote() as seed, Newsroom(feeds) as newsroom:
        for _ in range(KILLS):
            _live_and_die(seed, home, chance.uniform(0.1, 2.2))
        newsroom.close()
        pid = seed.start(home.config, log)
        titles = {item.title for item in newsroom.published}
        until(
            lambda: titles <= mailed(box, titles).keys() and titles <= hooked(hook).keys(),
            "every item arrived on both channels",
            seconds=60,
            note=lambda: (len(titles), sorted(titles - hooked(hook).keys()), log.read_text(encoding="utf-8")[-3000:]),
        )
        seed.kill(pid)
    assert len(titles) >= KILLS // 2, "the campaign must have had news to lose"
    for copies in (mailed(box, titles), hooked(hook)):
        assert copies.total() - len(titles) <= KILLS, copies.most_common(5)
    with closing(sqlite3.connect(home.database)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        explained = database.execute("SELECT count(*) FROM events WHERE kind = 'retried'").fetchone()[0]
    extra = mailed(box, titles).total() + hooked(hook).total() - 2 * len(titles)
    assert extra <= explained, "every second copy has its explanation in the journal"


def _live_and_die(seed: Zygote, home: Installation, seconds: float) -> None:
    pid = seed.start(home.config, home.directory / "daemon.log")
    threading.Event().wait(seconds)
    seed.kill(pid)


def mailed(box: Mailbox, titles: set[str]) -> Counter[str]:
    """How often each headline came by mail, counted in the mailbox."""
    subjects = (" ".join(str(mail["Subject"]).split()) for mail in box.messages)
    return Counter(title for subject in subjects for title in titles if title in subject)


def hooked(hook: WebhookEnd) -> Counter[str]:
    """How often each headline came to the webhook."""
    return Counter(str(document["title"]) for document in hook.documents)
