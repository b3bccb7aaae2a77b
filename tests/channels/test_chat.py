"""What arrives at chat services, counted where it arrives, and what each of their answers comes to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.alerts.content import Content
from monitor.alerts.render import render
from monitor.channels import Channel, ChannelError, Rejected, Retry, Sent
from monitor.rules.model import Severity
from tests.alerts.samples import BERLIN, CONTENT, DIGEST, FOLLOW_UP, MORE, NOTICE
from tests.channels.ends.chat import (
    DiscordEnd,
    GotifyEnd,
    MatrixEnd,
    MattermostEnd,
    NtfyEnd,
    SlackEnd,
    TelegramEnd,
)
from tests.channels.ends.http import Answer, HttpEnd, answer_json
from tests.channels.sending import TEMPLATES, channel, send, send_all

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Service:
    end: HttpEnd
    url: str


MAKERS: dict[str, tuple[Callable[[], HttpEnd], Callable[[int], str]]] = {
    "ntfy": (NtfyEnd, lambda port: f"ntfy://127.0.0.1:{port}/alerts"),
    "gotify": (GotifyEnd, lambda port: f"gotify://127.0.0.1:{port}/{GotifyEnd.TOKEN}"),
    "mattermost": (MattermostEnd, lambda port: f"mmost://127.0.0.1:{port}/{MattermostEnd.TOKEN}"),
    "matrix": (MatrixEnd, lambda port: f"matrix://{MatrixEnd.TOKEN}@127.0.0.1:{port}/!ops:matrix.example"),
}
FIXED: dict[str, str] = {
    "telegram": f"tgram://{TelegramEnd.TOKEN}/4711",
    "discord": f"discord://{DiscordEnd.ID}/{DiscordEnd.TOKEN}",
    "slack-hook": f"slack://{SlackEnd.HOOK}",
    "slack-bot": f"slack://{SlackEnd.TOKEN}/%23general",
}
ALL = (*MAKERS, *FIXED)


@pytest.fixture
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    name = str(request.param)
    if name in MAKERS:
        make, url = MAKERS[name]
        with make() as end:
            yield Service(end, url(end.port))
    else:
        yield Service(request.getfixturevalue(name.partition("-")[0]), FIXED[name])


every_service = pytest.mark.parametrize("service", ALL, indirect=True)


@every_service
def test_an_alert_arrives_once_and_is_confirmed(service: Service) -> None:
    outcome = send(channel(service.url))
    assert isinstance(outcome, Sent)
    assert len(service.end.arrived) == 1
    told = str(service.end.arrived[0])
    assert "Nordkorea liefert Raketen an Russland" in told
    assert "zeitung.example/welt/frachter" in told


@pytest.mark.parametrize("content", [FOLLOW_UP, DIGEST, MORE, NOTICE], ids=lambda content: type(content).__name__)
@every_service
def test_every_kind_of_message_is_accepted(service: Service, content: Content) -> None:
    assert isinstance(send(channel(service.url), content), Sent)
    assert len(service.end.arrived) == 1


POISON = {
    "title-of-5000": replace(CONTENT, title="Lang " * 1000),
    "emoji-300": replace(CONTENT, title="🚀" * 300),
    "lone-surrogate": replace(CONTENT, title="kaputt \ud800 Ende", rule_title="x\udfff"),
    "empty": replace(CONTENT, title="", url="", excerpt=(), why=(), feed_title="", feed="", lang=""),
    "cyrillic-20000": replace(CONTENT, title="Ракеты " * 3000, why=("оружие: " + "ракеты, " * 2000,) * 6),
    "control": replace(CONTENT, title="a\x00b\x1b[31mc\r\nd", rule_title="\x02\x1f"),
}


@pytest.mark.parametrize("content", POISON.values(), ids=POISON)
@every_service
def test_a_poison_message_is_fitted_and_arrives(service: Service, content: Content) -> None:
    assert isinstance(send(channel(service.url), content), Sent)
    assert len(service.end.arrived) == 1


ANSWERS: dict[str, tuple[Answer, Sent | Retry | Rejected]] = {
    "429-seconds": (
        Answer(429, headers={"Retry-After": "17"}),
        Retry("it asks to send less (429)", timedelta(seconds=17), whole_channel=True),
    ),
    "302": (
        Answer(302, headers={"Location": "http://127.0.0.1:1/elsewhere"}),
        Retry("its address redirects (302), which is not followed", HOUR, whole_channel=True),
    ),
    "401": (Answer(401), Retry("it refuses this address or token (401)", HOUR, whole_channel=True)),
    "404": (Answer(404), Retry("it refuses this address or token (404)", HOUR, whole_channel=True)),
    "500": (Answer(500), Retry("it has an error of its own (500)", unclear=True)),
    "503": (
        Answer(503, headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}),
        Retry("it is not available (503)", whole_channel=True),
    ),
    "400": (Answer(400), Rejected("it refuses this message (400)")),
    "200-html": (
        Answer(200, b"<html>Welcome to the hotel</html>", {"Content-Type": "text/html"}),
        Retry("it answered without confirming the message", HOUR, whole_channel=True),
    ),
}


@pytest.mark.parametrize("answer", ANSWERS)
@every_service
def test_an_answer_means_what_it_says(service: Service, answer: str) -> None:
    given, expected = ANSWERS[answer]
    service.end.instead = [given] * 5
    outcome = send(channel(service.url))
    if answer == "200-html" and "slack" in str(type(service.end)).lower():
        assert isinstance(outcome, Retry)
        assert outcome.whole_channel
    else:
        assert outcome == expected
    assert not service.end.arrived


@every_service
def test_ok_false_is_not_a_success_whatever_the_status(service: Service) -> None:
    service.end.instead = [answer_json({"ok": False, "description": "nope", "error": "nope"})] * 5
    outcome = send(channel(service.url))
    assert isinstance(outcome, Retry)
    assert not service.end.arrived


@every_service
def test_a_redirect_is_not_followed(service: Service) -> None:
    with HttpEnd() as elsewhere:
        location = {"Location": f"http://127.0.0.1:{elsewhere.port}/x"}
        service.end.instead = [Answer(307, headers=location), Answer(301, headers=location)]
        assert isinstance(send(channel(f"{service.url}?redirect=yes")), Retry)
        assert not elsewhere.requests


@pytest.mark.parametrize("answer", [Answer(hang=True), Answer(200, b"x" * 4000, drip=True)], ids=["hang", "drip"])
@every_service
def test_a_slow_answer_is_no_success_and_frees_its_thread(service: Service, answer: Answer) -> None:
    service.end.instead = [answer] * 3
    to = channel(service.url, timeout=timedelta(seconds=0.4))
    message = render(CONTENT, to.style, BERLIN, TEMPLATES)

    async def attempt() -> None:
        before = time.monotonic()
        outcome = await to.send(message, to.recipients[0])
        assert isinstance(outcome, Retry)
        assert outcome.whole_channel
        assert time.monotonic() - before < 2
        async with asyncio.timeout(3):
            while to.hanging:  # noqa: ASYNC110 - a count to look at, not an event
                await asyncio.sleep(0.01)

    asyncio.run(attempt())
    assert not service.end.arrived


@pytest.mark.parametrize(
    ("name", "answer", "expected"),
    [
        pytest.param(
            "telegram",
            answer_json({"ok": False, "error_code": 429, "parameters": {"retry_after": 33}}, 429),
            Retry("it asks to send less (429)", timedelta(seconds=33), whole_channel=True),
            id="telegram-retry-after-in-body",
        ),
        pytest.param(
            "telegram",
            answer_json({"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}, 400),
            Retry("Telegram cannot post there: bad request: chat not found", HOUR),
            id="telegram-wrong-chat",
        ),
        pytest.param(
            "telegram",
            answer_json({"ok": False, "error_code": 400, "description": "Bad Request: can't parse entities"}, 400),
            Rejected("it refuses this message (400): Bad Request: can't parse entities"),
            id="telegram-poison",
        ),
        pytest.param(
            "discord",
            answer_json({"message": "You are being rate limited.", "retry_after": 0.65, "global": False}, 429),
            Retry("it asks to send less (429)", timedelta(seconds=0.65), whole_channel=True),
            id="discord-retry-after-in-body",
        ),
        pytest.param(
            "slack-bot",
            answer_json({"ok": False, "error": "token_revoked"}),
            Retry("it says no: token_revoked", HOUR, whole_channel=True),
            id="slack-revoked-token",
        ),
        pytest.param(
            "slack-bot",
            answer_json({"ok": False, "error": "msg_too_long"}),
            Rejected("Slack refuses this message: msg_too_long"),
            id="slack-poison",
        ),
        pytest.param(
            "slack-hook",
            Answer(404, b"channel_not_found"),
            Retry("Slack cannot post there: channel_not_found", HOUR),
            id="slack-wrong-channel",
        ),
        pytest.param(
            "telegram",
            answer_json({"ok": False, "error_code": 403, "description": "Forbidden: user is deactivated"}, 403),
            Retry("Telegram cannot post there: forbidden: user is deactivated", HOUR),
            id="telegram-somebody-who-left",
        ),
        pytest.param(
            "telegram",
            answer_json({"ok": False, "error_code": 401, "description": "Unauthorized"}, 401),
            Retry("it refuses this address or token (401)", HOUR, whole_channel=True),
            id="telegram-revoked-token",
        ),
        pytest.param(
            "discord",
            answer_json({"message": "Webhooks posted to forum channels must have a thread_name", "code": 220001}, 400),
            Retry(
                "Discord cannot post there: Webhooks posted to forum channels must have a thread_name",
                HOUR,
                whole_channel=True,
            ),
            id="discord-forum",
        ),
        pytest.param(
            "discord",
            answer_json({"message": "Unknown Webhook", "code": 10015}, 404),
            Retry("it refuses this address or token (404)", HOUR, whole_channel=True),
            id="discord-deleted-hook",
        ),
        pytest.param(
            "mattermost",
            answer_json({"id": "web.incoming_webhook.invalid.app_error", "message": "Invalid webhook."}, 400),
            Retry("Mattermost refuses the hook: invalid.app_error", HOUR, whole_channel=True),
            id="mattermost-deleted-hook",
        ),
        pytest.param(
            "mattermost",
            answer_json({"id": "web.incoming_webhook.text.app_error", "message": "No text specified."}, 400),
            Rejected("it refuses this message (400): No text specified."),
            id="mattermost-poison",
        ),
        pytest.param(
            "slack-hook",
            Answer(400, b"user_not_found"),
            Retry("Slack cannot post there: user_not_found", HOUR),
            id="slack-somebody-who-left",
        ),
        pytest.param(
            "matrix",
            answer_json({"errcode": "M_FORBIDDEN", "error": "You are not allowed"}, 403),
            Retry("Matrix cannot post in this room: M_FORBIDDEN", HOUR),
            id="matrix-not-in-the-room",
        ),
        pytest.param(
            "matrix",
            answer_json({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2500}, 429),
            Retry("it asks to send less (429)", timedelta(seconds=2.5), whole_channel=True),
            id="matrix-retry-after-ms",
        ),
    ],
)
def test_a_service_is_understood_in_its_own_words(
    request: pytest.FixtureRequest, name: str, answer: Answer, expected: object
) -> None:
    if name in MAKERS:
        with MAKERS[name][0]() as end:
            end.instead = [answer] * 4
            before = time.monotonic()
            assert send(channel(MAKERS[name][1](end.port))) == expected
            assert time.monotonic() - before < 1.5
    else:
        end = request.getfixturevalue(name.partition("-")[0])
        end.instead = [answer] * 4
        assert send(channel(FIXED[name])) == expected
        assert len(end.requests) == 1


def test_nothing_listens() -> None:
    with NtfyEnd() as end:
        port = end.port
    assert send(channel(f"ntfy://127.0.0.1:{port}/alerts")) == Retry("the connection was refused", whole_channel=True)


def test_five_messages_to_matrix_are_five_events_and_a_repeat_is_none() -> None:
    with MatrixEnd() as end:
        to = channel(MAKERS["matrix"][1](end.port))
        for number in range(5):
            assert isinstance(send(to, replace(CONTENT, uid=f"a-{number}")), Sent)
        assert isinstance(send(to, replace(CONTENT, uid="a-3")), Sent)
        assert len(end.arrived) == 5
        assert end.arrived[0]["format"] == "org.matrix.custom.html"
        assert "Nordkorea liefert Raketen" in end.arrived[0]["body"]


def test_messages_are_not_spaced_out_by_apprise() -> None:
    with NtfyEnd() as end:
        before = time.monotonic()
        outcomes = send_all(channel(MAKERS["ntfy"][1](end.port)), [CONTENT] * 6)
        assert time.monotonic() - before < 3
        assert all(isinstance(outcome, Sent) for outcome in outcomes)
        assert len(end.arrived) == 6


def test_ntfy_gets_a_priority_and_a_link_as_it_was_encoded() -> None:
    content = replace(CONTENT, severity=Severity.CRITICAL, url="https://a.example/ä(1)?q=a%2Fb")
    with NtfyEnd() as end:
        send(channel(MAKERS["ntfy"][1](end.port)), content)
        assert end.arrived[0]["click"] == "https://a.example/%C3%A4%281%29?q=a%2Fb"
        assert end.arrived[0]["priority"] == "max"


def test_ten_hanging_channels_do_not_delay_a_good_one() -> None:
    with NtfyEnd() as bad, NtfyEnd() as good:
        bad.instead = [Answer(hang=True)] * 40
        hanging = [channel(MAKERS["ntfy"][1](bad.port), timeout=timedelta(seconds=3)) for _ in range(10)]
        healthy = channel(MAKERS["ntfy"][1](good.port))

        async def together() -> float:
            async def attempt(to: Channel) -> object:
                return await to.send(render(CONTENT, to.style, BERLIN, TEMPLATES), "")

            stuck = [asyncio.create_task(attempt(to)) for to in hanging for _ in range(3)]
            await asyncio.sleep(0)
            before = time.monotonic()
            assert isinstance(await attempt(healthy), Sent)
            took = time.monotonic() - before
            assert all(isinstance(outcome, Retry) for outcome in await asyncio.gather(*stuck))
            return took

        assert asyncio.run(together()) < 2
        assert len(good.arrived) == 1


def test_a_place_for_each_recipient_gives_each_its_own_fate(slack: SlackEnd) -> None:
    to = channel(f"slack://{SlackEnd.TOKEN}/{{to}}", recipients=("#general", "#nowhere", "#alerts"))
    assert to.recipients == ("#general", "#nowhere", "#alerts")
    outcomes = [send(to, recipient=recipient) for recipient in to.recipients]
    assert [type(outcome) for outcome in outcomes] == [Sent, Retry, Sent]
    assert len(slack.arrived) == 2


@pytest.mark.parametrize(
    ("url", "settings", "words"),
    [
        pytest.param("nosuch://canary-token/x", {}, "Apprise cannot use its URL", id="scheme"),
        pytest.param("tgram://canary-token", {}, "Apprise cannot use its URL", id="missing-part"),
        pytest.param("canary-token", {}, "Apprise cannot use its URL", id="no-url"),
        pytest.param("ntfy://canary-token.example/a/b", {}, "names 2 places", id="two-places"),
        pytest.param("ntfy://canary-token.example/{to}", {}, "no recipients are listed", id="no-recipients"),
        pytest.param("ntfy://canary-token.example/a", {"recipients": ("b",)}, "write {to}", id="no-place"),
        pytest.param("webhook+ftp://canary-token/", {"type": "webhook"}, "needs an http", id="webhook"),
        pytest.param("mailto://canary-token:99999999/", {}, "cannot be read", id="mail-port"),
        pytest.param("ntfy://canary-token.example/a", {"type": "pigeon"}, "there is no type pigeon", id="type"),
    ],
)
def test_a_bad_url_is_named_by_its_channel_and_not_shown(url: str, settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ChannelError, match="channel test") as raised:
        channel(url, **settings)
    assert words in str(raised.value)
    assert "canary" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_service_that_cannot_confirm_is_warned_of() -> None:
    assert "cannot confirm" in channel("rsyslog://127.0.0.1").warnings[0]
    assert channel("ntfy://127.0.0.1/x").warnings == ()


def test_any_other_service_gets_plain_text_and_is_judged_by_its_status() -> None:
    with HttpEnd() as end:
        to = channel(f"json://127.0.0.1:{end.port}/in")
        assert isinstance(send(to), Sent)
        assert "Nordkorea liefert Raketen" in end.requests[0].json["title"]
        end.instead = [Answer(500), answer_json({"success": False, "error": "quota"})]
        assert send(to) == Retry("it has an error of its own (500)", unclear=True)
        assert send(to) == Retry("it says no: quota", HOUR, whole_channel=True)
