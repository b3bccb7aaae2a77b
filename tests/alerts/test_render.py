"""How a message reads in every service, and that nothing a feed writes comes alive in any."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.alerts import style as styles
from monitor.alerts.content import AlertContent, Content, DigestContent, Marked
from monitor.alerts.harmless import NO_LINKS, NO_MENTIONS, clean, defuse
from monitor.alerts.links import safe_link
from monitor.alerts.markup import BOLD, DIM, HIT, LABEL, LINK, LINK_END, MARKUPS
from monitor.alerts.render import pages, render
from monitor.alerts.snapshot import from_json, to_json
from monitor.alerts.style import Limit, Style, Unit
from monitor.channels.templates import load_templates
from monitor.rules.model import Severity
from tests.alerts import live_markup
from tests.alerts.samples import (
    BERLIN,
    CONTENT,
    DIGEST,
    FOLLOW_UP,
    MORE,
    NOTICE,
    hostile_contents,
    hostile_text,
)

TEMPLATES = load_templates()
CHATS = (
    styles.TELEGRAM,
    styles.DISCORD,
    styles.SLACK,
    styles.MATTERMOST,
    styles.MATRIX,
    styles.GOTIFY,
    styles.NTFY,
    styles.IRC,
    styles.plain_style("other", 160, 0),
)
ALL = (*CHATS, styles.EMAIL, styles.CONSOLE, styles.WEBHOOK)
by_name = pytest.mark.parametrize("style", ALL, ids=lambda style: style.name)


def shown(style: Style, body: str) -> str:
    """What a reader sees of the body."""
    match style.markup:
        case "telegram" | "matrix":
            return live_markup.html_parts(body)[0]
        case "markdown" | "discord":
            return live_markup.markdown_parts(body)[0]
        case "slack":
            return live_markup.slack_parts(body)[0]
        case "terminal":
            return "".join(c for c in body if c not in BOLD + DIM + HIT + LINK + LABEL + LINK_END)
        case _:
            return body


@by_name
def test_a_reader_learns_severity_rule_title_source_time_excerpt_and_reason(style: Style) -> None:
    message = render(CONTENT, style, BERLIN, TEMPLATES)
    told = f"{message.title}\n{shown(style, message.body)}"
    assert message.title == "🟠 HIGH · Arms DPRK–Russia: Nordkorea liefert Raketen an Russland"
    if style.markup == "json":
        return
    for fact in ("HIGH", "Arms DPRK–Russia", "Nordkorea liefert Raketen an Russland", "Die Zeitung", "German"):
        assert fact in told
    assert "Tue 10 Mar, 10:05 CET" in told
    assert "3 outlets, 2 independent origins" in told
    if style.body.size > 400:
        assert "mehr als eine Million" in told
        assert "weapon: Raketen, Munition, Granaten" in told.replace("*", "")


@pytest.mark.parametrize("style", [s for s in CHATS if s.title is None], ids=lambda style: style.name)
def test_without_a_title_field_the_first_line_tells_all(style: Style) -> None:
    first = shown(style, render(CONTENT, style, BERLIN, TEMPLATES).body).split("\n")[0]
    assert first.replace("*", "").startswith("🟠 HIGH · Arms DPRK–Russia: Nordkorea liefert Rake")


@by_name
def test_a_follow_up_says_first_what_is_new(style: Style) -> None:
    message = render(FOLLOW_UP, style, BERLIN, TEMPLATES)
    told = f"{message.title}\n{shown(style, message.body)}"
    assert "now 5 origins; also in Korean" in told
    assert message.thread == "t-1"
    assert message.replies_to == "a-1"


def test_a_follow_ups_mail_keeps_the_first_subject_so_that_mail_programs_thread_it() -> None:
    message = render(FOLLOW_UP, styles.EMAIL, BERLIN, TEMPLATES)
    assert message.title == "Re: 🟠 HIGH · Arms DPRK–Russia: Frachter aus Rajin gesichtet"
    assert message.body.startswith("Nordkorea liefert Raketen an Russland\nnow 5 origins; also in Korean\n")


@pytest.mark.parametrize(
    ("style", "marked"),
    [
        pytest.param(styles.TELEGRAM, "<b>Granaten</b> und <b>Raketen</b>", id="telegram"),
        pytest.param(styles.MATRIX, "<strong>Granaten</strong> und", id="matrix"),
        pytest.param(styles.DISCORD, "**Granaten** und **Raketen**", id="discord"),
        pytest.param(styles.GOTIFY, "**Granaten** und **Raketen**", id="gotify"),
        pytest.param(styles.SLACK, "*Granaten* und *Raketen*", id="slack"),
        pytest.param(styles.NTFY, "*Granaten* und *Raketen*", id="ntfy"),
        pytest.param(styles.CONSOLE, f"{HIT}Granaten{HIT} und", id="terminal"),
    ],
)
def test_the_words_that_matched_are_marked(style: Style, marked: str) -> None:
    assert marked in render(CONTENT, style, BERLIN, TEMPLATES).body


@pytest.mark.parametrize(
    ("style", "link"),
    [
        pytest.param(styles.TELEGRAM, '<a href="https://zeitung.example/welt/frachter?id=7&amp;utm=x">', id="telegram"),
        pytest.param(styles.DISCORD, "](<https://zeitung.example/welt/frachter?id=7&utm=x>)", id="discord"),
        pytest.param(styles.MATTERMOST, "](https://zeitung.example/welt/frachter?id=7&utm=x)", id="mattermost"),
        pytest.param(styles.SLACK, "<https://zeitung.example/welt/frachter?id=7&amp;utm=x|", id="slack"),
        pytest.param(styles.EMAIL, "\nhttps://zeitung.example/welt/frachter?id=7&utm=x\n", id="email"),
    ],
)
def test_the_title_leads_to_the_article(style: Style, link: str) -> None:
    assert link in render(CONTENT, style, BERLIN, TEMPLATES).body


def test_ntfy_opens_the_article_by_a_tap_and_does_not_repeat_the_address() -> None:
    message = render(CONTENT, styles.NTFY, BERLIN, TEMPLATES)
    assert message.link == "https://zeitung.example/welt/frachter?id=7&utm=x"
    assert "https" not in message.body


@pytest.mark.parametrize("content", [CONTENT, FOLLOW_UP, DIGEST, MORE, NOTICE], ids=lambda c: type(c).__name__)
@by_name
def test_every_kind_of_message_fits_and_says_something(content: Content, style: Style) -> None:
    message = render(content, style, BERLIN, TEMPLATES)
    assert style.body.fits(message.body)
    assert message.body.strip()
    assert message.title.strip()
    assert bool(message.html) == (style is styles.EMAIL)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(content=hostile_contents, style=st.sampled_from(ALL))
def test_no_message_exceeds_its_services_limit(content: Content, style: Style) -> None:
    message = render(content, style, BERLIN, TEMPLATES)
    assert style.body.fits(message.body)
    assert (style.title or Limit(200)).fits(message.title)
    assert "\n" not in message.title


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(content=hostile_contents, size=st.integers(20, 300), unit=st.sampled_from(Unit), base=st.sampled_from(CHATS))
def test_any_limit_is_kept_however_small(content: Content, size: int, unit: Unit, base: Style) -> None:
    message = render(content, replace(base, body=Limit(size, unit)), BERLIN, TEMPLATES)
    assert Limit(size, unit).fits(message.body)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(content=hostile_contents, style=st.sampled_from(ALL))
def test_nothing_from_a_feed_is_alive_in_any_service(content: Content, style: Style) -> None:
    message = render(content, style, BERLIN, TEMPLATES)
    allowed = allowed_links(content)
    if style.markup == "json":
        assert not live_markup.invisible(message.body)
        return
    assert not live_markup.invisible(message.title)
    text = message.body
    links: list[str] = []
    if style.markup in {"telegram", "matrix"}:
        text, links, tags, balanced = live_markup.html_parts(message.body)
        assert tags <= {"a", "b", "i", "strong", "em", "br"}
        assert balanced
    elif style.markup == "markdown":
        text, links, kinds = live_markup.markdown_parts(message.body)
        assert kinds <= {"paragraph", "inline", "text", "strong", "em", "link", "softbreak", "hardbreak"}
    elif style.markup == "discord":
        text, links, _ = live_markup.markdown_parts(message.body)
        assert not re.search(r"(?<!\\)<(?!https?://)", message.body)
    elif style.markup == "slack":
        text, links = live_markup.slack_parts(message.body)
    elif style.markup == "terminal":
        links = re.findall(f"{LINK}([^{LABEL}]*){LABEL}", message.body)
        text = shown(style, re.sub(f"{LINK}[^{LABEL}]*{LABEL}", "", message.body))
    assert set(links) <= allowed
    for link in sorted(allowed, key=len, reverse=True):
        text = text.replace(link, "")
    assert not live_markup.invisible(text)
    assert not live_markup.LINK.search(text.replace("newsmonitor alerts", ""))
    if style in CHATS:
        assert not live_markup.MENTION.search(text)
        assert not live_markup.CHAT_THINGS.search(text)


def allowed_links(content: Content) -> set[str]:
    contents = [content] if isinstance(content, AlertContent) else list(getattr(content, "contents", ()))
    urls = [one.url for one in contents] + [getattr(content, "url", "")]
    return {safe for url in urls if (safe := safe_link(url))}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(content=hostile_contents)
def test_an_html_mail_holds_only_our_tags_links_and_no_remote_image(content: Content) -> None:
    html = render(content, styles.EMAIL, BERLIN, TEMPLATES).html
    _, links, tags, balanced = live_markup.html_parts(html)
    allowed = {"html", "head", "meta", "style", "body", "table", "tr", "td", "p", "h1", "a", "mark", "br", "strong"}
    assert tags <= allowed
    assert balanced
    assert set(links) <= allowed_links(content)
    assert "url(" not in html
    assert not live_markup.invisible(html)


@given(text=hostile_text)
def test_markdown_reads_back_exactly_what_was_escaped(text: str) -> None:
    words = "".join(piece.text for piece in defuse((Marked(text),), (*NO_LINKS, *NO_MENTIONS)))
    read, links, kinds = live_markup.markdown_parts(MARKUPS["markdown"].text(text))
    assert read.strip() == words.strip()
    assert not links
    assert kinds <= {"paragraph", "inline", "text"}


@given(text=hostile_text, name=st.sampled_from(("telegram", "matrix", "email-html")))
def test_html_reads_back_exactly_what_was_escaped(text: str, name: str) -> None:
    markup = MARKUPS[name]
    escaped = markup.text(text)
    assert "<" not in escaped
    assert unescape(escaped) == "".join(piece.text for piece in defuse((Marked(text),), markup.passes))


@given(text=hostile_text)
def test_slack_finds_no_formatting_in_escaped_text(text: str) -> None:
    escaped = MARKUPS["slack"].text(text)
    assert not set("<>*~`") & set(escaped)
    assert not re.search(r"(?<![^\W_])_|_(?![^\W_])", escaped)


@given(text=st.text(alphabet="abc.@:/ ", max_size=30), cut=st.integers(0, 30))
def test_a_link_is_found_even_when_a_hit_mark_begins_inside_it(text: str, cut: int) -> None:
    passes = (*NO_LINKS, *NO_MENTIONS)
    whole = "".join(piece.text for piece in defuse((Marked(text),), passes))
    pieces = defuse((Marked(text[:cut]), Marked(text[cut:], hit=True)), passes)
    assert "".join(piece.text for piece in pieces).split() == whole.split()


@given(text=hostile_text)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("می‌خواهم", "می‌خواهم", id="persian-keeps-its-non-joiner"),
        pytest.param("क्‍ष", "क्‍ष", id="devanagari-keeps-its-joiner"),
        pytest.param("pay\u200bpal", "paypal", id="zero-width-space"),
        pytest.param("a\u200db", "ab", id="joiner-between-latin-letters"),
        pytest.param("abc\u202edef", "abcdef", id="right-to-left-override"),
        pytest.param("a\r\nBcc: b", "a Bcc: b", id="header-injection"),
        pytest.param("a\ud800b", "a\ufffdb", id="lone-surrogate"),
        pytest.param("Z" + "\u0301" * 50, "Z" + "\u0301" * 8, id="stacked-marks"),
        pytest.param("a\u2028b\x85c", "a b c", id="unicode-line-ends"),
    ],
)
def test_what_no_reader_can_see_is_gone(text: str, kept: str) -> None:
    assert clean(text) == kept


@pytest.mark.parametrize(
    ("url", "link"),
    [
        pytest.param("https://a.example/x", "https://a.example/x", id="plain"),
        pytest.param("HTTP://A.Example", "http://a.example/", id="case-and-path"),
        pytest.param("https://a.example/ä?q=ö", "https://a.example/%C3%A4?q=%C3%B6", id="non-ascii"),
        pytest.param("https://пример.example/", "https://xn--e1afmkfd.example/", id="idna"),
        pytest.param("https://a.example/a)b](c", "https://a.example/a%29b%5D%28c", id="markdown-breakout"),
        pytest.param('https://a.example/"><b>', "https://a.example/%22%3E%3Cb%3E", id="html-breakout"),
        pytest.param("https://a.example/|x>", "https://a.example/%7Cx%3E", id="slack-breakout"),
        pytest.param("https://a.example/%zz%41", "https://a.example/%25zz%41", id="broken-percent"),
        pytest.param("https://[2001:db8::1]:8080/x", "https://[2001:db8::1]:8080/x", id="ipv6"),
        pytest.param("https://a.example/?a&copy;#64;x", "https://a.example/?a&copy%3B#64%3Bx", id="entity"),
        pytest.param("javascript:alert(1)", "", id="javascript"),
        pytest.param("data:text/html,x", "", id="data"),
        pytest.param("https://bank.example@evil.example/", "", id="user-name"),
        pytest.param("https://a.example/\r\nX: y", "", id="line-break"),
        pytest.param("https://a.example\\@evil.example", "", id="backslash"),
        pytest.param("https://matrix.to/#/@admin:server", "", id="matrix-pill"),
        pytest.param("https://discord.gg/abc", "", id="discord-invitation"),
        pytest.param("https://a.example:99999/", "", id="port"),
        pytest.param("https://a..example/", "", id="empty-label"),
        pytest.param("https://a.example/" + "x" * 2000, "", id="too-long"),
        pytest.param("", "", id="none"),
    ],
)
def test_a_link_is_http_encoded_and_harmless_or_not_there(url: str, link: str) -> None:
    assert safe_link(url) == link


@given(url=st.one_of(hostile_text, hostile_text.map(lambda text: f"https://a.example/{text}")))
@example(url="https://a.example/~town")
def test_a_safe_link_holds_nothing_any_markup_knows(url: str) -> None:
    link = safe_link(url)
    assert link.isascii()
    assert not set(link) & set(" <>\"'`()[]{}|\\^*~\n\r\t")
    assert safe_link(link) == link


def many(count: int) -> DigestContent:
    start = CONTENT.found_at
    return replace(
        DIGEST,
        contents=tuple(
            replace(
                CONTENT,
                uid=f"a-{n}",
                thread=f"t-{n % 40}",
                rule="arms" if n % 3 else "ships",
                severity=Severity(n % 5),
                title=f"Bericht Nummer {n:03} über die Lieferung",
                found_at=start + timedelta(minutes=n),
            )
            for n in range(count)
        ),
    )


@pytest.mark.parametrize("style", [*CHATS[:8], styles.EMAIL], ids=lambda style: style.name)
def test_a_digest_tells_every_alert_in_as_many_messages_as_it_takes(style: Style) -> None:
    told = pages(many(100), style, BERLIN, TEMPLATES)
    assert all(style.body.fits(message.body) for message in told)
    assert len({message.uid for message in told}) == len(told)
    text = "\n".join(shown(style, message.body) for message in told)
    for number in range(100):
        assert text.count(f"Bericht Nummer {number:03} ") == 1
    if len(told) > 1:
        assert f"(1/{len(told)})" in f"{told[0].title} {shown(style, told[0].body)}"


def test_a_digest_is_ordered_by_severity_and_keeps_a_story_together() -> None:
    body = render(many(30), styles.EMAIL, BERLIN, TEMPLATES).body
    assert body.index("CRITICAL") < body.index("Bericht Nummer")
    two = replace(
        DIGEST,
        contents=(
            replace(CONTENT, uid="1", thread="low", severity=Severity.LOW, title="Leise"),
            replace(CONTENT, uid="2", thread="high", severity=Severity.CRITICAL, title="Laut"),
            replace(CONTENT, uid="3", thread="low", severity=Severity.LOW, title="Leise zwei"),
        ),
    )
    shown_body = render(two, styles.EMAIL, BERLIN, TEMPLATES).body
    assert shown_body.index("Laut") < shown_body.index("Leise") < shown_body.index("↪ Leise zwei")


def test_a_digest_too_long_for_one_message_says_how_many_are_missing() -> None:
    message = render(many(100), styles.DISCORD, BERLIN, TEMPLATES)
    assert styles.DISCORD.body.fits(message.body)
    assert "more" in message.body.splitlines()[-1]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(content=hostile_contents)
def test_a_stored_content_comes_back_unchanged(content: Content) -> None:
    stored = json.loads(json.dumps(to_json(content)))
    assert from_json(stored) == content


@pytest.mark.parametrize(
    "stored", [{}, {"content": "poem"}, {"content": "alert", "title": "x"}, {"content": 3}], ids=repr
)
def test_what_was_never_stored_is_refused(stored: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="stored content"):
        from_json(stored)


def test_rendering_is_the_same_every_time() -> None:
    assert render(CONTENT, styles.EMAIL, BERLIN, TEMPLATES) == render(CONTENT, styles.EMAIL, BERLIN, load_templates())
