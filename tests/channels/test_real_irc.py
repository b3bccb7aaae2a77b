"""Alerts in the channels of a real IRC server, read there by somebody else."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.alerts.render import render
from monitor.channels import Channel, Retry, Sent
from tests.alerts.samples import BERLIN, CONTENT, DIGEST, FOLLOW_UP, NOTICE
from tests.channels.ends.ircd import NICK, PASSWORD, Ircd
from tests.channels.ends.programs import until
from tests.channels.sending import TEMPLATES, patient_channel, send, send_all

HOUR = timedelta(hours=1)


@pytest.fixture
def server(irc_server: Ircd) -> Ircd:
    irc_server.reader.raw.clear()
    return irc_server


def to(server: Ircd, place: str = "%23desk", password: str = PASSWORD, **settings: object) -> Channel:
    return patient_channel(f"irc://bot:{password}@127.0.0.1:{server.port}/{place}", **settings)


@pytest.mark.parametrize("content", [CONTENT, FOLLOW_UP, DIGEST, NOTICE], ids=lambda content: type(content).__name__)
def test_a_message_is_one_line_as_it_was_rendered(server: Ircd, content: object) -> None:
    desk = to(server)
    assert send(desk, content) == Sent()  # type: ignore[arg-type]
    until(lambda: bool(server.reader.heard("QUIT")), "the line and the good-bye")
    body = render(content, desk.style, BERLIN, TEMPLATES).body  # type: ignore[arg-type]
    assert server.reader.said("#desk") == [body]
    assert len(server.reader.heard("PRIVMSG")[0]) <= 510, "longer is cut by servers"


def test_feed_text_commands_nothing(server: Ircd) -> None:
    evil = "x\r\nQUIT :gone\r\nPRIVMSG #ops :injected\nJOIN #evil\x00\x01ACTION dances\x01 \x02\x0304red"
    content = replace(CONTENT, title=evil, rule_title="y\r\nKICK #desk Reader", title_marked=(), excerpt=())
    assert send(to(server), content) == Sent()
    until(lambda: bool(server.reader.heard("QUIT")), "the good-bye")
    (said,) = server.reader.said("#desk")
    assert "QUIT :gone" in said, "it is there, as words"
    assert not any(ord(c) < 32 for c in said)
    assert server.reader.said("#ops") == []
    assert not server.reader.heard("KICK")
    assert b"newsmonitor" in server.reader.heard("QUIT")[0], "its own good-bye"


def test_a_body_with_line_breaks_would_still_be_one_line(server: Ircd) -> None:
    desk = to(server)
    message = replace(render(CONTENT, desk.style, BERLIN, TEMPLATES), body="a\r\nPRIVMSG #ops :b\nQUIT")
    assert asyncio.run(desk.send(message, "")) == Sent()
    until(lambda: bool(server.reader.heard("QUIT")), "the good-bye")
    assert server.reader.said("#desk") == ["a  PRIVMSG #ops :b QUIT"]
    assert server.reader.said("#ops") == []


@pytest.mark.parametrize("title", ["Ракеты " * 3000, "🚀" * 5000, "kaputt \ud800 Ende", ""], ids=range(4))
def test_messages_too_long_or_broken_are_fitted_and_arrive_whole(server: Ircd, title: str) -> None:
    content = replace(CONTENT, title=title, why=("ракеты " * 500,) * 5, title_marked=())
    desk = to(server)
    assert send(desk, content) == Sent()
    until(lambda: bool(server.reader.heard("QUIT")), "the good-bye")
    assert server.reader.said("#desk") == [render(content, desk.style, BERLIN, TEMPLATES).body]


def test_several_at_once_find_nicks_of_their_own(server: Ircd) -> None:
    outcomes = send_all(
        patient_channel(f"irc://bot:{PASSWORD}@127.0.0.1:{server.port}/%23desk?nick=wire", senders=3),
        [replace(CONTENT, uid=f"a-{number}") for number in range(3)],
    )
    assert outcomes == [Sent()] * 3
    until(lambda: len(server.reader.heard("QUIT")) == 3, "three good-byes")
    assert len(server.reader.said("#desk")) == 3


def test_each_place_has_its_own_fate(server: Ircd) -> None:
    places = ("#desk", "#quiet", "#invited", "#locked", "#locked:word", "@nobody", f"@{NICK}", "#ops")
    every = patient_channel(f"irc://bot:{PASSWORD}@127.0.0.1:{server.port}/{{to}}", recipients=places)
    outcomes = {place: send(every, recipient=place) for place in places}
    refused = {place: outcome for place, outcome in outcomes.items() if not isinstance(outcome, Sent)}
    assert set(refused) == {"#quiet", "#invited", "#locked", "@nobody"}
    for outcome in refused.values():
        assert isinstance(outcome, Retry)
        assert (outcome.after, outcome.whole_channel) == (HOUR, False)
    until(lambda: bool(server.reader.said("#ops")), "the last one")
    assert [len(server.reader.said(place)) for place in ("#desk", "#ops", NICK)] == [1, 1, 1]


def test_a_wrong_password_stops_the_channel_and_is_not_told(server: Ircd) -> None:
    outcome = send(to(server, password="canary-wrong"))
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.whole_channel) == (HOUR, True), outcome.reason
    assert "canary" not in outcome.reason
    assert not server.reader.said("#desk")


def test_a_server_that_is_not_there_or_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        silent = patient_channel(f"irc://127.0.0.1:{port}/%23desk", timeout=timedelta(seconds=0.5))
        outcome = send(silent)
        assert isinstance(outcome, Retry)
        assert outcome.whole_channel
        assert outcome.reason.startswith("no answer")
    assert send(patient_channel(f"irc://127.0.0.1:{port}/%23desk")) == Retry(
        "the connection was refused", whole_channel=True
    )


def test_over_tls_a_message_arrives_and_the_certificate_is_checked(server: Ircd) -> None:
    url = f"ircs://bot:{PASSWORD}@localhost:{server.tls_port}/%23desk"
    refused = send(patient_channel(url))
    assert refused == Retry("its TLS certificate could not be verified", whole_channel=True)
    assert send(patient_channel(url, ca_file=server.certificate)) == Sent()
    until(lambda: bool(server.reader.heard("QUIT")), "the good-bye")
    assert len(server.reader.said("#desk")) == 1
