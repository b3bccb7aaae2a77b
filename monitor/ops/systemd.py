"""What the service manager is told, by the protocol of sd_notify(3): one datagram per message, no library needed."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta


class ServiceManager:
    """The other end of ``NOTIFY_SOCKET``; without one every call does nothing.

    The variable is taken out of ``environment`` so that worker processes cannot speak for the daemon.
    """

    def __init__(self, environment: dict[str, str]) -> None:
        self._address = environment.pop("NOTIFY_SOCKET", "")
        self._usec = environment.pop("WATCHDOG_USEC", "")
        self._watched_pid = environment.pop("WATCHDOG_PID", "")

    @property
    def watchdog(self) -> timedelta | None:
        """How long the manager waits for a sign of life before it restarts us; None if it does not watch us."""
        if not self._usec.isdigit() or (self._watched_pid and self._watched_pid != str(os.getpid())):
            return None
        return timedelta(microseconds=int(self._usec))

    def ready(self, status: str) -> None:
        """Start-up (or a reload) is complete."""
        self._tell(READY="1", STATUS=status)

    def alive(self, status: str) -> None:
        """Feed the watchdog."""
        self._tell(WATCHDOG="1", STATUS=status)

    def status(self, status: str) -> None:
        """One line for ``systemctl status``, without feeding the watchdog."""
        self._tell(STATUS=status)

    def stopping(self) -> None:
        """Draining has begun."""
        self._tell(STOPPING="1")

    def _tell(self, **fields: str) -> None:
        if self._address:
            _send(self._address, fields)


def _send(address: str, fields: Mapping[str, str]) -> None:
    """Best effort, as sd_notify(3) is: a manager that is busy or gone must neither stop the daemon nor fail it."""
    if address.startswith("@"):  # Linux's abstract namespace, as systemd writes it
        address = "\0" + address[1:]
    message = "\n".join(f"{name}={' '.join(value.split())}" for name, value in fields.items())
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager, suppress(OSError):
        manager.sendto(message.encode(), socket.MSG_DONTWAIT, address)
