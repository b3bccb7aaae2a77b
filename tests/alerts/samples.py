"""Contents for the tests of rendering: an ordinary one, and what a hostile feed would write."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from monitor.alerts.content import (
    AlertContent,
    Content,
    DigestContent,
    Marked,
    MoreContent,
    NoticeContent,
    NoticeKind,
)
from monitor.alerts.excerpt import Telling, make_content
from monitor.rules.hits import Hit, Match
from monitor.rules.model import All, Concept, Rule, Severity
from monitor.text.article import Article

BERLIN = ZoneInfo("Europe/Berlin")
FOUND = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)

ARTICLE = Article(
    key="k1",
    title="Nordkorea liefert Raketen an Russland",
    summary="Ein Frachter aus Rajin brachte laut Südkorea erneut Munition nach Wladiwostok.",
    body=(
        "Der Hafen war am Morgen gesperrt. Zwei Schlepper lagen vor der Mole. Nach Angaben des Geheimdienstes NIS hat"
        " Nordkorea seit August mehr als eine Million Granaten und Raketen nach Russland verschifft; die Lieferungen"
        " reichten für zwei Monate. Moskau und Pjöngjang bestreiten das.\n\nDie Vereinten Nationen prüfen den Vorgang."
    ),
    url="https://zeitung.example/welt/frachter?id=7&utm=x",
    feed="zeitung",
    languages=("de",),
    published_at=datetime(2026, 3, 10, 9, 5, tzinfo=UTC),
)
RULE = Rule(
    id="dprk-russia-arms",
    title="Arms DPRK–Russia",
    match=All(()),
    severity=Severity.HIGH,
    tags=frozenset({"arms"}),
    concepts={
        "weapon": Concept("weapon", (), title="weapon"),
        "dprk": Concept("dprk", (), title="North Korea"),
        "russia": Concept("russia", (), title="Russia"),
    },
)


def hits_in(article: Article, **concepts: str) -> tuple[Hit, ...]:
    """Every place where a concept's words (separated by ``|``) stand in the title, summary or body."""
    return tuple(
        Hit(name, found.start(), found.end(), found.group(), found.group(), concept, article.lang)
        for name in ("title", "summary", "body")
        for concept, words in concepts.items()
        for found in re.finditer(words, getattr(article, name))
    )


HITS = hits_in(ARTICLE, dprk="Nordkorea", russia="Russland", weapon="Raketen|Munition|Granaten")
MATCH = Match(RULE.id, Severity.HIGH, HITS)
CONTENT = make_content(
    ARTICLE, RULE, MATCH, Telling("a-1", "t-1", FOUND, feed_title="Die Zeitung", outlets=3, origins=2)
)
FOLLOW_UP = make_content(
    ARTICLE,
    RULE,
    MATCH,
    Telling(
        "a-2",
        "t-1",
        FOUND,
        feed_title="Die Zeitung",
        news="now 5 origins; also in Korean",
        replies_to="a-1",
        thread_title="Frachter aus Rajin gesichtet",
    ),
)
NOTICE = NoticeContent(
    "n-1", NoticeKind.FEED_BROKEN, "feed zeitung is broken", Severity.MEDIUM, FOUND, ("its host name does not resolve",)
)
DIGEST = DigestContent("d-1", "Morning digest", (CONTENT, FOLLOW_UP), FOUND)
MORE = MoreContent("m-1", RULE.id, RULE.title, Severity.HIGH, 4990, FOUND, "in the last hour", (CONTENT,))

_FRAGMENTS = (
    "@everyone", "@here", "@room", "@all", "@user", "<!channel>", "<!here|x>", "<@U123>", "<@&55>", "<#C1|x>",
    "https://evil.example/x?a=1", "http://127.0.0.1/", "www.evil.example", "evil.example", "t.me/joinchat",
    "mailto:a@evil.example", "tg://user?id=1", "matrix:u/x:y", "javascript:alert(1)",
    "<a href='https://evil.example'>x</a>", "<b>", "</b>", "<script>", "&lt;b&gt;", "&#64;everyone", "&amp;", "<br/>",
    "[x](https://evil.example)", "![x](http://e.example/a.png)", "**x**", "__x__", "_x_", "*x*", "~~x~~", "||x||",
    "`x`", "```", "# x", "> x", ">>> x", "- x", "1. x", "===", "|a|b|", "$x$", "#tag", "$TSLA", "~town",
    "/start", ":skull:",
    "\r\nBcc: x@evil.example", "\r\n\r\nbody", "\n.\n", "\x00", "\x1b[31m", "\x1b]8;;http://evil.example\x07", "\x02",
    "\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u2028", "\u0085", "\ud800", "\udfff", "\ufdd0", "\U000e0041",
    "{{ 7*7 }}", "{% raw %}", "%s", "{0}", "\\", "\\*", "\\@",
    "Raketen", "북한", "ракеты", "北朝鮮", "می‌خواهم", "e\u0301", "👨‍👩‍👧", "🇰🇵", "\u0301" * 20, "한", "각",
)  # fmt: skip

hostile_text = st.lists(
    st.one_of(st.sampled_from(_FRAGMENTS), st.text(max_size=8), st.sampled_from((" ", "", "\n", "."))), max_size=12
).map("".join)
_long_text = st.builds(lambda text, times: (text * times)[:6000], hostile_text, st.sampled_from((1, 1, 40, 400)))
_pieces = st.lists(st.builds(Marked, hostile_text, st.booleans()), max_size=6).map(tuple)
_times = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
_urls = st.one_of(
    hostile_text.map(lambda text: f"https://news.example/{text}"),
    st.just("https://news.example/" + "a" * 1900),
    st.sampled_from(("javascript:alert(1)", "https://matrix.to/#/@a:b", "https://a@b.example/", "", ARTICLE.url)),
    hostile_text,
)

hostile_alerts: st.SearchStrategy[AlertContent] = st.builds(
    AlertContent,
    uid=st.text("abcdef0123456789-", min_size=1, max_size=30),
    thread=st.sampled_from(("t1", "t2", "")),
    rule=st.sampled_from(("arms", "ships")),
    rule_title=hostile_text,
    severity=st.sampled_from(Severity),
    title=_long_text,
    url=_urls,
    feed=hostile_text,
    feed_title=hostile_text,
    lang=st.sampled_from(("de", "ko", "und", "")),
    published_at=st.none() | _times,
    found_at=_times,
    excerpt=_pieces,
    why=st.lists(hostile_text, max_size=4).map(tuple),
    news=hostile_text,
    outlets=st.integers(1, 60),
    origins=st.integers(1, 9),
    title_marked=_pieces,
    replies_to=st.sampled_from(("", "a-1")),
    thread_title=_long_text,
)
hostile_contents: st.SearchStrategy[Content] = st.one_of(
    hostile_alerts,
    st.builds(
        DigestContent,
        uid=st.just("d"),
        name=hostile_text,
        contents=st.lists(hostile_alerts, max_size=3).map(tuple),
        found_at=_times,
    ),
    st.builds(
        MoreContent,
        uid=st.just("m"),
        rule=st.just("arms"),
        rule_title=hostile_text,
        severity=st.sampled_from(Severity),
        count=st.integers(1, 10**9),
        found_at=_times,
        period=hostile_text,
        contents=st.lists(hostile_alerts, max_size=3).map(tuple),
    ),
    st.builds(
        NoticeContent,
        uid=st.just("n"),
        kind=st.sampled_from(NoticeKind),
        title=_long_text,
        severity=st.sampled_from(Severity),
        found_at=_times,
        lines=st.lists(hostile_text, max_size=8).map(tuple),
        url=_urls,
    ),
)
