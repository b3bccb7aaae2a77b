"""Which addresses and entries are one article, and, more important, which are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stories.canonical import canonical_url, clean_url
from monitor.stories.identity import Identifiers, KeyKind, article_key, article_keys, choose_key_kind, url_key

GOOGLE_NEWS = (
    "https://news.google.com/rss/articles/CBMiK2h0dHBzOi8vd3d3LmV4YW1wbGUuY29tL25ld3MvYXJ0aWNsZS0xMjPSAQA?oc=5"
)


@pytest.mark.parametrize(
    ("url", "same"),
    [
        pytest.param("http://example.com/a", "https://example.com/a", id="http"),
        pytest.param("https://WWW.Example.COM/a", "https://example.com/a", id="www and capitals"),
        pytest.param("https://example.com:443/a/", "https://example.com/a", id="port and slash"),
        pytest.param("https://example.com/a#top", "https://example.com/a", id="fragment"),
        pytest.param("https://m.example.com/a", "https://example.com/a", id="mobile host"),
        pytest.param("https://mobile.example.co.uk/a", "https://example.co.uk/a", id="mobile host, two-part suffix"),
        pytest.param("https://amp.example.com/a", "https://example.com/a", id="AMP host"),
        pytest.param("https://example.com/a/amp/", "https://example.com/a", id="AMP path"),
        pytest.param("https://example.com/amp/a", "https://example.com/a", id="AMP path in front"),
        pytest.param("https://example.com/a.amp.html", "https://example.com/a.html", id="AMP suffix"),
        pytest.param("https://example.com/a?outputType=amp&amp=1", "https://example.com/a", id="AMP parameters"),
        pytest.param("https://de.m.wikipedia.org/wiki/X", "https://de.wikipedia.org/wiki/X", id="mobile Wikipedia"),
        pytest.param("https://example.com/a?utm_source=x&UTM_Medium=y", "https://example.com/a", id="utm"),
        pytest.param("https://example.com/a?fbclid=1&id=2", "https://example.com/a?id=2", id="click ids"),
        pytest.param("https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2", id="order"),
        pytest.param("https://dw.com/a?maca=en-rss-en-all", "https://dw.com/a", id="DW"),
        pytest.param("https://example.com/a?ref=rss", "https://example.com/a", id="a referrer by its value"),
        pytest.param("https://example.com/%7Ea/%c3%a4", "https://example.com/~a/ä", id="escapes"),
        pytest.param("https://example.com/b/../a/./", "https://example.com/a", id="dots"),
        pytest.param("https://bücher.example/a", "https://xn--bcher-kva.example/a", id="IDN"),
        pytest.param("https://u:p@example.com/a", "https://example.com/a", id="user and password"),
        pytest.param("https://example.com/a;jsessionid=1A?x=1", "https://example.com/a?x=1", id="session"),
        pytest.param(" https://example.com/\u200ba\n", "https://example.com/a", id="blanks and invisible characters"),
        pytest.param(
            "https://www.google.com/url?rct=j&sa=t&url=https://example.com/a%3Fid%3D1&ct=ga",
            "https://example.com/a?id=1",
            id="Google Alerts",
        ),
        pytest.param(GOOGLE_NEWS, "https://example.com/news/article-123", id="Google News, older tokens"),
        pytest.param(
            "http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&url=https%3a%2f%2fexample.com%2fa&c=1",
            "https://example.com/a",
            id="Bing News",
        ),
        pytest.param("https://www.google.com/amp/s/example.com/a/amp", "https://example.com/a", id="Google AMP"),
        pytest.param("https://x.cdn.ampproject.org/v/s/example.com/a", "https://example.com/a", id="AMP cache"),
        pytest.param(
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fa.example%2F&h=x", "https://a.example", id="Facebook"
        ),
        pytest.param(
            "https://www.google.com/url?url=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3Dhttps%253A%252F%252Fexample.com",
            "https://example.com",
            id="one wrapper in another",
        ),
    ],
)
def test_addresses_of_one_article_are_one(url: str, same: str) -> None:
    assert canonical_url(url) == canonical_url(same)
    assert url_key(url) == url_key(same) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("https://example.com/a?id=1", "https://example.com/a?id=2", id="id"),
        pytest.param("https://example.com/a?cid=1", "https://example.com/a?cid=2", id="cid"),
        pytest.param("https://example.com/a?uid=1", "https://example.com/a?uid=2", id="uid"),
        pytest.param("https://example.com/a?sid=1", "https://example.com/a?sid=2", id="sid"),
        pytest.param("https://example.com/a?ref=100", "https://example.com/a?ref=200", id="ref that is a number"),
        pytest.param("https://example.com/a?source=reuters", "https://example.com/a?source=ap", id="source"),
        pytest.param("https://example.com/a?gallery=1", "https://example.com/a?gallery=2", id="gallery"),
        pytest.param("https://example.com/?m=1", "https://example.com/?m=2", id="m"),
        pytest.param("https://example.com/A", "https://example.com/a", id="case of the path"),
        pytest.param("https://example.com/#!/1", "https://example.com/#!/2", id="a page in the fragment"),
        pytest.param("https://example.com/#/a/1", "https://example.com/#/a/2", id="a route in the fragment"),
        pytest.param("https://example.com:8080/a", "https://example.com/a", id="another port"),
        pytest.param("https://news.example.com/a", "https://example.com/a", id="another host"),
        pytest.param("https://m.co.kr/a", "https://co.kr/a", id="a host named m"),
        pytest.param("https://example.com/%2Fa", "https://example.com/a", id="a slash that is escaped"),
        pytest.param("https://example.com/news/amp/1", "https://example.com/news/1", id="amp amid the path"),
        pytest.param("https://example.com/a?x=1&x=2", "https://example.com/a?x=2&x=1", id="order of one parameter"),
    ],
)
def test_addresses_of_two_articles_stay_two(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "url", ["", "mailto:a@example.com", "javascript:alert(1)", "//example.com/a", "http://", "http://[::1"]
)
def test_what_is_no_web_address_has_no_identity(url: str) -> None:
    assert (clean_url(url), canonical_url(url), url_key(url)) == ("", "", "")


def test_the_address_to_open_keeps_its_host_and_its_order() -> None:
    url = "http://www.example.com/a/?b=2&utm_source=x&a=1#comments"
    assert clean_url(url) == "http://www.example.com/a/?b=2&a=1"


URLS = st.builds(
    "{}://{}{}/{}{}{}".format,
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(["", "www.", "m.", "amp.", "WWW2.", "u:p@", "de.m.", "m.m.www."]),
    st.sampled_from(
        ["example.com", "a.co.uk", "wikipedia.org", "google.com", "bücher.example", "1.2.3.4:80", "x.org:81"]
    ),
    st.text(alphabet="abA/.%4f~ äö;=?&amp", max_size=20),
    st.text(alphabet="?&=abut_sourceref%2z/#!", max_size=30),
    st.sampled_from(["", "#", "#!/x", "#top", "?url=http%3A%2F%2Fy.example%2Famp%2F", "/amp", "/amp/amp/"]),
)


@given(URLS | st.text())
def test_the_canonical_url_of_a_canonical_url_is_itself(url: str) -> None:
    canonical = canonical_url(url)
    assert canonical_url(canonical) == canonical
    assert clean_url(clean_url(url)) == clean_url(url)
    assert canonical_url(clean_url(url)) == canonical


def entries(*guids: str) -> list[Identifiers]:
    return [Identifiers(guid, f"https://x.example/{place}", f"Title {place}") for place, guid in enumerate(guids)]


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        pytest.param(entries(*map(str, range(40))), KeyKind.GUID, id="good guids"),
        pytest.param(entries("a"), KeyKind.GUID, id="one entry"),
        pytest.param(entries(*["same"] * 10), KeyKind.URL, id="one guid for all"),
        pytest.param(entries(*[""] * 10), KeyKind.URL, id="no guids"),
        pytest.param(entries(*map(str, range(38)), "", "0"), KeyKind.GUID, id="two bad of forty are tolerated"),
        pytest.param(entries(*map(str, range(37)), "", "0", "1"), KeyKind.URL, id="three bad of forty are not"),
        pytest.param(entries("a", "b") * 2, KeyKind.GUID, id="entries sent twice"),
        pytest.param(
            [Identifiers("", "https://x.example/", f"Title {place}") for place in range(9)], KeyKind.TITLE, id="one URL"
        ),
        pytest.param([Identifiers("", "", "Same")] * 3, KeyKind.TITLE, id="hardly anything"),
        pytest.param([], KeyKind.GUID, id="an empty document"),
    ],
)
def test_a_feed_gets_the_best_rung_that_holds(document: list[Identifiers], kind: KeyKind) -> None:
    assert choose_key_kind(document) is kind


def test_the_rung_is_remembered_and_only_ever_goes_down() -> None:
    good, bad = entries("a", "b", "c"), entries("a", "a", "a")
    assert choose_key_kind(good, KeyKind.URL) is KeyKind.URL
    assert choose_key_kind(good, KeyKind.TITLE) is KeyKind.TITLE
    assert choose_key_kind(bad, KeyKind.GUID) is KeyKind.URL
    assert choose_key_kind([], KeyKind.URL) is KeyKind.URL


ENTRY = Identifiers("1", "https://x.example/a?utm_source=rss", "Title", datetime(2024, 1, 2, 23, tzinfo=UTC))


def test_guids_and_titles_are_names_within_a_feed_and_urls_everywhere() -> None:
    for kind, everywhere in ((KeyKind.GUID, False), (KeyKind.URL, True), (KeyKind.TITLE, False)):
        assert (article_key(ENTRY, kind, "one") == article_key(ENTRY, kind, "two")) is everywhere


def test_a_key_does_not_change_with_what_it_is_not_made_of() -> None:
    edited = replace(ENTRY, title="Corrected title", url="https://x.example/moved", published_at=None)
    assert article_key(edited, KeyKind.GUID, "f") == article_key(ENTRY, KeyKind.GUID, "f")
    retracked = replace(ENTRY, url="http://www.x.example/a/?utm_source=mail", guid="2")
    assert article_key(retracked, KeyKind.URL, "f") == article_key(ENTRY, KeyKind.URL, "f")


def test_an_entry_without_a_guid_falls_to_the_next_rung_by_itself() -> None:
    bare = replace(ENTRY, guid=" ")
    assert article_key(bare, KeyKind.GUID, "f") == article_key(ENTRY, KeyKind.URL, "f")
    assert article_key(Identifiers(), KeyKind.GUID, "f") != ""


def test_entries_that_share_a_guid_by_mistake_are_told_apart() -> None:
    document = [*entries(*map(str, range(38))), *entries("dup", "dup")]
    keys = article_keys(document, KeyKind.GUID, "f")
    assert len(set(keys)) == len(document)
    assert all(len(key) == 32 for key in keys)
