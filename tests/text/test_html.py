"""What a reader would see of a piece of markup."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.html import one_line, plain_text, tidy
from tests.growth import growth


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("<p>One <b>bold</b> word.</p><p>Two</p>", "One bold word.\n\nTwo", id="paragraphs"),
        pytest.param("a<br>b<br/>c", "a\nb\nc", id="lines"),
        pytest.param("<ul><li>a</li><li>b</ul>c", "a\nb\n\nc", id="a list"),
        pytest.param("<table><tr><td>1<td>2<tr><td>3</table>", "1 2\n3", id="a table with open cells"),
        pytest.param("<div><div>deep</div></div>tail", "deep\n\ntail", id="blocks in blocks"),
        pytest.param("one\ntwo <i>three</i>\n four", "one two three four", id="line feeds are spaces in markup"),
        pytest.param(
            "no markup,\nbut lines\n\n\n\nand paragraphs", "no markup,\nbut lines\n\nand paragraphs", id="text"
        ),
        pytest.param("x<script>alert('<p>')</script>y<style>p{}</style>z", "xyz", id="scripts and styles"),
        pytest.param("a<!-- <p>hidden</p> -->b", "ab", id="a comment"),
        pytest.param("<p title='a > b'>shown</p>", "shown", id="a bracket in an attribute"),
        pytest.param('<a href="http://x.example/?a=1&copy=2">link</a>', "link", id="a link"),
        pytest.param("Tom &amp; Jerry&#8217;s &quot;x&quot;", 'Tom & Jerry’s "x"', id="entities"),
        pytest.param("Tom &amp;amp; Jerry&amp;#8217;s", "Tom & Jerry’s", id="entities encoded twice"),
        pytest.param("&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;", "One\n\nTwo", id="markup encoded once more"),
        pytest.param(
            "<p>Write <code>&lt;b&gt;</code> for bold</p>", "Write <b> for bold", id="markup shown on purpose"
        ),
        pytest.param("5 < 6 & 7 > 3, AT&T, ?a=1&copy=2", "5 < 6 & 7 > 3, AT&T, ?a=1&copy=2", id="no markup at all"),
        pytest.param("<제목> 북한 &lt;단독&gt; 보도", "<제목> 북한 <단독> 보도", id="Korean brackets"),
        pytest.param("I <3 Seoul", "I <3 Seoul", id="a heart"),
        pytest.param("a&nbsp;b\u00a0c\u3000d", "a b c d", id="spaces of every kind"),
        pytest.param("e\u0301te\u0301 <b>n\u0303</b>", "été ñ", id="NFC"),
        pytest.param("\u1112\u1161\u11ab\u1100\u1173\u11af", "한글", id="Korean in pieces"),
        pytest.param("a\u202eb\u2066c\u200fd\x00e\x1bf\ufeffg\u200bh", "abcdefgh", id="bidirectional and control"),
        pytest.param("ge\u00adheim\u200bdienst", "geheimdienst", id="soft hyphens and zero-width spaces"),
        pytest.param("می\u200cخواهم 👩\u200d🚀", "می\u200cخواهم 👩\u200d🚀", id="joiners that mean something"),
        pytest.param("a\ud800b\uffffc", "abc", id="surrogates and noncharacters"),
        pytest.param("&#x202e;x&#0;y", "x\ufffdy", id="the same as entities"),
        pytest.param("<p></p>  <br> ", "", id="nothing to see"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_markup_becomes_what_a_reader_sees(html: str, text: str) -> None:
    assert plain_text(html) == text


@given(st.text())
def test_no_control_or_bidirectional_character_survives(text: str) -> None:
    plain = plain_text(text)
    assert all(char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"} for char in plain)
    assert not set(plain) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
    assert unicodedata.is_normalized("NFC", plain)


@given(st.text())
def test_tidying_twice_changes_nothing(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(st.text(alphabet=st.characters(exclude_characters="<&", categories=["L", "N", "P", "Zs"])))
def test_text_without_markup_keeps_its_words(text: str) -> None:
    assert plain_text(text).split() == tidy(text).split()


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 40_000,
        "<b><i>" * 33_000,
        "<!--" * 50_000,
        "<p " * 66_000,
        "&" * 200_000,
        "&#" * 100_000,
        "<" * 200_000,
    ],
)
def test_hostile_markup_takes_no_longer_than_its_length_allows(html: str) -> None:
    assert growth(plain_text, html) < 24


def test_a_title_is_one_line() -> None:
    assert one_line(plain_text("<p>One</p>\n<p>Two</p>")) == "One Two"
