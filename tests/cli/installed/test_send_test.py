"""``send-test``: does a channel work, before it has to."""

from __future__ import annotations

import json

import pytest

from tests.cli.installed.commands import Here
from tests.cli.installed.conftest import HOOK_CANARY, POST_CANARY, World
from tests.e2e.world import Mailbox, free_port


def mail_to(here: Here, port: int, *recipients: str) -> None:
    config = json.loads(here.config.read_text(encoding="utf-8"))
    url = f"mailto://127.0.0.1:{port}?from=nm@example.org&name={POST_CANARY}"
    config["channels"]["post"] = {"url": url, "to": list(recipients)}
    here.config.write_text(json.dumps(config), encoding="utf-8")


def test_every_recipient_gets_a_readable_test_message(here: Here, box: Mailbox) -> None:
    mail_to(here, box.port, "one@example.org", "two@example.org")
    done = here("send-test", "post")
    assert done.code == 0, done.line
    assert done.out.count("✓ sent to") == 2
    assert sorted(box.recipients) == ["one@example.org", "two@example.org"]
    assert "A test of the channel post" in str(box.messages[0]["Subject"])


def test_a_refusal_is_shown_in_the_words_of_the_server(past: Here) -> None:
    done = past("send-test", "post")
    assert done.code == 1
    assert "no such user here" in done.line
    assert "nobody@example.org" in done.line


def test_a_server_that_is_not_there_is_named_without_the_secret(here: Here) -> None:
    mail_to(here, free_port(), "one@example.org")
    done = here("send-test", "post")
    assert done.code == 1
    assert "✗ not now to one@example.org" in done.line
    assert "canary" not in done.line


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (410, 1)])
def test_a_webhook_answers_what_it_answers_and_its_secret_is_not_shown(
    status: int, code: int, past: Here, world: World
) -> None:
    world.hook.status = status
    try:
        done = past("send-test", "hook")
    finally:
        world.hook.status = 200
    assert done.code == code
    assert status == 200 or str(status) in done.line
    assert HOOK_CANARY not in done.line
