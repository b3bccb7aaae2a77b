"""One message on its way through a service that we speak to ourselves, because its plug-in tells too little."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monitor.alerts.message import Message
from monitor.channels.exchange import Watch
from monitor.channels.outcomes import Outcome


@dataclass(slots=True)
class Memory:
    """What a channel keeps from one sending to the next, such as a log-in. ``lock`` is for whoever changes it."""

    notes: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class Errand:
    """``plugin`` is Apprise's object (untyped): it has read the URL, and here does no more than that."""

    channel: str
    plugin: Any
    message: Message
    watch: Watch
    now: datetime
    memory: Memory


Speech = Callable[[Errand], Outcome | None]
"""Sends the message; ``None`` leaves it to the plug-in, for the kinds of address that only it knows."""
