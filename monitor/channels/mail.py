"""E-mail by SMTP: one transaction per recipient, so that a refused one and a deferred one each have their own fate.

Apprise sends to all recipients at once, makes a new Message-ID every time, and cannot tell 450 from 550. Its
``mailto://`` and ``mailtos://`` addresses are understood: ``mailtos://user:password@example.org?smtp=…&from=…&to=…``;
so are ``smtp://`` (encrypted when the server offers it, and always for a password) and ``smtps://``.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from monitor.alerts.harmless import clean
from monitor.alerts.message import Message
from monitor.alerts.phrases import shortened
from monitor.alerts.style import EMAIL, Style
from monitor.channels.letter import as_address, make_letter
from monitor.channels.outcomes import BROKEN_CHANNEL, Outcome, Rejected, Retry, Sent
from monitor.channels.senders import HungUpError, Line, Senders
from monitor.channels.spec import ChannelError, ChannelSpec
from monitor.secret import Secret

_PORTS = {"insecure": 25, "starttls": 587, "ssl": 465, "auto": 587}
_MODES = {"mailto": "insecure", "mailtos": "starttls", "smtp": "auto", "smtps": "ssl"}
_TOO_LARGE = 552
_LOGIN_WANTED = frozenset({530, 534, 535, 538})
_ABOUT_US = re.compile(r"sender address|relay|authenticat|client host|helo command|\b5\.1\.[78]\b", re.IGNORECASE)
_ADDRESS = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed in. ``mode`` is ``insecure``, ``starttls``, ``ssl`` or ``auto``."""

    host: str
    port: int
    mode: str
    user: str
    password: Secret | None

    @property
    def is_here(self) -> bool:
        """Whether it is this machine, where a password meets no stranger."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False


class MailChannel:
    """Sends e-mail through one server."""

    style: Style = EMAIL

    def __init__(self, spec: ChannelSpec) -> None:
        try:
            parts, query = _read(spec.url)
            self._server = _server(parts, query)
            self._sender = _sender(spec, parts, query)
            recipients = spec.recipients or _recipients(parts, query) or (self._sender.addr_spec,)
            for recipient in recipients:
                as_address(recipient)
        except ValueError as error:
            raise ChannelError(f"channel {spec.name}: {_fault(error)}") from None
        self.name = spec.name
        self.recipients = tuple(recipients)
        self.warnings = (
            (f"channel {spec.name}: the password travels unencrypted (mailto:// with a password; use mailtos://)",)
            if self._server.mode == "insecure" and self._server.password
            else ()
        )
        self._spec = spec
        self._senders = Senders(spec.name, spec.senders, spec.timeout)

    @property
    def hanging(self) -> int:
        """Attempts given up on whose thread has not come back yet."""
        return self._senders.hanging

    async def send(self, message: Message, recipient: str) -> Outcome:
        """One SMTP transaction for one recipient."""
        return await self._senders.run(lambda line: self._send(message, recipient, line))

    def _send(self, message: Message, recipient: str, line: Line) -> Outcome:
        try:
            letter = make_letter(message, self._sender, recipient).as_bytes()
            to = as_address(recipient).addr_spec
        except ValueError:
            return Rejected("the recipient is no e-mail address")
        try:
            with contextlib.closing(self._client(line)) as smtp:
                self._log_in(smtp)
                outcome = _transaction(smtp, self._sender.addr_spec, to, letter)
                with contextlib.suppress(smtplib.SMTPException, OSError):
                    smtp.quit()
                return outcome
        except smtplib.SMTPAuthenticationError as error:
            return Retry(
                f"the mail server refuses the login ({error.smtp_code})",
                after=BROKEN_CHANNEL if error.smtp_code >= 500 else None,
                whole_channel=True,
            )
        except (smtplib.SMTPException, OSError) as error:
            return Retry(_sentence(error), whole_channel=True)

    def _client(self, line: Line) -> smtplib.SMTP:
        if self._server.mode == "ssl":
            return _HeldSMTPS(line, timeout=line.remaining, context=self._trust())
        return _HeldSMTP(line, timeout=line.remaining)

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._spec.ca_file)

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        """Connect, encrypt as configured, and log in where there is a password."""
        server = self._server
        smtp._host = server.host  # type: ignore[attr-defined] # noqa: SLF001 - the name TLS checks: only __init__ sets it
        code, words = smtp.connect(server.host, server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, words)
        smtp.ehlo_or_helo_if_needed()
        if server.mode == "starttls" or (server.mode == "auto" and smtp.has_extn("starttls")):
            smtp.starttls(context=self._trust())
            smtp.ehlo_or_helo_if_needed()
        elif server.mode == "auto" and server.password and not server.is_here:
            raise smtplib.SMTPNotSupportedError("STARTTLS")
        if server.user and server.password:
            smtp.login(server.user, server.password.reveal())


class _HeldSMTP(smtplib.SMTP):
    """A connection that the deadline can shut."""

    def __init__(self, line: Line, **settings: Any) -> None:  # noqa: ANN401 - smtplib's own
        self._line = line
        super().__init__(**settings)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = socket.create_connection((host, port), timeout)
        self._line.hold(connection)
        return connection


class _HeldSMTPS(smtplib.SMTP_SSL):
    """The same with TLS from the first byte."""

    def __init__(self, line: Line, **settings: Any) -> None:  # noqa: ANN401 - smtplib's own
        self._line = line
        super().__init__(**settings)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = socket.create_connection((host, port), timeout)
        self._line.hold(connection)
        return self.context.wrap_socket(connection, server_hostname=host)


def _transaction(smtp: smtplib.SMTP, sender: str, to: str, letter: bytes) -> Outcome:
    """MAIL, RCPT and DATA; what each refusal means (RFC 5321 §4.2.1)."""
    options = ["SMTPUTF8"] if not (sender.isascii() and to.isascii()) and smtp.has_extn("smtputf8") else []
    if smtp.has_extn("size"):
        options.append(f"size={len(letter)}")
    code, words = smtp.mail(sender, options)
    if code == _TOO_LARGE:
        return Rejected(f"the mail server finds it too large ({code})")
    if code != 250:
        after = BROKEN_CHANNEL if code >= 500 else None
        return Retry(f"the mail server refuses the sender ({code}){_said(words)}", after=after, whole_channel=True)
    code, words = smtp.rcpt(to)
    if code not in {250, 251}:
        return _refused_recipient(code, words)
    code, words = smtp.data(letter)
    return Sent(_plain(words)) if code == 250 else _refused("the message", code, words)


def _refused_recipient(code: int, words: bytes) -> Outcome:
    """A 5xx to RCPT is not always about the recipient: servers keep their refusal of a client or sender until then.

    Postfix does by default (``smtpd_delay_reject``). Were that final, every message would be lost to a relay that is
    set up wrongly for an hour. RFC 3463 §3.8: 5.7.x is about permission, which somebody can give.
    """
    said = _plain(words)
    if code >= 500 and (code in _LOGIN_WANTED or _ABOUT_US.search(_ADDRESS.sub("", said))):
        reason = f"the mail server takes no mail from here ({code}){_said(words)}"
        return Retry(reason, after=BROKEN_CHANNEL, whole_channel=True)
    if code >= 500 and said.startswith("5.7."):
        return Retry(f"the mail server does not permit the recipient ({code}){_said(words)}", after=BROKEN_CHANNEL)
    return _refused("the recipient", code, words)


def _refused(what: str, code: int, words: bytes) -> Outcome:
    if code >= 500:
        return Rejected(f"the mail server refuses {what} ({code}){_said(words)}")
    its_own = what == "the message" or _plain(words).startswith("4.3.")  # RFC 3463 §3.4: the state of the mail system
    reason = f"the mail server defers {what} ({code}){_said(words)}"
    return Retry(reason, whole_channel=code == 421, unclear=its_own and code != 421)


def _said(words: bytes) -> str:
    return f": {said}" if (said := _plain(words)) else ""


def _plain(words: bytes) -> str:
    return shortened(clean(words.decode("utf-8", "replace")).strip(), 160)


_FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPNotSupportedError, "the mail server lacks what the channel needs (STARTTLS or a login)"),
    (smtplib.SMTPServerDisconnected, "the mail server closed the connection"),
    (ssl.SSLError, "the mail server's TLS certificate could not be verified"),
    (TimeoutError, "the mail server did not answer in time"),
    (HungUpError, "the mail server did not answer in time"),
    (socket.gaierror, "the mail server's name does not resolve"),
    (ConnectionRefusedError, "the mail server refuses the connection"),
)


def _sentence(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server answers {error.smtp_code}{_said(_bytes(error.smtp_error))}"
    lost = "the connection to the mail server was lost"
    return next((sentence for kind, sentence in _FAILURES if isinstance(error, kind)), lost)


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode()


def server_of(url: Secret) -> tuple[str, int]:
    """The host and port that a mail address leads to. Raises ``ValueError``."""
    server = _server(*_read(url))
    return server.host, server.port


def _read(url: Secret) -> tuple[SplitResult, dict[str, str]]:
    parts = urlsplit(url.reveal())
    return parts, {key: values[-1] for key, values in parse_qs(parts.query).items()}


def _server(parts: SplitResult, query: dict[str, str]) -> Server:
    mode = query.get("mode", _MODES.get(parts.scheme, "insecure")).lower()
    if mode not in _PORTS:
        raise ValueError("mode is insecure, starttls, ssl or auto")
    host = query.get("smtp") or parts.hostname or ""
    if not host:
        raise ValueError("the address names no mail server")
    password = query.get("pass") or unquote(parts.password or "")
    user = query.get("user") or unquote(parts.username or "")
    return Server(host, parts.port or _PORTS[mode], mode, user, Secret(password) if password else None)


def _sender(spec: ChannelSpec, parts: SplitResult, query: dict[str, str]) -> Address:
    user = unquote(parts.username or "")
    written = spec.sender or query.get("from") or (user if "@" in user else f"{user or 'newsmonitor'}@{parts.hostname}")
    if "@" not in written:  # Apprise: from=Name
        written = f"{written} <{user if '@' in user else f'{user}@{parts.hostname}'}>"
    address = as_address(written)
    name = address.display_name or query.get("name", "newsmonitor")
    return Address(display_name=clean(name), username=address.username, domain=address.domain)


def _recipients(parts: SplitResult, query: dict[str, str]) -> tuple[str, ...]:
    listed = [*query.get("to", "").split(","), *unquote(parts.path).split("/")]
    return tuple(dict.fromkeys(one.strip() for one in listed if one.strip()))


def _fault(error: ValueError) -> str:
    """Our own sentences pass; those of the URL parser may hold part of the URL."""
    known = ("mode is", "the address names", "not an e-mail")
    return str(error) if str(error).startswith(known) else "its mailto address cannot be read"
