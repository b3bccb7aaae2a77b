"""One message on its way out: composed, put into the channel's form, and handed over page by page."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from monitor.alerts.content import Content, NoticeContent
from monitor.alerts.message import Message
from monitor.alerts.render import pages
from monitor.channels import Channel, Outcome, Rejected, Sent
from monitor.composing import compose
from monitor.post import Post
from monitor.store.values import ClaimedDelivery


class Sending:
    """Remembers which pages of a message are out, so that a retry goes on at the page that failed."""

    def __init__(self) -> None:
        self._pages_sent: dict[tuple[str, str], int] = {}

    async def send(self, post: Post, channel: Channel, message: Sequence[ClaimedDelivery], now: datetime) -> Outcome:
        """Send every page that is not out yet; the outcome of the last one tried."""
        first = message[0].delivery
        try:
            content = compose(message, now)
        except ValueError as error:
            return Rejected(f"what was stored cannot be read: {error}")
        key = (f"{first.channel} {first.batch or first.id}", first.recipient)
        outcome: Outcome = Sent()
        for number, page in enumerate(await _rendered(post, channel, content)):
            if number < self._pages_sent.get(key, 0):
                continue
            outcome = await channel.send(page, first.recipient)
            if not isinstance(outcome, Sent):
                return outcome
            self._pages_sent[key] = number + 1
        self._pages_sent.pop(key, None)
        return outcome


async def send_notice(post: Post, channel: Channel, content: NoticeContent, recipient: str) -> Outcome:
    """Send a notice that is in no outbox: it is read now or never."""
    return await channel.send((await _rendered(post, channel, content))[0], recipient)


async def _rendered(post: Post, channel: Channel, content: Content) -> Sequence[Message]:
    zone = post.zones.get(channel.name, UTC)
    # In a thread: a digest of hundreds takes half a second to fit.
    return await asyncio.to_thread(pages, content, channel.style, zone, post.templates[channel.name])
