"""The whole daemon: one alert to Postfix, Matrix and a webhook at once, one of them down; counted where it arrived."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.channels.ends.postfix import FULL, GOOD, UNKNOWN, Postfix
from tests.channels.ends.synapse import Synapse
from tests.e2e.daemon import Installation, codeword, codeword_headline, running
from tests.e2e.world import Item, feed_server, rss, until, webhook_end

COUNT = 4


def told(texts: list[str]) -> Counter[str]:
    """How often each alert's codeword is there."""
    return Counter(found.group() for text in texts if (found := re.search(r"Kennwort\d+", text)))


ALL_ONCE = Counter(codeword(number) for number in range(COUNT))


def test_what_one_end_refuses_or_misses_changes_nothing_for_the_others(
    tmp_path: Path, mail_server: Postfix, homeserver: Synapse
) -> None:
    mail_server.empty()
    bot, reader = homeserver.register("daemon"), homeserver.register("duty")
    room = reader.make_room(bot)
    home = Installation(tmp_path)
    with feed_server() as feeds, webhook_end() as hook:
        hook.status = 503
        feeds.pages["/rss"] = rss([Item(f"item-{n}", codeword_headline(n)) for n in range(COUNT)], "de")
        home.write_codeword_rules(COUNT, ["mail", "room", "hook"])
        home.write_config(
            feeds=[{"id": "wire", "url": f"{feeds.url}/rss", "language": "de"}],
            channels={
                "mail": {
                    "url": f"mailto://127.0.0.1:{mail_server.port}?from=nm@example.net",
                    "to": [GOOD, UNKNOWN, FULL],
                },
                "room": {"url": f"matrix://{bot.token}@127.0.0.1:{homeserver.port}/{quote(room, safe='')}"},
                "hook": {"type": "webhook", "url": hook.url, "secret": "a key that both ends know"},
            },
            delivery={"backoff_first": "200ms", "backoff_max": "1s"},
        )

        def letters() -> Counter[str]:
            return told([str(letter["Subject"]) for letter in mail_server.letters()])

        def events() -> Counter[str]:
            return told([event["content"]["body"] for event in reader.messages(room)])

        with running(home) as daemon:
            until(lambda: letters() == ALL_ONCE and events() == ALL_ONCE, "mail and room have all", note=daemon.text)
            assert hook.calls == []
            hook.status = 200
            until(lambda: len(hook.calls) >= COUNT, "the webhook has all", note=daemon.text)
            until(lambda: deliveries(home, "retried", FULL) >= 2, "the full mailbox was tried again")
            assert daemon.stop() == 0, daemon.text()
        assert told([str(document["title"]) for document in hook.documents]) == ALL_ONCE
        assert letters() == ALL_ONCE
        assert events() == ALL_ONCE
        assert mail_server.others == []
        assert deliveries(home, "dead", UNKNOWN) == COUNT, "each refused once, for good"
        assert deliveries(home, "dead", FULL) == 0


def deliveries(home: Installation, kind: str, recipient: str) -> int:
    """How many events of this kind the journal has for a recipient."""
    listed = home.command("events", "--kind", kind, "--limit", "500", "--json").stdout
    events: list[dict[str, Any]] = json.loads(listed)
    return sum(1 for event in events if recipient in event["reason"])
