"""A mail server on loopback (aiosmtpd) with a fate for each recipient; what arrived is counted in the mailbox."""

from __future__ import annotations

import email
import socket
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import default
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword


def _free_port(hostname: str) -> int:
    with socket.create_server((hostname, 0)) as listener:
        return int(listener.getsockname()[1])


class SmtpEnd:
    """``refuse`` maps a recipient to the line it is refused with, ``refuse_data`` refuses every letter."""

    def __init__(
        self,
        *,
        refuse: Mapping[str, str] | None = None,
        refuse_data: str = "",
        password: str = "",
        tls: ssl.SSLContext | None = None,
        hostname: str = "127.0.0.1",
    ) -> None:
        self.mailboxes: dict[str, list[EmailMessage]] = {}
        self.refuse = dict(refuse or {})
        self.refuse_data = refuse_data
        self.refuse_sender = ""
        self._password = password
        self._controller = Controller(
            self,
            hostname=hostname,
            port=_free_port(hostname),
            tls_context=tls,
            require_starttls=tls is not None,
            authenticator=self._authenticate if password else None,
            auth_require_tls=False,
            enable_SMTPUTF8=True,
        )

    @property
    def port(self) -> int:
        return int(self._controller.port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    def _authenticate(
        self, _server: object, _session: object, _envelope: object, _mechanism: str, data: object
    ) -> AuthResult:
        right = isinstance(data, LoginPassword) and data.password.decode() == self._password
        return AuthResult(success=right, handled=False)

    async def handle_MAIL(
        self, _server: object, _session: object, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:
        if self.refuse_data:
            return self.refuse_data
        content = envelope.content
        assert isinstance(content, bytes)
        letter = email.message_from_bytes(content, policy=default)
        assert isinstance(letter, EmailMessage)
        for recipient in envelope.rcpt_tos:
            self.mailboxes.setdefault(recipient, []).append(letter)
        return "250 queued as 4F2A"
