"""Lists of feeds come in from other readers and go out to them without loss."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import UsageError
from monitor.sources.opml import FeedList, ListedFeed, read_opml, write_opml

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>Subscriptions</title></head><body>
  <outline text="Korea"><outline text="통신" title="통신">
    <outline type="rss" text="연합뉴스" xmlUrl="https://yonhap.example/rss" htmlUrl="https://y.example/" language="ko"/>
  </outline></outline>
  <outline text="Loose &amp; ends" title="Loose &amp; ends" type="rss" xmlUrl="http://loose.example/a?b=1&amp;c=2"
           category="/Arms/Europe,Daily"/>
  <outline text="again" xmlUrl="https://yonhap.example/rss"/>
  <outline text="a script" xmlUrl="javascript:alert(1)"/>
  <outline text="empty folder"/>
</body></opml>"""


def test_folders_and_categories_become_tags_and_each_feed_comes_once() -> None:
    assert read_opml(LIST.encode()).feeds == (
        ListedFeed("https://yonhap.example/rss", "연합뉴스", ("Korea", "통신"), "ko"),
        ListedFeed("http://loose.example/a?b=1&c=2", "Loose & ends", ("Arms", "Europe", "Daily")),
    )


WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20)


@given(
    st.lists(
        st.builds(
            ListedFeed,
            st.builds('https://{}.example/{}?a=1&b=<">'.format, st.integers(0, 10**6), st.integers(0, 9)),
            WORDS,
            st.lists(WORDS, max_size=4, unique=True).map(tuple),
            st.sampled_from(["", "ko", "pt-BR"]),
        ),
        unique_by=lambda feed: feed.url,
        max_size=10,
    )
)
def test_what_is_written_is_read_again(feeds: list[ListedFeed]) -> None:
    once = read_opml(write_opml(feeds)).feeds
    assert [feed.url for feed in once] == [feed.url for feed in feeds]
    assert read_opml(write_opml(once)) == FeedList(once)


def test_a_feed_without_a_title_stays_without() -> None:
    assert read_opml(write_opml([ListedFeed("https://a.example/f")])).feeds == (ListedFeed("https://a.example/f"),)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        pytest.param(b"", "well-formed", id="nothing"),
        pytest.param(b"<opml><body>", "well-formed", id="cut short"),
        pytest.param(b"<rss/>", "OPML", id="something else"),
        pytest.param(b"<opml><head/></opml>", "OPML", id="no body"),
        pytest.param(b'<!DOCTYPE o [<!ENTITY a "b">]><opml><body/></opml>', "entities", id="entities"),
        pytest.param(b'<?xml version="1.0" encoding="punycode"?><opml/>', "well-formed", id="an odd encoding"),
    ],
)
def test_what_is_no_list_is_refused_with_the_reason(document: bytes, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_opml(document)


def test_a_list_nested_without_end_is_read_without_trouble() -> None:
    deep = "<outline text='x'>" * 20_000 + "<outline xmlUrl='https://a.example/f'/>" + "</outline>" * 20_000
    (feed,) = read_opml(f"<opml><body>{deep}</body></opml>".encode()).feeds
    assert feed.tags == ("x",)


def test_what_cannot_be_polled_is_named_once_and_a_folder_is_not_a_feed() -> None:
    outlines = "".join(
        f'<outline text="x" xmlUrl="{url}"/>'
        for url in ("ftp://a.example/f", "https://b.example/f", "javascript:alert(1)", "ftp://a.example/f", "")
    )
    found = read_opml(f'<opml><body><outline text="folder">{outlines}</outline></body></opml>'.encode())
    assert [feed.url for feed in found.feeds] == ["https://b.example/f"]
    assert found.refused == ("ftp://a.example/f", "javascript:alert(1)")
