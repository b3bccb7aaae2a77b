"""``newsmonitor match``: why an article matches, or by how much it misses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import CONFIG, Run, serving


def matched(output: str) -> list[str]:
    return [match["rule"] for match in json.loads(output)["matches"]]


def test_a_text_matches_with_the_words_that_made_it(run: Run) -> None:
    result = run("match", "-", "--json", stdin="Nordkorea liefert Raketen\nEmpfänger ist Russland.\n")
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert said["lang"] == "de"
    (match,) = said["matches"]
    assert match["severity"] == "high"
    assert [(hit["text"], hit["field"], hit["concept"]) for hit in match["hits"]] == [
        ("Nordkorea", "title", "dprk"),
        ("Raketen", "title", "weapon"),
        ("Russland", "body", "russia"),
    ]


def test_an_escalation_shows_in_the_severity(run: Run) -> None:
    said = json.loads(run("match", "-", "--json", stdin="North Korea sends missiles to Moscow\n").stdout)
    assert said["matches"][0]["severity"] == "critical"


def test_a_miss_says_what_it_missed_by(run: Run) -> None:
    text = "North Korea said on Monday in a long statement that none of its missiles goes to Russia\n"
    result = run("match", "-", stdin=text)
    assert result.exit_code == 0
    assert "words apart, limit 5" in result.stdout
    assert "0 of 1 rules match" in result.stdout


def test_the_tree_has_a_tick_or_a_cross_at_every_condition(run: Run) -> None:
    shown = run("match", "-", "--rule", "arms", stdin="North Korea visits Russia\n").stdout
    assert "✓ $dprk  North Korea (title)" in shown
    assert "✗ $weapon" in shown
    assert "✓ “podcast”  not there" in shown


def test_an_article_may_be_json(run: Run, home: Path) -> None:
    path = home / "article.json"
    fields = {"title": "북한, 러시아에 미사일 공급", "lang": "ko", "url": "https://example.org/1"}
    path.write_text(json.dumps(fields), encoding="utf-8")
    assert matched(run("match", str(path), "--json").stdout) == ["arms"]


def test_an_article_without_a_feed_is_matched_by_rules_for_certain_feeds(run: Run, home: Path) -> None:
    rule = home / "rules" / "arms.yaml"
    rule.write_text("scope: {feeds: {ids: [example.org]}}\n" + rule.read_text(encoding="utf-8"), encoding="utf-8")
    assert matched(run("match", "-", "--json", stdin="North Korea sends missiles to Russia").stdout) == ["arms"]


def test_control_characters_of_an_article_do_not_reach_the_terminal(run: Run) -> None:
    shown = run("match", "-", stdin="North Korea \x1b[31msends\x07 missiles to Russia \u202eevil").stdout
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    assert "1 of 1 rules match" in shown


def test_markup_of_an_article_is_text(run: Run) -> None:
    shown = run("match", "-", stdin="[bold]North Korea[/bold] sends missiles to Russia [/]").stdout
    assert "[bold]North Korea[/bold]" in shown


@pytest.mark.parametrize("text", ["", " \n ", '{"title": ""}', '{"title": 5}', "{broken"])
def test_what_is_no_article_is_refused(run: Run, text: str) -> None:
    result = run("match", "-", stdin=text)
    assert result.exit_code != 0
    assert "UsageError" in repr(result.exception)


FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>
<item><guid>1</guid><title>Weather</title><link>https://example.org/1</link></item>
<item><guid>2</guid><title>North Korea &amp;amp; Russia</title><link>https://example.org/2</link>
<description>&lt;p&gt;North Korea sends &lt;b&gt;missiles&lt;/b&gt;.&lt;/p&gt;</description></item>
</channel></rss>"""
PAGE = """<!doctype html><html lang="en"><head><title>North Korea arms Russia</title></head><body>
<nav><a href="/">Home</a></nav><article><h1>North Korea arms Russia</h1><p>North Korea has sent missiles to Russia,
South Korean officials said on Wednesday after a long briefing in Seoul.</p><p>The shipment left a port in April, they
said, and more are expected to follow in the coming weeks.</p></article><footer>Imprint</footer></body></html>"""


def test_every_article_of_a_feed_document_is_matched_as_text(run: Run, home: Path) -> None:
    path = home / "feed.xml"
    path.write_text(FEED, encoding="utf-8")
    first, second = (json.loads(line) for line in run("match", str(path), "--json").stdout.splitlines())
    assert (first["title"], first["matches"]) == ("Weather", [])
    assert second["title"] == "North Korea & Russia"
    assert [match["rule"] for match in second["matches"]] == ["arms"]


def test_a_web_page_is_fetched_and_its_article_matched(run: Run, home: Path) -> None:
    (home / "config.yaml").write_text(f"polling: {{allow_networks: [127.0.0.1]}}\n{CONFIG}", encoding="utf-8")
    with serving(PAGE.encode(), "text/html; charset=utf-8") as url:
        result = run("match", url, "--json")
    said = json.loads(result.stdout)
    assert said["title"] == "North Korea arms Russia"
    assert [match["rule"] for match in said["matches"]] == ["arms"]


def test_a_private_address_is_not_fetched_unless_allowed(run: Run) -> None:
    with serving(PAGE.encode(), "text/html") as url:
        result = run("match", url)
    assert result.exit_code != 0
    assert "UsageError" in repr(result.exception)


def test_of_alternatives_those_that_hold_are_shown_and_all_when_asked(run: Run, home: Path) -> None:
    rule = home / "rules" / "arms.yaml"
    text = rule.read_text(encoding="utf-8").replace("    - $russia\n", "    - [$russia, Putin, Kremlin]\n")
    rule.write_text(text, encoding="utf-8")
    shown = run("match", "-", stdin="North Korea ships missiles to Russia").stdout
    assert "✓ $russia  Russia (title)" in shown
    assert "… 2 more that do not" in shown
    assert "Kremlin" not in shown
    assert (
        "✗ “Kremlin”  not in the text"
        in run("match", "-", "--all", stdin="North Korea ships missiles to Russia").stdout
    )


def test_a_tree_is_broken_at_the_width_of_the_terminal_not_cut(run: Run) -> None:
    shown = run("match", "-", "--rule", "arms", stdin="Nordkorea zeigt Russland Kurzstreckenraketen").stdout
    assert 'add "*rakete*"' in " ".join(shown.replace("│", " ").split())
