"""Alerts on the terminal."""

from __future__ import annotations

import io
from dataclasses import replace

from monitor.alerts.render import render
from monitor.alerts.style import CONSOLE
from monitor.channels import ChannelSpec, Retry, Sent, open_channel
from monitor.channels.console import styled
from monitor.secret import Secret
from tests.alerts.samples import BERLIN, CONTENT, DIGEST
from tests.channels.sending import TEMPLATES, send


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_an_alert_is_printed_with_an_edge_and_without_marks() -> None:
    file = io.StringIO()
    assert send(open_channel(ChannelSpec("screen", Secret("console://")), terminal=file)) == Sent()
    lines = file.getvalue().rstrip().splitlines()
    assert all(line.startswith("▌ ") for line in lines)
    assert lines[0].startswith("▌ 🟠 HIGH · Arms DPRK–Russia: Nordkorea liefert Raketen")
    assert "\x1b" not in file.getvalue()
    assert not {c for c in file.getvalue() if ord(c) < 32} - {"\n"}


def test_on_a_terminal_the_title_is_a_link_and_hits_are_bright() -> None:
    text = styled(render(CONTENT, CONSOLE, BERLIN, TEMPLATES).body)
    styles = {text.plain[span.start : span.end]: str(span.style) for span in text.spans}
    assert "yellow" in styles["Granaten"]
    assert "bold" in styles["HIGH"]
    linked = {text.plain[span.start : span.end] for span in text.spans if "link" in str(span.style)}
    assert linked == {"Nordkorea", " liefert ", "Raketen", " an ", "Russland"}


def test_of_a_digest_each_title_is_its_own_link_and_nothing_is_swallowed() -> None:
    text = styled(render(DIGEST, CONSOLE, BERLIN, TEMPLATES).body)
    assert text.plain.count("Die Zeitung · German") == 2
    assert "https" not in text.plain
    linked = [text.plain[span.start : span.end] for span in text.spans if "link" in str(span.style)]
    assert "Die Zeitung" not in "".join(linked)


def test_escape_sequences_of_a_feed_do_not_reach_the_terminal() -> None:
    file = Terminal()
    evil = replace(CONTENT, title="\x1b]0;owned\x07\x1b[2J\x9b31m[red]x[/red]", title_marked=())
    assert send(open_channel(ChannelSpec("screen", Secret("console://")), terminal=file), evil) == Sent()
    assert "\x07" not in file.getvalue()
    assert "\x1b]0" not in file.getvalue()
    assert "\x1b[2J" not in file.getvalue()
    assert "[red]x[/red]" in file.getvalue()


def test_a_closed_terminal_is_tried_again_later() -> None:
    file = io.StringIO()
    to = open_channel(ChannelSpec("screen", Secret("console://")), terminal=file)
    file.close()
    assert send(to) == Retry("the terminal does not take it", whole_channel=True)
