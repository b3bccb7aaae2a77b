"""The whole path with a real article: a feed on a real server, a real daemon, a real mailbox and a real webhook."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from tests.e2e.conftest import SIGNING_KEY
from tests.e2e.daemon import Installation, running
from tests.e2e.world import FeedServer, Item, Mailbox, WebhookEnd, rss, until

SEED = (Path(__file__).parents[1] / "data" / "seed-article-de.txt").read_text(encoding="utf-8")
TITLE, _, TEXT = SEED.partition("\n\n")


def test_an_article_becomes_one_mail_and_one_signed_webhook_and_polling_again_sends_nothing_more(
    home: Installation, feeds: FeedServer, box: Mailbox, hook: WebhookEnd
) -> None:
    feeds.pages["/rss"] = rss([Item("seed", TITLE, TEXT)], "de")
    with running(home) as daemon:
        until(lambda: bool(box.raw) and bool(hook.calls), "a mail and a webhook", note=daemon.text)
        feeds.ignore_validators = True
        polls = feeds.count("/rss", 200)
        until(lambda: feeds.count("/rss", 200) > polls, "a poll answered 200 with the same body")
        feeds.ignore_validators = False
        until(lambda: feeds.count("/rss", 304) >= 2, "polls answered 304")
        assert daemon.stop() == 0, daemon.text()
    assert len(box.raw) == 1
    assert len(hook.calls) == 1

    mail = box.messages[0]
    assert TITLE.split(" laut ")[0] in str(mail["Subject"])
    assert mail["To"] == "desk@example.org"
    assert mail["List-Id"]
    plain, html = (part.get_content() for part in mail.iter_parts())
    for shown in ("Nordkorea", "Raketen", "https://news.example/seed", "German"):
        assert shown in plain
        assert shown in html
    assert "&lt;td" not in html, "markup of our own must not be shown as text"
    assert "<script" not in html

    headers, body = hook.calls[0]
    signed = headers["x-newsmonitor-timestamp"].encode() + b"." + body
    expected = "sha256=" + hmac.new(SIGNING_KEY.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["x-newsmonitor-signature"] == expected
    told = hook.documents[0]
    assert told["rule"] == "arms"
    assert told["severity"] == "high"
    assert told["url"] == "https://news.example/seed"
    assert {"text": "Nordkorea", "hit": True} in told["title_marked"]


def test_a_new_feed_is_stored_without_alerting_unless_backfill_is_asked_for(
    home: Installation, feeds: FeedServer, hook: WebhookEnd
) -> None:
    old, new = Item("old", "Nordkorea gab Russland Raketen"), Item("new", "Nordkorea verspricht Russland Munition")
    feeds.pages["/rss"] = rss([old], "de")
    config = home.config.read_text(encoding="utf-8").replace('"backfill": true', '"backfill": false')
    home.config.write_text(config, encoding="utf-8")
    with running(home) as daemon:
        until(lambda: feeds.count("/rss", 304) >= 1, "the first document was taken in", note=daemon.text)
        feeds.pages["/rss"] = rss([new, old], "de")
        until(lambda: bool(hook.calls), "an alert about the new item", note=daemon.text)
        daemon.stop()
    assert [call["title"] for call in hook.documents] == [new.title]


def test_the_same_page_in_two_feeds_alerts_once(home: Installation, feeds: FeedServer, hook: WebhookEnd) -> None:
    same = "https://paper.example/story/1"
    feeds.pages["/rss"] = rss([Item("a", "Nordkorea liefert Russland Raketen", link=same)], "de")
    feeds.pages["/other"] = rss([Item("b", "Nordkorea liefert Russland Raketen", link=f"{same}?utm_source=x")], "de")
    home.write_config(
        feeds=[{"id": "one", "url": f"{feeds.url}/rss"}, {"id": "two", "url": f"{feeds.url}/other"}],
        channels={"hook": {"type": "webhook", "url": hook.url, "secret": SIGNING_KEY}, "mail": "console"},
    )
    with running(home) as daemon:
        until(lambda: bool(hook.calls), "an alert", note=daemon.text)
        until(lambda: min(feeds.count("/rss", 304), feeds.count("/other", 304)) >= 2, "both were read again")
        daemon.stop()
    assert len(hook.calls) == 1


def test_a_second_daemon_on_the_same_database_exits_at_once_and_says_why(home: Installation, feeds: FeedServer) -> None:
    feeds.pages["/rss"] = rss([])
    with running(home) as daemon:
        second = home.command("run", timeout=30)
        assert second.returncode == 1
        assert str(daemon.process.pid) in second.stderr
        assert "Traceback" not in second.stderr
        assert daemon.stop() == 0
