"""A message in a service's own form: what a channel sends without another look at the words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.rules.model import Severity


@dataclass(frozen=True, slots=True)
class Message:
    """One message, ready. ``title`` is one plain line: the subject, the push title, or for a log.

    ``uid`` is the same for every attempt, so that a receiver can tell a repeat. ``html`` is the second form of an
    e-mail. ``link`` is a safe http(s) address or empty. ``thread`` and ``replies_to`` say which conversation it is in;
    ``rule`` is the rule's id, empty for digests and notices. ``at`` is when its news was found.
    """

    uid: str
    title: str
    body: str
    severity: Severity
    at: datetime
    html: str = ""
    link: str = ""
    thread: str = ""
    replies_to: str = ""
    rule: str = ""
