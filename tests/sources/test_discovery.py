"""The feeds that a web page names."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.sources.discovery import FeedLink, feed_links, web_link
from tests.growth import growth

PAGE = Path(__file__).parents[1] / "data" / "feeds" / "page.html"


def test_the_feeds_of_a_page_are_found_in_its_order() -> None:
    assert feed_links(PAGE.read_text("utf-8"), "https://other.example/") == (
        FeedLink("https://page.example/news/feed.xml", "All & sundry"),
        FeedLink("https://page.example/atom"),
    )


def test_a_page_may_name_no_feed_or_the_same_one_twice() -> None:
    assert feed_links("<html></html>", "https://a.example/") == ()
    twice = '<link rel="alternate" type="application/feed+json" href="/f">' * 2
    assert feed_links(twice, "https://a.example/x/") == (FeedLink("https://a.example/f"),)


@pytest.mark.parametrize(
    ("link", "absolute"),
    [
        ("/a", "https://b.example/a"),
        ("  https://c.example/x y ", "https://c.example/x%20y"),
        ("//c.example/", "https://c.example/"),
        ("", ""),
        (" \u200b", ""),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("java\nscript:alert(1)", ""),
        ("http://[::1", ""),
        ("/" + "a" * 5000, ""),
        ("https://c.example/\u202egnp.exe", "https://c.example/gnp.exe"),
    ],
)
def test_only_web_addresses_are_links(link: str, absolute: str) -> None:
    assert web_link(link, "https://b.example/feed") == absolute


@pytest.mark.parametrize(
    "html", ["<link " * 80_000, "<link " + "a=" * 200_000, "<link rel='alternate' " * 20_000 + ">"]
)
def test_a_hostile_page_takes_no_longer_than_its_length_allows(html: str) -> None:
    assert feed_links(html, "https://a.example/") == ()
    assert growth(lambda text: feed_links(text, "https://a.example/"), html) < 24
