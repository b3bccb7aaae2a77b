"""The signed webhook, seen from the receiver."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.channels import ChannelSpec, Rejected, Retry, Sent, open_channel
from monitor.secret import Secret
from tests.alerts.samples import CONTENT
from tests.channels.ends.http import Answer, HttpEnd
from tests.channels.sending import channel, send

KEY = "correct horse battery staple"
DOCS = Path(__file__).parents[2] / "docs" / "channels.md"


def test_the_receiver_can_check_who_sent_it_and_when() -> None:
    now = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    with HttpEnd() as end:
        spec = ChannelSpec("hook", Secret(f"webhook+http://127.0.0.1:{end.port}/in"), signing_key=Secret(KEY))
        assert isinstance(send(open_channel(spec, clock=lambda: now)), Sent)
        (request,) = end.requests
    timestamp = request.headers["X-Newsmonitor-Timestamp"]
    expected = hmac.new(KEY.encode(), timestamp.encode() + b"." + request.body, hashlib.sha256).hexdigest()
    assert request.headers["X-Newsmonitor-Signature"] == f"sha256={expected}"
    assert timestamp == "1773144000"
    assert request.headers["X-Newsmonitor-Message"] == CONTENT.uid
    assert request.json["title"] == CONTENT.title
    assert request.json["severity"] == "high"


def test_the_documented_snippet_accepts_ours_and_refuses_a_changed_one() -> None:
    snippet = re.search(r"```python\n(def is_ours.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert snippet
    namespace: dict[str, object] = {}
    exec("import hashlib, hmac, time\n" + snippet.group(1), namespace)
    is_ours = namespace["is_ours"]
    assert callable(is_ours)
    with HttpEnd() as end:
        send(channel(f"webhook+http://127.0.0.1:{end.port}/in", signing_key=Secret(KEY)))
        (request,) = end.requests
    assert is_ours(KEY, request.headers, request.body)
    assert not is_ours("another key", request.headers, request.body)
    assert not is_ours(KEY, request.headers, request.body + b" ")
    old = {**request.headers, "X-Newsmonitor-Timestamp": "1000000000"}
    assert not is_ours(KEY, old, request.body)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(Answer(204), Sent(), id="204"),
        pytest.param(Answer(200, b"<html>"), Sent(), id="200"),
        pytest.param(Answer(413), Rejected("it refuses this message (413)"), id="413"),
        pytest.param(
            Answer(410),
            Retry("it refuses this address or token (410)", timedelta(hours=1), whole_channel=True),
            id="410",
        ),
        pytest.param(
            Answer(302, headers={"Location": "/"}),
            Retry("its address redirects (302), which is not followed", timedelta(hours=1), whole_channel=True),
            id="302",
        ),
        pytest.param(Answer(425), Retry("it has an error of its own (425)"), id="425"),
        pytest.param(
            Answer(429, headers={"Retry-After": "nonsense"}),
            Retry("it asks to send less (429)", whole_channel=True),
            id="429-nonsense",
        ),
        pytest.param(
            Answer(429, headers={"Retry-After": "999999999999"}),
            Retry("it asks to send less (429)", timedelta(hours=24), whole_channel=True),
            id="429-for-ever",
        ),
    ],
)
def test_the_receivers_answer_decides(answer: Answer, outcome: object) -> None:
    with HttpEnd() as end:
        end.instead = [answer]
        assert send(channel(f"webhook+http://127.0.0.1:{end.port}/in", signing_key=Secret(KEY))) == outcome
        assert len(end.requests) == 1


def test_an_unsigned_webhook_is_warned_of() -> None:
    assert "not signed" in channel("webhook+https://hooks.example/in").warnings[0]


def test_the_environments_proxy_and_passwords_are_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password canary\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with HttpEnd() as proxy, HttpEnd() as end:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        assert isinstance(send(channel(f"webhook+http://127.0.0.1:{end.port}/in")), Sent)
        assert not proxy.requests
        assert "Authorization" not in end.requests[0].headers


def test_the_configured_proxy_is_used() -> None:
    with HttpEnd() as proxy:
        to = channel("webhook+http://hooks.example/in", proxy=Secret(f"http://127.0.0.1:{proxy.port}"))
        assert isinstance(send(to), Sent)
        assert proxy.requests[0].path == "http://hooks.example/in"
