"""E-mail as it lies in the mailbox, and the fate of each recipient."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from monitor.alerts.render import render
from monitor.channels import Rejected, Retry, Sent
from tests.alerts.live_markup import html_parts
from tests.alerts.samples import BERLIN, CONTENT, DIGEST, FOLLOW_UP, NOTICE
from tests.channels.certificate import make_certificate
from tests.channels.ends.smtp import SmtpEnd
from tests.channels.sending import TEMPLATES, channel, send

TO = "analyst@example.org"
HOUR = timedelta(hours=1)


@pytest.fixture
def server() -> Iterator[SmtpEnd]:
    with SmtpEnd() as end:
        yield end


def address(end: SmtpEnd, rest: str = "") -> str:
    return f"mailto://127.0.0.1:{end.port}?from=alerts@news.example&to={TO}{rest}"


def only(end: SmtpEnd, recipient: str = TO) -> EmailMessage:
    (letter,) = end.mailboxes[recipient]
    return letter


def part(letter: EmailMessage, kind: str) -> str:
    body = letter.get_body((kind,))
    assert isinstance(body, EmailMessage)
    return str(body.get_content())


def test_a_letter_has_a_plain_and_an_html_part_that_say_the_same(server: SmtpEnd) -> None:
    assert send(channel(address(server))) == Sent("queued as 4F2A")
    letter = only(server)
    assert letter.get_content_type() == "multipart/alternative"
    assert [one.get_content_type() for one in letter.iter_parts()] == ["text/plain", "text/html"]
    shown = " ".join(html_parts(part(letter, "html"))[0].split())
    for fact in (
        "Nordkorea liefert Raketen an Russland",
        "Die Zeitung · German · Tue 10 Mar, 10:05 CET",
        "eine Million",
    ):
        assert fact in part(letter, "plain")
        assert fact in shown
    assert "https://zeitung.example/welt/frachter?id=7&utm=x" in part(letter, "plain")
    assert 'href="https://zeitung.example/welt/frachter?id=7&amp;utm=x"' in part(letter, "html")


def test_a_letter_says_what_it_is_to_people_and_filters(server: SmtpEnd) -> None:
    send(channel(address(server), sender="Nachrichtenwächter <alerts@news.example>"))
    letter = only(server)
    assert letter["Subject"] == "🟠 HIGH · Arms DPRK–Russia: Nordkorea liefert Raketen an Russland"
    assert letter["From"] == "Nachrichtenwächter <alerts@news.example>"
    assert letter["To"] == TO
    assert letter["Message-ID"] == "<a-1@news.example>"
    assert letter["Date"].datetime == CONTENT.found_at
    assert letter["List-Id"] == "<dprk-russia-arms.newsmonitor.news.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["X-Newsmonitor-Severity"] == "high"
    assert letter["Importance"] == "high"
    assert letter["MIME-Version"] == "1.0"


def test_it_is_readable_on_a_phone_and_in_the_dark_and_loads_nothing(server: SmtpEnd) -> None:
    send(channel(address(server)))
    html = part(only(server), "html")
    assert '<meta name="viewport" content="width=device-width' in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "prefers-color-scheme: dark" in html
    assert not re.search(r"<img|src=|url\(|@import|<link", html)


def test_a_repeat_can_be_told_and_a_follow_up_is_a_reply(server: SmtpEnd) -> None:
    to = channel(address(server))
    for content in (CONTENT, CONTENT, FOLLOW_UP):
        assert isinstance(send(to, content), Sent)
    first, again, reply = server.mailboxes[TO]
    assert first["Message-ID"] == again["Message-ID"]
    assert reply["Message-ID"] != first["Message-ID"]
    assert reply["In-Reply-To"] == first["Message-ID"]
    assert first["References"] == "<thread.t-1@news.example>"
    assert reply["References"] == f"<thread.t-1@news.example> {first['Message-ID']}"
    assert reply["Subject"].startswith("Re: 🟠 HIGH · Arms DPRK–Russia: ")
    assert "now 5 origins; also in Korean" in part(reply, "plain")


@pytest.mark.parametrize(
    "content",
    [
        replace(CONTENT, title="x\r\nBcc: victim@example.org\r\n\r\nbody", rule_title="y\nX-Evil: 1"),
        replace(CONTENT, rule="r\r\nX-Evil: 1", uid="u\r\nX-Evil: 1", thread="t>\r\nX-Evil: 1"),
        replace(CONTENT, title="\ud800" * 5, feed_title="\x00\x1b"),
        replace(CONTENT, title="Я" * 5000),
        replace(CONTENT, title=""),
        DIGEST,
        NOTICE,
    ],
    ids=["header", "ids", "surrogates", "long", "empty", "digest", "notice"],
)
def test_no_text_becomes_a_header(server: SmtpEnd, content: object) -> None:
    assert isinstance(send(channel(address(server)), content), Sent)  # type: ignore[arg-type]
    letter = only(server)
    assert letter["Bcc"] is None
    assert letter["X-Evil"] is None
    assert not letter.defects
    assert all(len(line) <= 998 for line in letter.as_bytes().splitlines())


def test_each_recipient_has_its_own_fate() -> None:
    refuse = {"gone@example.org": "550 no such user", "full@example.org": "450 mailbox busy"}
    with SmtpEnd(refuse=refuse) as end:
        to = channel(address(end), recipients=(TO, *refuse))
        outcomes = {recipient: send(to, recipient=recipient) for recipient in to.recipients}
        assert outcomes == {
            TO: Sent("queued as 4F2A"),
            "gone@example.org": Rejected("the mail server refuses the recipient (550): no such user"),
            "full@example.org": Retry("the mail server defers the recipient (450): mailbox busy"),
        }
        assert set(end.mailboxes) == {TO}
        assert only(end)["To"] == TO


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        pytest.param(
            "554 looks like spam", Rejected("the mail server refuses the message (554): looks like spam"), id="554"
        ),
        pytest.param(
            "451 try later", Retry("the mail server defers the message (451): try later", unclear=True), id="451"
        ),
        pytest.param(
            "421 going down",
            Retry("the mail server defers the message (421): going down", whole_channel=True),
            id="421",
        ),
    ],
)
def test_a_refused_letter_is_rejected_or_deferred(line: str, outcome: object) -> None:
    with SmtpEnd(refuse_data=line) as end:
        assert send(channel(address(end))) == outcome


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        pytest.param("550 5.1.1 <relay@x.example>: unknown", Rejected, id="unknown"),
        pytest.param("550 no such user", Rejected, id="unknown-in-words"),
        pytest.param("552 5.2.2 mailbox full", Rejected, id="full"),
        pytest.param("550 5.7.1 members only", (HOUR, False), id="not-permitted"),
        pytest.param("554 5.7.1 <x@x.example>: Relay access denied", (HOUR, True), id="relay-postfix"),
        pytest.param("550 relay not permitted", (HOUR, True), id="relay-exim"),
        pytest.param(
            "553 5.1.8 <a@news.example>: Sender address rejected: Domain not found", (HOUR, True), id="sender"
        ),
        pytest.param("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked", (HOUR, True), id="blocklist"),
        pytest.param("530 5.7.0 Authentication required", (HOUR, True), id="login"),
        pytest.param("454 4.7.1 Relay access denied", (None, False), id="relay-deferred"),
    ],
)
def test_a_refusal_at_the_recipient_is_final_only_when_it_is_about_the_recipient(line: str, outcome: object) -> None:
    with SmtpEnd(refuse={TO: line}) as end:
        came = send(channel(address(end)))
    assert (came.after, came.whole_channel) == outcome if isinstance(came, Retry) else type(came) is outcome, came


@pytest.mark.parametrize(
    ("line", "unclear"),
    [
        pytest.param("450 4.2.2 mailbox is full", False, id="the-recipients-own"),
        pytest.param("452 4.3.1 insufficient system storage", True, id="the-mail-systems"),
    ],
)
def test_a_recipient_put_off_by_the_state_of_the_mail_system_may_be_anybody(line: str, *, unclear: bool) -> None:
    with SmtpEnd(refuse={TO: line}) as end:
        outcome = send(channel(address(end)))
    assert isinstance(outcome, Retry)
    assert (outcome.unclear, outcome.whole_channel) == (unclear, False)


def test_a_refused_sender_stops_the_channel_not_the_message(server: SmtpEnd) -> None:
    server.refuse_sender = "553 not yours"
    outcome = send(channel(address(server)))
    assert outcome == Retry("the mail server refuses the sender (553): not yours", HOUR, whole_channel=True)


def test_a_wrong_password_stops_the_channel_for_an_hour_and_is_not_told() -> None:
    with SmtpEnd(password="right") as end:
        url = f"mailto://bot:canary%40wrong@127.0.0.1:{end.port}?from=alerts@news.example&to={TO}"
        outcome = send(channel(url))
        assert outcome == Retry("the mail server refuses the login (535)", HOUR, whole_channel=True)
        right = f"mailto://bot:right@127.0.0.1:{end.port}?from=alerts@news.example&to={TO}"
        assert isinstance(send(channel(right)), Sent)
        assert "unencrypted" in channel(right).warnings[0]


def test_a_server_that_is_not_there() -> None:
    with SmtpEnd() as end:
        url = address(end)
    assert send(channel(url)) == Retry("the mail server refuses the connection", whole_channel=True)


@pytest.mark.parametrize("greeting", [b"", b"220-slow\r\n" * 3], ids=["silent", "dripping"])
def test_a_server_that_hangs_is_given_up_in_time_and_its_thread_comes_back(greeting: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(greeting)
                connection.recv(100)

        threading.Thread(target=greet, daemon=True).start()
        to = channel(f"mailto://127.0.0.1:{listener.getsockname()[1]}?from=a@b.example", timeout=timedelta(seconds=0.4))
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


def test_starttls_is_used_and_the_certificate_is_checked(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    with SmtpEnd(tls=context) as end:
        url = f"mailtos://localhost:{end.port}?from=alerts@news.example&to={TO}"
        unknown = send(channel(url))
        assert unknown == Retry("the mail server's TLS certificate could not be verified", whole_channel=True)
        assert isinstance(send(channel(url, ca_file=certificate)), Sent)
        assert len(end.mailboxes[TO]) == 1


def test_smtp_uses_tls_where_it_is_offered_and_works_without_where_no_password_travels(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    with SmtpEnd(tls=context) as end:
        url = f"smtp://localhost:{end.port}?from=alerts@news.example&to={TO}"
        assert isinstance(send(channel(url, ca_file=certificate)), Sent)
        assert isinstance(send(channel(url)), Retry)
    with SmtpEnd() as end:
        assert isinstance(send(channel(f"smtp://127.0.0.1:{end.port}", recipients=(TO,))), Sent)


def test_a_server_without_tls_gets_no_mail_from_a_channel_that_wants_it(server: SmtpEnd) -> None:
    outcome = send(channel(f"mailtos://127.0.0.1:{server.port}?from=alerts@news.example&to={TO}"))
    assert isinstance(outcome, Retry)
    assert "STARTTLS" in outcome.reason
    assert not server.mailboxes


@pytest.mark.parametrize(
    ("url", "recipients", "sender"),
    [
        pytest.param("mailtos://bot:pw@example.org", ("bot@example.org",), "bot@example.org", id="to-oneself"),
        pytest.param("mailtos://bot%40example.org:pw@mail.example", ("bot@example.org",), "bot@example.org", id="at"),
        pytest.param(
            "mailto://example.org/a@x.example/b@x.example",
            ("a@x.example", "b@x.example"),
            "newsmonitor@example.org",
            id="path",
        ),
        pytest.param(
            "mailto://example.org?to=a@x.example,b@x.example&from=c@y.example",
            ("a@x.example", "b@x.example"),
            "c@y.example",
            id="query",
        ),
        pytest.param("mailtos://bot:pw@example.org?from=Wache", ("bot@example.org",), "bot@example.org", id="name"),
    ],
)
def test_apprises_mail_addresses_are_understood(url: str, recipients: tuple[str, ...], sender: str) -> None:
    to = channel(url)
    assert to.recipients == recipients
    assert to._sender.addr_spec == sender  # type: ignore[attr-defined]
