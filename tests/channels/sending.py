"""Opens a channel and sends one message, for tests that look at what arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from monitor.alerts.content import Content
from monitor.alerts.render import render
from monitor.channels import Channel, ChannelSpec, Outcome, load_templates, open_channel
from monitor.secret import Secret
from tests.alerts.samples import BERLIN, CONTENT

TEMPLATES = load_templates()


def channel(url: str, **settings: Any) -> Channel:  # noqa: ANN401 - the fields of ChannelSpec
    """A channel with a short timeout."""
    settings.setdefault("timeout", timedelta(seconds=5))
    return open_channel(ChannelSpec("test", Secret(url), **settings))


def patient_channel(url: str, **settings: Any) -> Channel:  # noqa: ANN401 - the fields of ChannelSpec
    """A channel with the usual timeout, for real servers on a machine that has other things to do."""
    return channel(url, **{"timeout": timedelta(seconds=30), **settings})


def send(to: Channel, content: Content = CONTENT, recipient: str | None = None) -> Outcome:
    """One attempt for the first (or this) recipient."""
    message = render(content, to.style, BERLIN, TEMPLATES)
    return asyncio.run(to.send(message, to.recipients[0] if recipient is None else recipient))


def send_all(to: Channel, contents: Sequence[Content]) -> list[Outcome]:
    """One attempt each, all at once."""

    async def all_at_once() -> list[Outcome]:
        messages = [render(content, to.style, BERLIN, TEMPLATES) for content in contents]
        return await asyncio.gather(*(to.send(message, to.recipients[0]) for message in messages))

    return asyncio.run(all_at_once())
