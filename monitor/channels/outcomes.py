"""What an attempt can come to. Nothing here is raised: a channel that is down is ordinary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

BROKEN_CHANNEL = timedelta(hours=1)
"""How long to leave a channel alone when its own set-up is refused (a revoked token, a deleted room).

The setting ``delivery.refused_wait`` takes the place of this very object; an hour that a service asks for stays one.
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """The service has it, and said so. ``receipt`` is the id it gave, empty if it gives none."""

    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now. ``after`` is how long the service (or common sense) asks to wait; ``None``: the usual back-off.

    ``whole_channel``: every message would fare the same (rate limit, refused token, no connection), so none should be
    tried before. ``unclear``: the service has an error of its own, and only other messages can show whether this one
    is the cause. The message may have arrived all the same when the answer was lost.
    """

    reason: str
    after: timedelta | None = None
    whole_channel: bool = False
    unclear: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """Never: this message to this recipient is refused for good, others are not affected."""

    reason: str


Outcome: TypeAlias = Sent | Retry | Rejected
