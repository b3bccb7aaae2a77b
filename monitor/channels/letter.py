"""An alert as an e-mail: plain text and HTML, threaded, and with nothing from a feed that could become a header."""

from __future__ import annotations

import re
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from monitor.alerts.harmless import clean
from monitor.alerts.message import Message
from monitor.alerts.phrases import shortened
from monitor.rules.model import Severity

_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9._-]+")
_IMPORTANCE = {Severity.CRITICAL: "high", Severity.HIGH: "high", Severity.INFO: "low"}


def make_letter(message: Message, sender: Address, recipient: str) -> EmailMessage:
    """The whole e-mail. Message-ID depends on the message and the sender's domain alone, so a repeat can be told.

    Every e-mail of a thread refers to one invented root, and a follow-up also to the first message: mail programs that
    look at either keep them together (RFC 5322 §3.6.4). Raises ``ValueError`` for an address that is none.
    """
    letter = EmailMessage(policy=SMTP)
    letter["From"] = sender
    letter["To"] = as_address(recipient)
    letter["Subject"] = _header(message.title)
    letter["Date"] = message.at.astimezone(UTC)
    letter["Message-ID"] = message_id(message.uid, sender.domain)
    if message.replies_to:
        letter["In-Reply-To"] = message_id(message.replies_to, sender.domain)
    if references := _references(message, sender.domain):
        letter["References"] = references
    letter["List-Id"] = f"<{_id_part(message.rule or 'operations')}.newsmonitor.{sender.domain}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Auto-Response-Suppress"] = "All"
    letter["X-Newsmonitor-Severity"] = message.severity.word
    if message.rule:
        letter["X-Newsmonitor-Rule"] = _id_part(message.rule)
    if importance := _IMPORTANCE.get(message.severity):
        letter["Importance"] = importance
    letter.set_content(message.body + "\n", charset="utf-8", cte="quoted-printable")
    if message.html:
        letter.add_alternative(message.html, subtype="html", charset="utf-8", cte="quoted-printable")
    return letter


def as_address(text: str) -> Address:
    """``Jane <jane@example.org>`` or ``jane@example.org``. Raises ``ValueError`` for anything else."""
    name, angle, rest = text.strip().rpartition("<")
    spec = rest.removesuffix(">") if angle else text.strip()
    user, _, domain = spec.rpartition("@")
    if not user or not domain or any(c.isspace() or ord(c) < 32 or c in '<>,;:\\"' for c in spec):
        raise ValueError("not an e-mail address")
    return Address(display_name=_header(name).strip(' "'), username=user, domain=domain)


def message_id(uid: str, domain: str) -> str:
    """``<uid@domain>`` in ASCII (RFC 5322 §3.6.4)."""
    return f"<{_id_part(uid)}@{domain.encode('idna').decode() if not domain.isascii() else domain}>"


def _references(message: Message, domain: str) -> str:
    parts = [message_id(f"thread.{message.thread}", domain)] if message.thread else []
    if message.replies_to:
        parts.append(message_id(message.replies_to, domain))
    return " ".join(parts)


def _id_part(text: str) -> str:
    return _NOT_IN_IDS.sub("-", text)[:120].strip(".-") or "newsmonitor"


def _header(text: str) -> str:
    """One line without anything a header could be broken with."""
    return shortened(clean(text).strip(), 250)
