"""Whatever a feed says, what arrives at a service is what was rendered, and nothing beside it.

That what is rendered holds nothing alive is shown in ``alerts/test_render.py``; here plug-ins and libraries get no
chance to bring it back to life on the way: to unescape, to make a link or a header, or to say it twice.
"""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from monitor.alerts.content import Content
from monitor.alerts.message import Message
from monitor.alerts.render import render
from monitor.channels import Channel, ChannelSpec, Sent, open_channel
from monitor.secret import Secret
from tests.alerts.live_markup import invisible
from tests.alerts.samples import BERLIN, hostile_contents
from tests.channels.ends.chat import (
    DiscordEnd,
    GotifyEnd,
    MatrixEnd,
    MattermostEnd,
    NtfyEnd,
    SlackEnd,
    TelegramEnd,
)
from tests.channels.ends.http import HttpEnd
from tests.channels.ends.ircd import PASSWORD as IRC_PASSWORD
from tests.channels.ends.ircd import Ircd
from tests.channels.ends.mosquitto import PASSWORD as MQTT_PASSWORD
from tests.channels.ends.mosquitto import USER, Broker
from tests.channels.ends.programs import until
from tests.channels.ends.smtp import SmtpEnd
from tests.channels.sending import TEMPLATES, channel, patient_channel

few = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


def hand_over(to: Channel, content: Content) -> Message:
    """Send it; gives what was rendered."""
    message = render(content, to.style, BERLIN, TEMPLATES)
    assert isinstance(asyncio.run(to.send(message, to.recipients[0])), Sent)
    return message


@dataclass(frozen=True, slots=True)
class Kind:
    """A service on loopback, and where in a call it has title and text."""

    end: Callable[[], HttpEnd]
    url: Callable[[int], str]
    told: Callable[[Any], tuple[str, str]]


KINDS: dict[str, Kind] = {
    "ntfy": Kind(
        NtfyEnd,
        lambda port: f"ntfy://127.0.0.1:{port}/alerts",
        lambda call: (call.get("title", ""), call["message"]),
    ),
    "gotify": Kind(
        GotifyEnd,
        lambda port: f"gotify://127.0.0.1:{port}/{GotifyEnd.TOKEN}",
        lambda call: (call["title"], call["message"]),
    ),
    "mattermost": Kind(
        MattermostEnd, lambda port: f"mmost://127.0.0.1:{port}/{MattermostEnd.TOKEN}", lambda text: ("", text)
    ),
    "matrix": Kind(
        MatrixEnd,
        lambda port: f"matrix://{MatrixEnd.TOKEN}@127.0.0.1:{port}/!ops:matrix.example",
        lambda call: ("", call["formatted_body"]),
    ),
}


def _slack(call: Any) -> tuple[str, str]:  # noqa: ANN401 - the call's JSON
    return unescape(call["title"]), call["text"]  # Slack shows a title unescaped, and no more than that


FIXED: dict[str, tuple[str, Callable[[Any], tuple[str, str]]]] = {
    "telegram": (f"tgram://{TelegramEnd.TOKEN}/4711", lambda text: ("", text)),
    "discord": (f"discord://{DiscordEnd.ID}/{DiscordEnd.TOKEN}", lambda text: ("", text)),
    "slack-hook": (f"slack://{SlackEnd.HOOK}", _slack),
    "slack-bot": (f"slack://{SlackEnd.TOKEN}/%23general", _slack),
}


@dataclass(frozen=True, slots=True)
class Service:
    end: HttpEnd
    url: str
    told: Callable[[Any], tuple[str, str]]


@pytest.fixture
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    name = str(request.param)
    if name in KINDS:
        kind = KINDS[name]
        with kind.end() as end:
            yield Service(end, kind.url(end.port), kind.told)
    else:
        yield Service(request.getfixturevalue(name.partition("-")[0]), *FIXED[name])


@pytest.mark.parametrize("service", [*KINDS, *FIXED], indirect=True)
@few
@given(content=hostile_contents)
def test_a_chat_is_told_what_was_rendered_and_once(service: Service, content: Content) -> None:
    service.end.arrived.clear()
    if isinstance(service.end, MatrixEnd):
        service.end.transactions.clear()  # one for each alert, and here many alerts have one number
    message = hand_over(channel(service.url), content)
    (call,) = service.end.arrived
    title, text = service.told(call)
    assert text == message.body
    assert title in {"", message.title}


@few
@given(content=hostile_contents)
def test_a_webhook_is_told_what_was_rendered_in_one_document(content: Content) -> None:
    with HttpEnd() as end:
        message = hand_over(channel(f"webhook+http://127.0.0.1:{end.port}/in"), content)
        (request,) = end.requests
    assert request.body.decode("utf-8") == message.body
    assert not invisible(json.dumps(request.json, ensure_ascii=False))
    assert {name for name in request.headers if name.startswith("X-")} == {
        "X-Newsmonitor-Timestamp",
        "X-Newsmonitor-Message",
    }


_HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "List-Id", "Auto-Submitted",
    "Importance", "X-Priority", "X-Newsmonitor-Severity", "X-Newsmonitor-Rule", "MIME-Version", "Content-Type",
    "Precedence", "X-Auto-Response-Suppress", "X-Peer", "X-MailFrom", "X-RcptTo",
}  # fmt: skip


@few
@given(content=hostile_contents)
def test_a_letter_has_our_headers_alone_and_two_parts(content: Content) -> None:
    with SmtpEnd() as end:
        message = hand_over(channel(f"mailto://127.0.0.1:{end.port}?from=a@news.example&to=b@example.org"), content)
        ((letter,),) = end.mailboxes.values()
    assert set(letter.keys()) <= _HEADERS
    assert len(set(letter.keys())) == len(letter.keys()), "each once"
    assert not letter.defects
    assert str(letter["To"]) == "b@example.org"
    assert not any(invisible(str(value)) for value in letter.values())
    plain, html = letter.iter_parts()
    assert [plain.get_content_type(), html.get_content_type()] == ["text/plain", "text/html"]
    assert " ".join(plain.get_content().split()) == " ".join(message.body.split())
    assert "src=" not in html.get_content().lower()


@few
@given(content=hostile_contents)
def test_a_terminal_gets_nothing_that_steers_it(content: Content) -> None:
    screen = io.StringIO()
    hand_over(open_channel(ChannelSpec("screen", Secret("console://")), terminal=screen), content)
    assert not invisible(screen.getvalue())


@few
@given(content=hostile_contents)
def test_a_service_that_nobody_has_described_gets_plain_text(content: Content) -> None:
    with HttpEnd() as end:
        message = hand_over(channel(f"json://127.0.0.1:{end.port}/in"), content)
        (request,) = end.requests
    told = request.json
    assert not invisible(told["title"])
    assert not invisible(told["message"])
    assert " ".join(told["message"].split()) == " ".join((message.body or message.title).split())


@few
@given(content=hostile_contents)
def test_irc_is_told_one_line_and_nothing_else(irc_server: Ircd, content: Content) -> None:
    irc_server.reader.raw.clear()
    message = hand_over(patient_channel(f"irc://bot:{IRC_PASSWORD}@127.0.0.1:{irc_server.port}/%23desk"), content)
    until(lambda: bool(irc_server.reader.heard("QUIT")), "the good-bye")
    assert irc_server.reader.said("#desk") == [message.body]
    commands = {line.split(b" ")[1] for line in irc_server.reader.raw if line.startswith(b":")}
    assert commands <= {b"JOIN", b"PRIVMSG", b"QUIT", b"MODE"}


@few
@given(content=hostile_contents)
def test_a_topic_is_told_what_was_rendered_and_once(mqtt_broker: Broker, content: Content) -> None:
    mqtt_broker.arrived.clear()
    url = f"mqtt://{USER}:{MQTT_PASSWORD}@127.0.0.1:{mqtt_broker.port}/alerts/hostile"
    message = hand_over(patient_channel(url), content)
    until(lambda: bool(mqtt_broker.arrived), "the message")
    assert mqtt_broker.payloads("alerts/hostile") == [message.body]
