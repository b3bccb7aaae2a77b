"""A channel that is down: another takes over, the outage travels by a third way, and nothing is lost in the end."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import RULE
from tests.e2e.daemon import Installation, running
from tests.e2e.world import FeedServer, Item, WebhookEnd, free_port, mailbox, rss, until, webhook_end

TITLE = "Nordkorea liefert Russland Raketen"


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_fallback_takes_over_and_the_outage_is_told_through_another_channel(
    home: Installation, feeds: FeedServer, hook: WebhookEnd
) -> None:
    port = free_port()
    feeds.pages["/rss"] = rss([], "de")
    with webhook_end() as operations:
        home.write_rule({**RULE, "alert": {"to": ["mail"]}})
        home.write_config(
            feeds=[{"id": "wire", "url": f"{feeds.url}/rss", "language": "de"}],
            channels={
                "mail": {
                    "url": f"mailto://127.0.0.1:{port}?from=nm@example.org",
                    "to": ["desk@example.org"],
                    "fallback": "hook",
                    "fallback_after": "2s",
                },
                "hook": {"type": "webhook", "url": hook.url, "secret": "k"},
                "ops": {"type": "webhook", "url": operations.url, "secret": "k"},
            },
            operations="mail",  # the channel that fails: bad news about it must not wait for it
            delivery={"backoff_first": "500ms", "backoff_max": "2s", "report_after": "2s"},
        )
        with running(home) as daemon:
            feeds.pages["/rss"] = rss([Item("a", TITLE)], "de")
            until(lambda: titles(hook) >= {TITLE}, "the fallback has it", seconds=60, note=daemon.text)
            told = (hook, operations)
            until(
                lambda: any("Channel mail: fails" in titles(end) for end in told),
                "the outage was told",
                seconds=60,
                note=lambda: ([end.documents for end in told], daemon.text()),
            )
            with mailbox(port) as box:
                until(
                    lambda: any(TITLE[:20] in str(mail["Subject"]) for mail in box.messages),
                    "its copy, late",
                    seconds=60,
                )
                until(
                    lambda: (
                        any("Channel mail: works again" in titles(end) for end in (hook, operations))
                        or any("works again" in str(mail["Subject"]) for mail in box.messages)
                    ),
                    "the end of the outage was told",
                    seconds=60,
                    note=daemon.text,
                )
                assert daemon.stop() == 0
    assert [document["title"] for document in hook.documents].count(TITLE) == 1


def titles(end: WebhookEnd) -> set[str]:
    return {str(document["title"]) for document in end.documents}
