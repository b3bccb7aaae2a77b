"""Feed documents of every kind, whole and broken, with the articles they hold written down beside them."""

from __future__ import annotations

import codecs
import json
from datetime import timedelta
from encodings.aliases import aliases
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.sources.documents import parse_document
from monitor.sources.outcomes import Entry, FailureKind, ParsedFeed, ParseOutcome, PollFailed

FEEDS = Path(__file__).parents[1] / "data" / "feeds"
NAMES = sorted(path.stem for path in FEEDS.glob("*.json"))
URL = "https://feeds.example/all/feed.xml"


def parse(body: bytes, content_type: str = "application/xml") -> ParseOutcome:
    return parse_document(body, content_type, URL)


def parsed(body: bytes, content_type: str = "application/xml") -> ParsedFeed:
    outcome = parse(body, content_type)
    assert isinstance(outcome, ParsedFeed), outcome
    return outcome


def failed(body: bytes, content_type: str = "application/xml") -> PollFailed:
    outcome = parse(body, content_type)
    assert isinstance(outcome, PollFailed), outcome
    return outcome


def fields(entry: Entry) -> dict[str, Any]:
    return {
        "guid": entry.guid,
        "link": entry.link,
        "title": entry.title,
        "author": entry.author,
        "summary": entry.summary,
        "content": entry.content,
        "language": entry.language,
        "published_at": entry.published_at and entry.published_at.isoformat(),
        "updated_at": entry.updated_at and entry.updated_at.isoformat(),
        "categories": list(entry.categories),
        "enclosures": [[enclosure.url, enclosure.media_type, enclosure.length] for enclosure in entry.enclosures],
    }


def titled(title: str, encoding: str) -> str:
    return (
        f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel><title>{title}</title></channel></rss>'
    )


def assert_as_expected(feed: ParsedFeed, name: str) -> None:
    expected = json.loads((FEEDS / f"{name}.json").read_text("utf-8"))
    assert feed.format == expected["format"]
    assert feed.title == expected["title"]
    assert bool(feed.bozo) is expected.get("bozo", False), feed.bozo
    assert feed.language == expected.get("language", feed.language)
    assert feed.link == expected.get("link", feed.link)
    assert feed.ttl == (timedelta(seconds=expected["ttl"]) if "ttl" in expected else None)
    assert sorted(feed.skip_hours) == expected.get("skip_hours", [])
    assert len(feed.entries) == len(expected["entries"])
    for entry, wanted in zip(feed.entries, expected["entries"], strict=True):
        found = fields(entry)
        assert {name: found[name] for name in wanted} == wanted
        assert entry.plain


@pytest.mark.parametrize("name", NAMES)
def test_a_document_holds_what_is_written_beside_it(name: str) -> None:
    assert_as_expected(parsed((FEEDS / f"{name}.xml").read_bytes()), name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("prefix", "encoding", "content_type"),
    [
        pytest.param(codecs.BOM_UTF8, "utf-8", "text/plain", id="UTF-8 with BOM and the wrong type"),
        pytest.param(b"", "utf-8", "text/xml; charset=iso-8859-1", id="UTF-8 called Latin-1"),
        pytest.param(b"", "utf-8", "text/xml; charset=utf-7", id="UTF-8 called UTF-7"),
        pytest.param(b"", "utf-8", "text/xml; charset=punycode", id="UTF-8 called Punycode"),
        pytest.param(b"", "utf-8", 'application/octet-stream; charset="klingon', id="UTF-8 called what no one knows"),
        pytest.param(codecs.BOM_UTF16_LE, "utf-16-le", "text/xml", id="UTF-16 with BOM"),
        pytest.param(codecs.BOM_UTF16_BE, "utf-16-be", "text/xml; charset=utf-8", id="UTF-16 called UTF-8"),
        pytest.param(codecs.BOM_UTF32_LE, "utf-32-le", "", id="UTF-32 with BOM"),
    ],
)
def test_the_bytes_have_the_last_word_on_the_encoding(
    name: str, prefix: bytes, encoding: str, content_type: str
) -> None:
    text = (FEEDS / f"{name}.xml").read_text("utf-8")
    assert_as_expected(parsed(prefix + text.encode(encoding), content_type), name)


@pytest.mark.parametrize(
    ("label", "codec", "title"),
    [
        ("windows-1251", "cp1251", "Снаряды для фронта"),
        ("koi8-r", "koi8-r", "Снаряды для фронта"),
        ("ISO-8859-5", "iso8859-5", "Снаряды для фронта"),
        ("EUC-KR", "cp949", "북한 포탄 똠방각하"),
        ("ks_c_5601-1987", "cp949", "북한 포탄"),
        ("gb2312", "gb18030", "朝鮮向俄羅斯提供炮彈"),
        ("Big5", "big5", "朝鮮向俄羅斯提供炮彈"),
        ("Shift_JIS", "cp932", "①北朝鮮の砲弾"),
        ("euc-jp", "euc_jp", "北朝鮮の砲弾"),
        ("iso-2022-jp", "iso2022_jp", "北朝鮮の砲弾"),
        ("iso-8859-1", "cp1252", "„Munition“ für die Front – 5 €"),
        ("windows-1256", "cp1256", "ذخائر للجبهة"),
    ],
)
def test_every_encoding_that_feeds_have_is_read(label: str, codec: str, title: str) -> None:
    document = (
        f'<?xml version="1.0" encoding="{label}"?><rss version="2.0"><channel><title>{title}</title></channel></rss>'
    )
    assert parsed(document.encode(codec)).title == title
    bare = document.split("?>")[1]
    assert parsed(bare.encode(codec), f"text/xml; charset={label}").title == title


ALL_CODECS = sorted({*aliases.values(), "idna", "undefined", "unicode_escape", "no_such", "../etc"})


def test_every_encoding_that_python_knows_is_an_outcome() -> None:
    for name in ALL_CODECS:
        document = (
            f'<?xml version="1.0" encoding="{name}"?><rss version="2.0"><channel><title>ä</title></channel></rss>'
        )
        for content_type in ("text/xml", f"text/xml; charset={name}"):
            assert parsed(document.encode(), content_type).title == "ä"
            assert isinstance(parse(document.encode("latin-1"), content_type), (ParsedFeed, PollFailed))


def test_a_few_bad_bytes_do_not_spoil_the_rest() -> None:
    assert parsed(titled("Снаряды", "windows-1251").encode("cp1251") + b"<!-- \x98 -->").title == "Снаряды"
    utf8 = "<rss version='2.0'><channel><title>Übung ✓</title><link>http://x.example/</link></channel></rss>".encode()
    assert parsed(utf8 + b"<!-- \xff -->", "text/xml; charset=utf-8").title == "Übung ✓"


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        pytest.param((FEEDS / "page.html").read_bytes(), FailureKind.NOT_A_FEED, "/news/feed.xml", id="a page"),
        pytest.param(b"<html><body>Error 500</body></html>", FailureKind.NOT_A_FEED, "web page", id="an error page"),
        pytest.param(b"\xef\xbb\xbf \r\n", FailureKind.EMPTY, "nothing", id="a BOM and blanks"),
        pytest.param(b"/etc/passwd", FailureKind.NOT_A_FEED, "neither", id="a path"),
        pytest.param(b"http://127.0.0.1:9/feed", FailureKind.NOT_A_FEED, "neither", id="a URL"),
        pytest.param(b"<opml version='2.0'><body/></opml>", FailureKind.NOT_A_FEED, "<opml>", id="OPML"),
        pytest.param(b"<urlset><url/></urlset>", FailureKind.NOT_A_FEED, "<urlset>", id="a sitemap"),
        pytest.param(b"{}", FailureKind.NOT_A_FEED, "JSON", id="JSON of another kind"),
        pytest.param(b'{"version": "https://jsonfeed.org/version/1"}', FailureKind.BROKEN_FEED, "items", id="no items"),
        pytest.param(b'{"version": "https://jsonfeed.org/ver', FailureKind.CUT_SHORT, "end", id="JSON cut short"),
        pytest.param(b'{"version": oops}', FailureKind.BROKEN_FEED, "error", id="JSON with an error"),
        pytest.param(b'{"a":' * 5000 + b"1" + b"}" * 5000, FailureKind.BROKEN_FEED, "deep", id="deep JSON"),
        pytest.param(b"<rss><<>></rss>", FailureKind.BROKEN_FEED, "No item", id="nothing to recover"),
        pytest.param(b"<rss version='2.0'><channel><item>", FailureKind.CUT_SHORT, "end", id="cut in an item"),
        pytest.param(bytes(range(256)), FailureKind.NOT_A_FEED, "neither", id="every byte"),
    ],
)
def test_what_is_no_feed_says_what_it_is(body: bytes, kind: FailureKind, says: str) -> None:
    outcome = failed(body)
    assert outcome.kind is kind
    assert says in outcome.sentence


@pytest.mark.parametrize("name", NAMES)
def test_a_document_cut_at_any_byte_gives_nothing_of_its_last_item(name: str) -> None:
    whole = (FEEDS / f"{name}.xml").read_bytes().rstrip()
    ending = whole.rindex(b"}") if whole.endswith(b"}") else whole.rindex(b"</")
    for end in range(1, ending, 13):
        outcome = parse(whole[:end])
        assert isinstance(outcome, PollFailed), (end, whole[max(0, end - 40) : end])


def test_external_entities_and_billions_of_laughs_stay_where_they_are() -> None:
    laughs = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    document = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}'
        '<!ENTITY file SYSTEM "file:///etc/hostname"><!ENTITY % web SYSTEM "http://127.0.0.1:9/x">%web;]>'
        '<rss version="2.0"><channel><title>&l9;</title><item><title>&file;</title></item></channel></rss>'
    )
    outcome = parse(document.encode())
    texts = str(outcome)
    assert len(texts) < 2_000
    assert Path("/etc/hostname").read_text("utf-8").strip() not in texts


def test_what_a_document_may_bring_is_bounded() -> None:
    item = "<item><title>" + "t" * 5_000 + "</title><guid>" + "g" * 9_000 + "</guid><description>" + "d " * 30_000
    item += "</description>" + "<category>c</category>" * 3 + "</item>"
    feed = parsed(f"<rss version='2.0'><channel>{item * 100}</channel></rss>".encode())
    assert len(feed.entries) == 100
    assert max(len(entry.title) for entry in feed.entries) == 1_000
    assert max(len(entry.guid) for entry in feed.entries) < 100
    assert sum(len(entry.summary) + len(entry.content) for entry in feed.entries) <= 4_000_000
    many = parsed(b"<rss version='2.0'><channel>" + b"<item><title>x</title></item>" * 2_500 + b"</channel></rss>")
    assert len(many.entries) == 2_000


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["", "text/xml; charset=utf-16", "application/json"]))
def test_any_bytes_are_a_feed_or_a_failure(body: bytes, content_type: str) -> None:
    assert isinstance(parse(body, content_type), (ParsedFeed, PollFailed))


PIECES = [
    "<rss version='2.0'>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<link>x", "</link>", "&amp;",
    "&bad;", "<![CDATA[", "]]>", "<!--", "-->", "<?xml?>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>",
    "</entry>", "<link href='http://[::1'/>", "<content type='xhtml'>", "<pubDate>9999-99-99", "<updated>", "<guid>",
    "<author>(", "<dc:date>", "xmlns:dc='x'", "\x00", "\ud7ff", "</channel></rss>", "</feed>", "<a b=", "&#0;",
    "<category>", "<enclosure url='x' length='9e9'/>", "xml:lang='\u202e'", "xml:base='http://[/'", "]>",
    "<!DOCTYPE x [", "<media:content url='",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_any_heap_of_feed_pieces_is_a_feed_or_a_failure(pieces: list[str]) -> None:
    outcome = parse(("<rss version='2.0'>" + "".join(pieces)).encode())
    assert isinstance(outcome, (ParsedFeed, PollFailed))
