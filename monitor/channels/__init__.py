"""How a message leaves: one channel, one recipient, one attempt, and an outcome that can be trusted."""

from __future__ import annotations

from monitor.channels.opening import open_channel
from monitor.channels.outcomes import Outcome, Rejected, Retry, Sent
from monitor.channels.spec import Channel, ChannelError, ChannelSpec
from monitor.channels.templates import load_templates

__all__ = [
    "Channel",
    "ChannelError",
    "ChannelSpec",
    "Outcome",
    "Rejected",
    "Retry",
    "Sent",
    "load_templates",
    "open_channel",
]
