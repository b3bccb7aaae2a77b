"""``kill -9`` at random moments while news arrives: nothing lost, at most one extra copy per kill and channel."""

from __future__ import annotations

import os
import random
import sqlite3
import threading
from contextlib import closing

import pytest

from tests.e2e.daemon import Installation
from tests.e2e.world import FeedServer, Mailbox, WebhookEnd, until
from tests.e2e.zygote import Zygote, zygote
from tests.torture.newsroom import Newsroom, hooked, mailed

KILLS = 50  # in each share
SHARES = 4 if os.environ.get("NEWSMONITOR_TORTURE") else 2  # `make torture` has them all, `make test` a sample
ITEMS = 60  # all listed at once; each has a rule of its own, so that it is owed an alert whatever story it is taken for


@pytest.mark.timeout(420)
@pytest.mark.parametrize("share", range(SHARES))
def test_no_kill_loses_an_alert_or_repeats_more_than_one_per_channel(
    share: int, home: Installation, feeds: FeedServer, box: Mailbox, hook: WebhookEnd
) -> None:
    chance = random.Random(f"crash {share}")
    home.write_codeword_rules(ITEMS, ["mail", "hook"])
    log = home.directory / "daemon.log"
    with zygote() as seed, Newsroom(feeds, every=0.7, most=ITEMS) as newsroom:
        for _ in range(KILLS):
            _live_and_die(seed, home, chance.uniform(0.1, 2.2))
        newsroom.close()
        pid = seed.start(home.config, log)
        titles = newsroom.titles
        until(
            lambda: titles <= mailed(box, titles).keys() and titles <= hooked(hook, titles).keys(),
            "every item arrived on both channels",
            seconds=60,
            note=lambda: (
                len(titles),
                sorted(titles - hooked(hook, titles).keys()),
                log.read_text(encoding="utf-8")[-3000:],
            ),
        )
        seed.kill(pid)
    assert len(titles) >= KILLS // 2, "the campaign must have had news to lose"
    for copies in (mailed(box, titles), hooked(hook, titles)):
        assert copies.total() - len(titles) <= KILLS, copies.most_common(5)
    with closing(sqlite3.connect(home.database)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        explained = database.execute("SELECT count(*) FROM events WHERE kind = 'retried'").fetchone()[0]
    extra = mailed(box, titles).total() + hooked(hook, titles).total() - 2 * len(titles)
    assert extra <= explained, "every second copy has its explanation in the journal"


def _live_and_die(seed: Zygote, home: Installation, seconds: float) -> None:
    pid = seed.start(home.config, home.directory / "daemon.log")
    threading.Event().wait(seconds)
    seed.kill(pid)
