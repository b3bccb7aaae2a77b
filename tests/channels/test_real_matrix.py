"""Alerts in the rooms of a real Matrix homeserver, counted there by somebody who reads along."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from monitor.alerts.content import Content
from monitor.alerts.render import render
from monitor.channels import Channel, Rejected, Retry, Sent
from tests.alerts.samples import BERLIN, CONTENT, DIGEST, FOLLOW_UP, NOTICE
from tests.channels.ends.programs import until
from tests.channels.ends.synapse import PASSWORD, SERVER, Member, Synapse
from tests.channels.sending import TEMPLATES, patient_channel, send, send_all

HOUR = timedelta(hours=1)
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Desk:
    """A room, the bot that writes there and somebody who reads it."""

    server: Synapse
    bot: Member
    reader: Member
    room: str

    def channel(self, who: str = "", room: str = "", **settings: object) -> Channel:
        where = quote(room or self.room, safe="")
        return patient_channel(f"matrix://{who or self.bot.token}@127.0.0.1:{self.server.port}/{where}", **settings)


@pytest.fixture(scope="session")
def people(homeserver: Synapse) -> tuple[Member, Member]:
    return homeserver.register("wire-bot"), homeserver.register("reader")


@pytest.fixture
def desk(homeserver: Synapse, people: tuple[Member, Member]) -> Desk:
    """A fresh room that the bot has made, so that it may do there whatever a room allows."""
    bot, reader = people
    room = bot.make_room(reader)
    reader.ask("POST", f"/_matrix/client/v3/join/{quote(room)}", {})
    return Desk(homeserver, bot, reader, room)


def test_five_messages_are_five_events_and_a_repeat_is_none(desk: Desk) -> None:
    to = desk.channel()
    sent = [send(to, replace(CONTENT, uid=f"a-{number}")) for number in range(5)]
    assert all(isinstance(outcome, Sent) for outcome in sent)
    assert send(to, replace(CONTENT, uid="a-3")) == sent[3]
    arrived = desk.reader.messages(desk.room)
    assert [Sent(event["event_id"]) for event in arrived] == sent


def test_what_arrives_is_what_was_rendered(desk: Desk) -> None:
    to = desk.channel()
    contents: tuple[Content, ...] = (CONTENT, FOLLOW_UP, DIGEST, NOTICE)
    for content in contents:
        assert isinstance(send(to, content), Sent)
    events = desk.reader.messages(desk.room)
    assert len(events) == 4
    for event, content in zip(events, contents, strict=True):
        assert event["sender"] == desk.bot.user_id
        assert event["content"]["msgtype"] == "m.text"
        assert event["content"]["format"] == "org.matrix.custom.html"
        assert event["content"]["formatted_body"] == render(content, to.style, BERLIN, TEMPLATES).body
    plain = events[0]["content"]["body"]
    assert "Nordkorea liefert Raketen an Russland" in plain
    assert "https://zeitung.example/welt/frachter?id=7&utm=x" in plain
    assert "<" not in plain


def test_feed_text_calls_nobody_neither_the_room_nor_a_member_by_name(desk: Desk) -> None:
    loud = replace(
        CONTENT, title=f"@room {desk.reader.user_id} reader, https://matrix.to/#/{desk.reader.user_id}", title_marked=()
    )
    assert isinstance(send(desk.channel(), loud), Sent)
    (event,) = desk.reader.messages(desk.room)
    assert event["content"]["m.mentions"] == {}
    assert "@room" not in str(event["content"])
    assert "matrix.to/#" not in event["content"]["formatted_body"].replace("matrix[.]to", "")
    assert desk.reader.highlights(desk.room) == 0
    words = {"msgtype": "m.text", "body": "reader, are you there?"}
    desk.bot.ask("PUT", f"/_matrix/client/v3/rooms/{quote(desk.room)}/send/m.room.message/loud", words)
    until(lambda: desk.reader.highlights(desk.room) == 1, "a name alone would have called somebody")


def test_messages_too_long_or_broken_are_fitted_and_arrive(desk: Desk) -> None:
    to = desk.channel()
    for number, title in enumerate(("Ракеты " * 9000, "🚀" * 20_000, "kaputt \ud800 Ende", "", "a\x00b\x1b[31m")):
        assert isinstance(send(to, replace(CONTENT, uid=f"p-{number}", title=title, why=("x " * 9000,) * 6)), Sent)
    assert len(desk.reader.messages(desk.room)) == 5


def test_an_invitation_is_accepted(desk: Desk) -> None:
    room = desk.reader.make_room(desk.bot)
    assert isinstance(send(desk.channel(room=room)), Sent)
    assert len(desk.reader.messages(room)) == 1


def test_a_room_can_be_named_by_its_alias(desk: Desk) -> None:
    room = desk.reader.make_room(desk.bot, room_alias_name="newsdesk")
    to = desk.channel(room=f"#newsdesk:{SERVER}")
    assert isinstance(send(to), Sent)
    assert isinstance(send(to, replace(CONTENT, uid="second")), Sent)
    assert len(desk.reader.messages(room)) == 2


@pytest.mark.parametrize(
    "name", [pytest.param("!nowhere:matrix.example", id="id"), pytest.param("#nowhere:matrix.example", id="alias")]
)
def test_a_room_that_is_not_there_is_not_made_and_holds_up_no_other(desk: Desk, name: str) -> None:
    before = desk.bot.ask("GET", "/_matrix/client/v3/joined_rooms")
    where = f"matrix://{desk.bot.token}@127.0.0.1:{desk.server.port}/{{to}}"
    to = patient_channel(where, recipients=(name, desk.room))
    refused, sent = send(to, recipient=name), send(to, recipient=desk.room)
    assert isinstance(refused, Retry)
    assert (refused.after, refused.whole_channel) == (HOUR, False)
    assert isinstance(sent, Sent)
    assert desk.bot.ask("GET", "/_matrix/client/v3/joined_rooms") == before


def test_a_room_where_the_bot_may_not_write_is_that_rooms_affair(desk: Desk) -> None:
    room = desk.reader.make_room(desk.bot, power_level_content_override={"events_default": 50})
    refused = send(desk.channel(room=room))
    assert isinstance(refused, Retry)
    assert (refused.after, refused.whole_channel) == (HOUR, False)
    assert not desk.reader.messages(room)


def test_a_wrong_token_stops_the_channel(desk: Desk) -> None:
    refused = send(desk.channel("syt_canary_token"))
    assert isinstance(refused, Retry)
    assert (refused.after, refused.whole_channel) == (HOUR, True)
    assert "canary" not in refused.reason


def test_a_token_revoked_and_given_anew_works_without_another_word(desk: Desk, homeserver: Synapse) -> None:
    someone = homeserver.register(f"leaver-{next(_numbers)}")
    room = desk.reader.make_room(someone)
    to = desk.channel(someone.token, room)
    assert isinstance(send(to), Sent)
    someone.ask("POST", "/_matrix/client/v3/logout", {})
    refused = send(to, replace(CONTENT, uid="after"))
    assert isinstance(refused, Retry)
    assert (refused.after, refused.whole_channel) == (HOUR, True)
    assert len(desk.reader.messages(room)) == 1


def test_with_a_password_it_logs_in_once_for_many_messages(desk: Desk, homeserver: Synapse) -> None:
    name = f"pen-{next(_numbers)}"
    writer = homeserver.register(name)
    room = desk.reader.make_room(writer)
    to = desk.channel(f"{name}:{PASSWORD}", room)
    outcomes = send_all(to, [replace(CONTENT, uid=f"a-{number}") for number in range(12)])
    assert all(isinstance(outcome, Sent) for outcome in outcomes), outcomes
    assert isinstance(send(to, replace(CONTENT, uid="a-7")), Sent)
    assert len(desk.reader.messages(room)) == 12
    devices = writer.ask("GET", "/_matrix/client/v3/devices")["devices"]
    assert len(devices) == 2, "the one it was registered with, and ours"
    writer.ask("POST", "/_matrix/client/v3/logout/all", {})
    ended = send(to, replace(CONTENT, uid="b-1"))
    assert ended == Retry("its log-in has ended; it logs in again", whole_channel=True)
    assert isinstance(send(to, replace(CONTENT, uid="b-1")), Sent)
    assert len(desk.reader.messages(room)) == 13


def test_a_wrong_password_stops_the_channel_and_makes_no_account(desk: Desk) -> None:
    refused = send(desk.channel("nobody-yet:canary-word"))
    assert isinstance(refused, Retry)
    assert (refused.after, refused.whole_channel) == (HOUR, True)
    assert "canary" not in refused.reason
    found = desk.server.admin.ask("GET", "/_synapse/admin/v2/users?name=nobody-yet")
    assert found["total"] == 0


def test_the_servers_limit_is_obeyed_for_as_long_as_it_asks(desk: Desk, homeserver: Synapse) -> None:
    hasty = homeserver.register(f"hasty-{next(_numbers)}", limited=True)
    room = desk.reader.make_room(hasty)
    to = desk.channel(hasty.token, room)
    outcomes = [send(to, replace(CONTENT, uid=f"a-{number}")) for number in range(14)]
    sent = [outcome for outcome in outcomes if isinstance(outcome, Sent)]
    limited = [outcome for outcome in outcomes if not isinstance(outcome, Sent)]
    assert sent
    assert limited
    for outcome in limited:
        assert isinstance(outcome, Retry)
        assert outcome.whole_channel
        assert outcome.after is not None
        assert timedelta() < outcome.after <= timedelta(seconds=60)
    assert len(desk.reader.messages(room)) == len(sent)


def test_a_message_the_server_finds_too_large_is_rejected_and_the_next_arrives(desk: Desk) -> None:
    to = desk.channel()
    message = render(CONTENT, to.style, BERLIN, TEMPLATES)
    huge = replace(message, body="я" * 40_000)
    assert isinstance(asyncio.run(to.send(huge, "")), Rejected)
    assert isinstance(send(to), Sent)
    assert len(desk.reader.messages(desk.room)) == 1
