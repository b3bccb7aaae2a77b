"""A restored backup is older than what was told since: the first poll after it floods nobody."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.e2e.daemon import Installation, running
from tests.e2e.world import FeedServer, Item, WebhookEnd, rss, until

WORDS = ("Anker", "Bagger", "Container", "Drehkran", "Eisenbahn", "Frachter", "Gleis")


def item(number: int) -> Item:
    return Item(f"i{number}", f"{WORDS[number]} gesichtet in Hafen {number}")


def test_what_was_published_before_a_restore_is_stored_and_not_told_again(
    home: Installation, feeds: FeedServer, hook: WebhookEnd
) -> None:
    for word in WORDS:  # a rule each, so that every item is owed an alert whatever story it is taken for
        tests = {"match": [{"de": f"{word} hier"}], "no_match": [{"de": "Regen"}]}
        home.write_rule(
            {"id": word.lower(), "title": word, "match": [f"={word}"], "alert": {"to": ["hook"]}, "tests": tests}
        )
    feeds.pages["/rss"] = rss([item(0)], "de")
    with running(home) as daemon:
        until(lambda: len(hook.calls) == 1, "the first alert", note=daemon.text)
        made = home.command("backup")
        assert made.returncode == 0, made.stderr
        feeds.pages["/rss"] = rss([item(number) for number in range(5, -1, -1)], "de")
        until(lambda: len(hook.calls) == 6, "five more", note=daemon.text)
        assert daemon.stop() == 0
    restored = home.command("backup", "--restore")
    assert restored.returncode == 0, restored.stderr
    with running(home) as daemon:
        until(lambda: count(home, "articles") == 6, "all are stored again", note=daemon.text)
        feeds.pages["/rss"] = rss([item(number) for number in range(6, -1, -1)], "de")
        until(lambda: len(hook.calls) > 6, "what is published afterwards is told", note=daemon.text)
        assert daemon.stop() == 0
    told = [str(document["title"]) for document in hook.documents]
    assert sorted(told) == sorted(item(number).title for number in range(7)), "each once"


def count(home: Installation, table: str) -> int:
    with closing(sqlite3.connect(f"file:{home.database}?mode=ro", uri=True)) as database:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
