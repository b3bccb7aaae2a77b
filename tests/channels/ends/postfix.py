"""A Postfix of our own on loopback: one mailbox takes mail, one is unknown, one is full; mail lies in a maildir."""

from __future__ import annotations

import email
import os
import pwd
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from tests.channels.certificate import make_certificate
from tests.channels.ends.programs import free_port, listens, program, running, until

GOOD, UNKNOWN, FULL = "desk@example.org", "gone@example.org", "full@example.org"
LARGEST = 40_000  # bytes of one letter

_MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = /dev/stdout
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example.org
mydestination =
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = reject_unauth_destination
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = example.org
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = inline:{{ {{{good} = desk/}}, {{{full} = full/}} }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
smtpd_recipient_restrictions =
  check_recipient_access inline:{{ {{{full} = 450 4.2.2 mailbox is full}} }}, reject_unauth_destination
smtpd_sender_restrictions = check_sender_access inline:{{ {{stranger@example.net = 550 5.7.1 not yours to send as}} }}
smtpd_reject_unlisted_recipient = yes
smtpd_tls_security_level = may
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtputf8_enable = yes
message_size_limit = {largest}
virtual_mailbox_limit = 0
mailbox_size_limit = 0
default_process_limit = 10
"""

_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
127.0.0.1:{tls_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True)
class Postfix:
    """A running one; ``tls_port`` is encrypted from the first byte. ``certificate`` is for ``localhost``."""

    port: int
    tls_port: int
    certificate: Path
    home: Path

    def letters(self) -> list[EmailMessage]:
        """What lies in the mailbox, as it was written to disk."""
        letters = []
        for path in (self.home / "mail" / "desk" / "new").glob("*"):
            letter = email.message_from_bytes(path.read_bytes(), policy=default)
            assert isinstance(letter, EmailMessage)
            letters.append(letter)
        return letters

    def empty(self) -> None:
        """Take all letters out."""
        for path in (self.home / "mail").glob("*/new/*"):
            path.unlink()

    @property
    def queued(self) -> list[Path]:
        """Letters that Postfix has not worked off."""
        return [path for name in ("incoming", "active") for path in (self.home / "queue" / name).rglob("*")]

    @property
    def others(self) -> list[Path]:
        """Letters in any other mailbox."""
        return [path for path in (self.home / "mail").glob("*/new/*") if path.parts[-3] != "desk"]


@contextmanager
def postfix() -> Iterator[Postfix]:
    """Its own configuration and queue; the machine's Postfix, if there is one, is not touched."""
    command = program("postfix", "postfix")
    if os.geteuid() != 0:
        pytest.fail("Postfix can be started by root alone: run these tests as root, in a container", pytrace=False)
    # Postfix gives up root's rights and must still reach its files; pytest's directories are root's alone
    home = Path(tempfile.mkdtemp(prefix="newsmonitor-postfix-"))
    try:
        home.chmod(0o755)
        certificate, key = make_certificate(home)
        user = pwd.getpwnam("postfix")
        port, tls_port = free_port(), free_port()
        for name, owned in (("config", False), ("queue", False), ("data", True), ("mail", True)):
            (home / name).mkdir(mode=0o755)
            if owned:
                os.chown(home / name, user.pw_uid, user.pw_gid)
        main = _MAIN.format(
            home=home, uid=user.pw_uid, gid=user.pw_gid, good=GOOD, full=FULL, certificate=certificate, key=key,
            largest=LARGEST,
        )  # fmt: skip
        (home / "config" / "main.cf").write_text(main)
        (home / "config" / "master.cf").write_text(_MASTER.format(port=port, tls_port=tls_port))
        with running([command, "-c", str(home / "config"), "start-fg"], port, home / "log"):
            try:
                yield Postfix(port, tls_port, certificate, home)
            finally:  # its master outlives the command that started it
                os.kill(int((home / "queue" / "pid" / "master.pid").read_text()), signal.SIGTERM)
                until(lambda: not listens(port), "Postfix has ended", log=home / "log")
    finally:
        shutil.rmtree(home, ignore_errors=True)
