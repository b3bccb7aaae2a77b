"""No byte of a channel's secret leaves it, while every channel fails, with everything logging at DEBUG."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Iterator
from datetime import timedelta

import pytest

from monitor.alerts.render import render
from monitor.channels import ChannelError, Rejected, Sent
from monitor.secret import Secret
from tests.alerts.samples import BERLIN, CONTENT
from tests.channels.ends.chat import DiscordEnd, SlackEnd, TelegramEnd
from tests.channels.ends.http import Answer, HttpEnd
from tests.channels.ends.smtp import SmtpEnd
from tests.channels.sending import TEMPLATES, channel

CANARY = "canary7secret"


@pytest.fixture
def everything_logged() -> Iterator[list[str]]:
    """All that any logger says at DEBUG, formatted as a file would show it."""
    lines: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    collector = Collector(logging.DEBUG)
    root = logging.getLogger()
    level = root.level
    root.addHandler(collector)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(collector)
    root.setLevel(level)


@pytest.fixture
def fixed_ends(telegram: TelegramEnd, discord: DiscordEnd, slack: SlackEnd) -> tuple[HttpEnd, ...]:
    """The services whose address is fixed."""
    return telegram, discord, slack


URLS = (
    "ntfy://user:{canary}@127.0.0.1:{port}/topic",
    "gotify://127.0.0.1:{port}/A{canary}0",
    "mmost://127.0.0.1:{port}/{canary}{canary}",
    "matrix://{canary}@127.0.0.1:{port}/!room:x",
    "matrix://user:{canary}@127.0.0.1:{port}/!room:x",
    "json://user:{canary}@127.0.0.1:{port}/{canary}?+X-Token={canary}",
    "form://127.0.0.1:{port}/{canary}",
    "rocket://user:{canary}@127.0.0.1:{port}/#general",
    "nctalk://user:{canary}@127.0.0.1:{port}/room",
    "apprise://127.0.0.1:{port}/{canary}",
    "tgram://123456789:{canary}AAAAAAAAAAAAAAAAAAAAAAAAAAAAA/4711",
    "discord://4174216298/{canary}",
    "slack://xoxb-1234567890-1234567890-{canary}00000000000/%23general",
    "slack://T1JJ3T3L2/A1BRTD4JD/TI{canary}0XrIdev",
    "webhook+http://user:{canary}@127.0.0.1:{port}/{canary}?token={canary}",
    "mailto://user:{canary}@127.0.0.1:{smtp}?from=a@b.example",
)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(401),
        Answer(500, b"x"),
        Answer(302, headers={"Location": f"/{CANARY}"}),
        Answer(hang=True),
        Answer(200, b"<p>"),
    ],
    ids=["401", "500", "302", "hang", "200"],
)
def test_no_channel_tells_its_secret_however_it_fails(
    everything_logged: list[str],
    capfd: pytest.CaptureFixture[str],
    fixed_ends: tuple[HttpEnd, ...],
    answer: Answer,
) -> None:
    with HttpEnd() as end, SmtpEnd(password="right") as mail:
        told: list[str] = []
        for one in (end, *fixed_ends):
            one.instead = [answer] * 60

        async def attempt(url: str) -> None:
            to = channel(
                url.format(canary=CANARY, port=end.port, smtp=mail.port),
                timeout=timedelta(seconds=0.5),
                signing_key=Secret(CANARY),
            )
            outcome = await to.send(render(CONTENT, to.style, BERLIN, TEMPLATES), to.recipients[0])
            told.extend((repr(outcome), repr(to), repr(to.warnings), repr(vars(to))))
            if answer.status != 200 or "mailto" in url:
                assert not isinstance(outcome, Sent)

        async def all_of_them() -> None:
            await asyncio.gather(*(attempt(url) for url in URLS))

        asyncio.run(all_of_them())
    written = capfd.readouterr()
    assert CANARY not in "\n".join((*told, *everything_logged, written.out, written.err))
    assert len(told) == 4 * len(URLS)


@pytest.mark.parametrize(
    "url",
    [
        f"nosuch://{CANARY}@x/y",
        f"tgrm://123:{CANARY}/1",
        f"slack://{CANARY}",
        f"discord://{CANARY}",
        f"mailto://user:{CANARY}@host:port/",
        f"webhook+https://user:{CANARY}@host:port/",
        f"ntfy://{CANARY}.example/one/two/three",
        f"ntfys://user:{CANARY}@/?priority={CANARY}",
        f"\x00{CANARY}://",
    ],
)
def test_a_url_that_cannot_be_used_is_not_told(everything_logged: list[str], url: str) -> None:
    try:
        channel(url)
    except ChannelError:
        trace = traceback.format_exc()
    else:
        trace = ""
    assert CANARY not in "\n".join((trace, *everything_logged))


def test_nothing_is_sent_to_an_address_that_is_none() -> None:
    with SmtpEnd() as mail:
        to = channel(f"mailto://127.0.0.1:{mail.port}?from=a@b.example")
        outcome = asyncio.run(to.send(render(CONTENT, to.style, BERLIN, TEMPLATES), "not an address"))
        assert outcome == Rejected("the recipient is no e-mail address")
        assert not mail.mailboxes
