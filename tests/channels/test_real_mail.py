"""Alerts through a real Postfix, counted in the maildir."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from monitor.channels import Channel, Rejected, Retry, Sent
from tests.alerts.samples import CONTENT, DIGEST, FOLLOW_UP, NOTICE
from tests.channels.ends.postfix import FULL, GOOD, LARGEST, UNKNOWN, Postfix
from tests.channels.ends.programs import until
from tests.channels.sending import patient_channel, send, send_all


@pytest.fixture
def server(mail_server: Postfix) -> Postfix:
    mail_server.empty()
    return mail_server


def to(server: Postfix, *recipients: str, sender: str = "alerts@news.example") -> Channel:
    return patient_channel(f"mailto://127.0.0.1:{server.port}?from={sender}", recipients=recipients or (GOOD,))


def arrived(server: Postfix, count: int) -> dict[str, EmailMessage]:
    """So many letters by their Message-ID, and no more: the queue is empty when the last one is there."""
    until(lambda: len(server.letters()) >= count, f"{count} letters", log=server.home / "log")
    until(lambda: not server.queued, "an empty queue", log=server.home / "log")
    letters = server.letters()
    assert len(letters) == count
    return {str(letter["Message-ID"]): letter for letter in letters}


def test_each_recipient_has_its_own_fate(server: Postfix) -> None:
    mail = to(server, GOOD, UNKNOWN, FULL)
    sent, refused, deferred = (send(mail, recipient=recipient) for recipient in mail.recipients)
    assert isinstance(sent, Sent)
    assert sent.receipt.startswith("2.0.0 Ok: queued as ")
    assert isinstance(refused, Rejected)
    assert refused.reason.startswith("the mail server refuses the recipient (550): 5.1.1")
    assert isinstance(deferred, Retry)
    assert deferred.reason.startswith("the mail server defers the recipient (450): 4.2.2")
    assert (deferred.after, deferred.whole_channel) == (None, False)
    letter = arrived(server, 1)["<a-1@news.example>"]
    assert letter["Delivered-To"] == GOOD
    assert not server.others


def test_the_headers_that_people_and_programs_go_by_survive(server: Postfix) -> None:
    assert isinstance(send(to(server)), Sent)
    letter = arrived(server, 1)["<a-1@news.example>"]
    assert letter["Return-Path"] == "<alerts@news.example>"
    assert letter["Subject"] == "🟠 HIGH · Arms DPRK–Russia: Nordkorea liefert Raketen an Russland"
    assert letter["List-Id"] == "<dprk-russia-arms.newsmonitor.news.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["X-Newsmonitor-Severity"] == "high"
    assert letter["X-Newsmonitor-Rule"] == "dprk-russia-arms"
    assert letter["Date"].datetime == CONTENT.found_at
    assert len(letter.get_all("Message-ID", [])) == 1
    assert not letter.defects
    plain, html = letter.iter_parts()
    assert isinstance(plain, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert "Pjöngjang bestreiten das" in plain.get_content()
    assert 'href="https://zeitung.example/welt/frachter?id=7&amp;utm=x"' in html.get_content()


def test_a_follow_up_is_in_the_thread_of_the_first(server: Postfix) -> None:
    mail = to(server)
    for content in (CONTENT, FOLLOW_UP, replace(FOLLOW_UP, uid="a-3")):
        assert isinstance(send(mail, content), Sent)
    letters = arrived(server, 3)
    for uid in ("a-2", "a-3"):
        reply = letters[f"<{uid}@news.example>"]
        assert reply["In-Reply-To"] == "<a-1@news.example>"
        assert reply["References"] == "<thread.t-1@news.example> <a-1@news.example>"
        assert reply["Subject"].startswith("Re: ")
    assert letters["<a-1@news.example>"]["References"] == "<thread.t-1@news.example>"


def test_twenty_letters_are_twenty_and_a_repeat_can_be_told(server: Postfix) -> None:
    mail = to(server)
    outcomes = send_all(mail, [replace(CONTENT, uid=f"a-{number}") for number in range(20)])
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert len(arrived(server, 20)) == 20
    send(mail, replace(CONTENT, uid="a-7"))
    assert len(arrived(server, 21)) == 20, "one Message-ID has come twice"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(replace(CONTENT, title="x\r\nBcc: full@example.org\r\n\r\nbody"), id="header"),
        pytest.param(replace(CONTENT, title="\r\n.\r\nMAIL FROM:<x@example.net>\r\n", excerpt=()), id="end-of-data"),
        pytest.param(replace(CONTENT, title="\ud800kaputt", feed_title="\x00\x1b"), id="surrogate"),
        pytest.param(replace(CONTENT, title="Ракеты " * 3000, title_marked=()), id="long"),
        pytest.param(replace(CONTENT, title="🚀" * 300), id="emoji"),
        pytest.param(replace(CONTENT, title="", excerpt=(), why=()), id="empty"),
        pytest.param(DIGEST, id="digest"),
        pytest.param(NOTICE, id="notice"),
    ],
)
def test_no_text_breaks_out_of_its_letter(server: Postfix, content: object) -> None:
    assert isinstance(send(to(server), content), Sent)  # type: ignore[arg-type]
    (letter,) = arrived(server, 1).values()
    assert letter["Bcc"] is None
    assert not letter.defects
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    assert not server.others


def test_a_sender_the_server_does_not_want_stops_the_channel(server: Postfix) -> None:
    outcome = send(to(server, sender="stranger@example.net"))
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.whole_channel) == (timedelta(hours=1), True)
    assert "5.7.1" in outcome.reason


def test_a_server_that_does_not_relay_for_us_stops_the_channel_and_loses_nothing(server: Postfix) -> None:
    outcome = send(to(server, "relay@elsewhere.example"))
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.whole_channel) == (timedelta(hours=1), True)
    assert "Relay access denied" in outcome.reason


def test_a_letter_too_large_for_the_server_is_rejected_before_it_is_sent(server: Postfix) -> None:
    large = replace(DIGEST, contents=tuple(replace(CONTENT, uid=f"a-{number}") for number in range(80)))
    outcome = send(to(server), large)
    assert isinstance(outcome, Rejected), outcome
    assert "too large (552)" in outcome.reason
    assert isinstance(send(to(server)), Sent)
    assert 5_000 < len(next(iter(arrived(server, 1).values())).as_bytes()) < LARGEST


def test_starttls_is_used_and_the_certificate_is_checked(server: Postfix) -> None:
    url = f"mailtos://localhost:{server.port}?from=alerts@news.example&to={GOOD}"
    assert send(patient_channel(url)) == Retry(
        "the mail server's TLS certificate could not be verified", whole_channel=True
    )
    assert isinstance(send(patient_channel(url, ca_file=server.certificate)), Sent)
    (letter,) = arrived(server, 1).values()
    assert "with ESMTPS id" in letter["Received"]


@pytest.mark.parametrize("form", ["smtps://localhost:{port}", "mailtos://localhost:{port}?mode=ssl"])
def test_tls_from_the_first_byte_is_used_and_the_certificate_is_checked(server: Postfix, form: str) -> None:
    url = form.format(port=server.tls_port)
    settings = {"sender": "alerts@news.example", "recipients": (GOOD,)}
    assert send(patient_channel(url, **settings)) == Retry(
        "the mail server's TLS certificate could not be verified", whole_channel=True
    )
    assert isinstance(send(patient_channel(url, ca_file=server.certificate, **settings)), Sent)
    (letter,) = arrived(server, 1).values()
    assert "with ESMTPS id" in letter["Received"]
