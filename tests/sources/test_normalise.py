"""From entries to articles."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from monitor.sources.normalise import FeedSource, normalise, normalise_feed
from monitor.sources.outcomes import Entry, ParsedFeed
from monitor.stories.identity import KeyKind
from monitor.text.language import languages_of

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SOURCE = FeedSource("wire", frozenset({"korea"}), ("de",), frozenset({"de", "en", "ko"}))


def declared_only(title: str, text: str, declared: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    del title, text
    return tuple(language for language in declared if language in known)


def test_an_article_is_plain_text_with_a_clean_address() -> None:
    entry = Entry(
        guid="1",
        link="https://www.x.example/a?utm_source=rss&id=2#top",
        title="Panzer &amp; <b>Züge</b>\n nach Osten",
        author=" <i>Re</i>daktion ",
        summary="<p>Eins</p><p>Zwei</p>",
        content="<p>Lang</p><script>x</script>",
        language="en",
        published_at=NOW - timedelta(hours=1),
    )
    article = normalise(entry, "k", SOURCE, declared_only, NOW)
    assert (article.key, article.feed, article.feed_tags) == ("k", "wire", frozenset({"korea"}))
    assert article.title == "Panzer & Züge nach Osten"
    assert article.author == "Redaktion"
    assert (article.summary, article.body) == ("Eins\n\nZwei", "Lang")
    assert article.url == "https://www.x.example/a?id=2"
    assert article.languages == ("en", "de")
    assert article.published_at == NOW - timedelta(hours=1)


def test_text_that_is_plain_already_is_not_read_as_markup_again() -> None:
    article = normalise(Entry(title="Use <b> &amp; win", plain=True), "k", SOURCE, declared_only, NOW)
    assert article.title == "Use <b> &amp; win"


@pytest.mark.parametrize(
    ("published", "updated", "believed"),
    [
        pytest.param(NOW - timedelta(days=9), NOW, NOW - timedelta(days=9), id="published"),
        pytest.param(None, NOW - timedelta(days=1), NOW - timedelta(days=1), id="updated only"),
        pytest.param(None, None, None, id="none"),
        pytest.param(NOW + timedelta(minutes=59), None, NOW, id="a clock a little fast"),
        pytest.param(NOW + timedelta(days=30), None, None, id="an announced date"),
        pytest.param(datetime(1970, 1, 1, tzinfo=UTC), None, None, id="the epoch"),
    ],
)
def test_a_date_is_believed_if_it_can_be_one(
    published: datetime | None, updated: datetime | None, believed: datetime | None
) -> None:
    entry = Entry(title="x", published_at=published, updated_at=updated)
    assert normalise(entry, "k", SOURCE, declared_only, NOW).published_at == believed


@pytest.mark.parametrize(
    ("entry", "title"),
    [
        pytest.param(Entry(summary="<p>Short.</p><p>More.</p>"), "Short.", id="first line"),
        pytest.param(Entry(summary="word " * 60), "word " * 23 + "word…", id="cut at a word"),
        pytest.param(Entry(content="字" * 200), "字" * 120 + "…", id="cut without words"),
        pytest.param(Entry(), "", id="nothing at all"),
    ],
)
def test_an_entry_without_a_title_is_called_by_its_text(entry: Entry, title: str) -> None:
    assert normalise(entry, "k", SOURCE, declared_only, NOW).title == title


def test_the_same_text_is_not_kept_twice() -> None:
    article = normalise(Entry(title="t", summary="<b>Same</b>", content="Same"), "k", SOURCE, declared_only, NOW)
    assert (article.summary, article.body) == ("Same", "")


def test_a_document_gives_each_article_once_in_its_order_and_the_rung_to_remember() -> None:
    entries = tuple(Entry(guid=guid, title=f"Title {guid}", link=f"https://x.example/{guid}") for guid in "cabc")
    parsed = ParsedFeed("rss20", entries, language="ko")
    articles, kind = normalise_feed(parsed, SOURCE, None, declared_only, NOW)
    assert [article.title for article in articles] == ["Title c", "Title a", "Title b"]
    assert kind is KeyKind.GUID
    assert articles[0].languages == ("de", "ko")
    again, same = normalise_feed(parsed, SOURCE, kind, declared_only, NOW)
    assert (again, same) == (articles, kind)


def test_an_empty_document_settles_nothing() -> None:
    assert normalise_feed(ParsedFeed("rss20", ()), SOURCE, None, declared_only, NOW) == ((), None)


def test_the_language_is_found_where_none_is_declared() -> None:
    entry = Entry(title="북한, 러시아에 포탄 수출", summary="합동참모본부는 화요일 이렇게 밝혔다.")
    source = FeedSource("wire", known_languages=frozenset({"ko", "en"}))
    assert normalise(entry, "k", source, languages_of, NOW).lang == "ko"
