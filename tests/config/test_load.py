"""Reading config.yaml: defaults, shorthands, secrets that never show, names that must exist."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from monitor.alerts.quiet import held_until
from monitor.config import Config, known_names, load_config, routing_of
from monitor.config.feeds import feed_id
from monitor.rules.model import Budget, Severity
from monitor.rules.problems import ProblemsError

CANARY = "c4n4ry-s3cret"
BASE = "operations: desk\nfeeds: [https://example.org/feed]\n"


def load(tmp_path: Path, text: str, environment: Mapping[str, str] | None = None) -> Config:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return load_config(path, environment or {})


def test_a_small_config_is_complete(tmp_path: Path) -> None:
    config = load(tmp_path, BASE + "channels: {desk: console}\n")
    assert config.warnings == ()
    assert (config.data, config.rules) == (tmp_path / "data", tmp_path / "rules")
    assert config.timezone == ZoneInfo("UTC")
    assert config.polling.interval == timedelta(minutes=15)
    assert config.polling.max_bytes == 10 * 1024 * 1024
    assert config.polling.trust_env is False
    assert config.delivery.backoff_max == timedelta(minutes=30)
    assert config.channels["desk"].type == "console"
    (feed,) = config.feeds
    assert (feed.url, feed.id, feed.enabled) == ("https://example.org/feed", "example.org", True)


def test_a_config_does_not_change(tmp_path: Path) -> None:
    config = load(tmp_path, BASE + "channels: {desk: console}\n")
    with pytest.raises(ValidationError):
        config.backfill = True  # type: ignore[misc]  # that it is refused is the point


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        pytest.param("console", "console", id="terminal"),
        pytest.param("https://example.org/hook", "webhook", id="webhook"),
        pytest.param("{url: 'mailto://me:pw@example.org', to: a@example.org}", "email", id="mailto"),
        pytest.param("{url: 'smtp://localhost:25', from: me@example.org, to: [a@x.org, b@x.org]}", "email", id="smtp"),
        pytest.param("tgram://token/chat", "apprise", id="telegram"),
        pytest.param("{type: apprise, url: 'https://hooks.example.org/x'}", "apprise", id="type-given"),
    ],
)
def test_a_channels_type_is_found_from_its_url(tmp_path: Path, written: str, kind: str) -> None:
    assert load(tmp_path, BASE + f"channels:\n  desk: {written}\n").channels["desk"].type == kind


def test_secrets_come_from_variables_files_and_credentials(tmp_path: Path) -> None:
    secret = tmp_path / "hook.key"
    secret.write_text("from-file\n", encoding="utf-8")
    secret.chmod(0o600)
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "feed-auth").write_text("me:from-systemd", encoding="utf-8")
    text = """\
operations: desk
feeds:
  - {url: "https://example.org/feed", auth: "credential:feed-auth", headers: {X-Key: "k-${TOKEN}", X-Raw: "$${TOKEN}"}}
channels:
  desk: {url: "https://example.org/${TOKEN}", secret_file: hook.key}
"""
    environment = {"TOKEN": CANARY, "CREDENTIALS_DIRECTORY": str(tmp_path / "credentials")}
    config = load(tmp_path, text, environment)
    (feed,) = config.feeds
    channel = config.channels["desk"]
    assert channel.url is not None
    assert channel.secret is not None
    assert feed.auth is not None
    assert channel.url.reveal() == f"https://example.org/{CANARY}"
    assert channel.secret.reveal() == "from-file"
    assert feed.auth.reveal() == "me:from-systemd"
    assert feed.headers["X-Key"].reveal() == f"k-{CANARY}"
    assert feed.headers["X-Raw"].reveal() == "${TOKEN}"
    assert config.warnings == ()


def test_no_secret_shows_in_any_dump(tmp_path: Path) -> None:
    text = """\
operations: desk
feeds: [{url: "https://me:${T}@example.org/feed?key=${T}", headers: {Cookie: "${T}"}, auth: "${T}"}]
channels: {desk: {url: "https://example.org/${T}", secret: "${T}"}, mail: "tgram://${T}/1"}
"""
    config = load(tmp_path, text, {"T": CANARY})
    for shown in (repr(config), str(config), config.model_dump_json(), str(config.model_dump()), str(config.warnings)):
        assert CANARY not in shown
    with pytest.raises(TypeError):
        pickle.dumps(config.channels["desk"].url)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param("channels: {desk: {url: 'https://x/${T}', timeout: soon}}", id="other-setting-is-bad"),
        pytest.param("channels: {desk: {url: 'https://x/${T}', type: pigeon}}", id="type-is-bad"),
        pytest.param("channels: {desk: '${T}'}", id="not-a-url"),
        pytest.param("channels: {desk: {url: ['${T}']}}", id="list"),
        pytest.param("channels: {desk: {url: console, budget: '${T}'}}", id="in-a-budget"),
        pytest.param("channels: {desk: {url: console, language: '${T}'}}", id="in-a-language"),
        pytest.param("channels: {desk: {url: console, '${T}': 1}}", id="in-a-key"),
    ],
)
def test_a_problem_never_repeats_what_a_variable_holds(tmp_path: Path, broken: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        load(tmp_path, f"operations: desk\nfeeds: [https://example.org/feed]\n{broken}\n", {"T": CANARY})
    assert CANARY not in str(caught.value)
    assert CANARY not in repr(caught.value.problems)


def test_a_literal_secret_is_not_repeated_either(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as caught:
        load(tmp_path, f"channels: {{desk: {{url: [{CANARY}], secret: {{a: {CANARY}}}}}}}\n")
    assert CANARY not in str(caught.value)


def test_an_open_secrets_file_is_warned_about(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("tgram://token/chat", encoding="utf-8")
    secret.chmod(0o644)
    (warning,) = load(tmp_path, BASE + "channels: {desk: {url_file: url}}\n").warnings
    assert (warning.kind, warning.fix) == ("world-readable", f"chmod 600 {secret}")


def test_an_open_config_with_secrets_in_it_is_warned_about(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    for url, kinds in (("tgram://token/chat", ["world-readable"]), ("console", [])):
        path.write_text(BASE + f"channels: {{desk: '{url}'}}\n", encoding="utf-8")
        path.chmod(0o644)
        assert [warning.kind for warning in load_config(path, {}).warnings] == kinds


@pytest.mark.parametrize(
    ("url", "name"),
    [
        pytest.param("https://www.example.org/rss/world.xml", "example.org-world", id="path-says-it"),
        pytest.param("http://feeds.bbci.co.uk/news/world/rss.xml", "feeds.bbci.co.uk-news-world", id="host-and-path"),
        pytest.param("https://example.org:8443/feed", "example.org-8443", id="port"),
        pytest.param("https://me:pw@example.org/", "example.org", id="no-user-in-it"),
    ],
)
def test_a_feed_is_named_after_its_url(url: str, name: str) -> None:
    assert feed_id(url) == name


def test_a_query_enters_a_feeds_name_as_a_digest_only() -> None:
    first, second = feed_id("https://example.org/?key=one"), feed_id("https://example.org/?key=two")
    assert first != second
    assert first.startswith("example.org-")
    assert "one" not in first.removeprefix("example.org-")


def test_rules_may_use_the_names_of_the_config(tmp_path: Path) -> None:
    text = """\
operations: desk
feeds: [{url: "https://example.org/feed", id: wire-1, tags: [wire, korea]}]
channels: {desk: console}
quiet_hours: {nights: {from: 22:00, to: 07:00}}
digests: {morning: 07:00}
"""
    known = known_names(load(tmp_path, text))
    assert known.channels == frozenset({"desk"})
    assert (known.feed_ids, known.feed_tags) == (frozenset({"wire-1"}), frozenset({"wire", "korea"}))
    assert (known.quiet_hours, known.digests) == (frozenset({"nights"}), frozenset({"morning"}))


def test_the_settings_become_the_policy_of_telling(tmp_path: Path) -> None:
    text = """\
timezone: Europe/Berlin
operations: desk
feeds: [https://example.org/feed]
channels:
  desk: {url: console, quiet: nights, budget: 10/h, digest: {below: medium, as: morning}, min_severity: low}
  mail: {url: "smtp://localhost:25", to: [a@example.org, b@example.org], fallback: desk, fallback_after: 20m}
  off: {url: console, enabled: false}
quiet_hours:
  nights: {from: "22:00", to: "07:00", days: mon-fri}
digests:
  morning: {at: 07:00, count: 20, timezone: Asia/Seoul}
routes:
  - {when: {severity: high, tags: korea, rules: dprk-*}, to: mail}
  - {to: [desk], otherwise: true}
"""
    routing = routing_of(load(tmp_path, text))
    assert set(routing.channels) == {"desk", "mail"}
    desk, mail = routing.channels["desk"], routing.channels["mail"]
    assert (desk.budget, desk.digest_below, desk.digest_as) == (
        Budget(10, timedelta(hours=1)),
        Severity.MEDIUM,
        "morning",
    )
    assert mail.recipients == ("a@example.org", "b@example.org")
    assert mail.fallback_after == timedelta(minutes=20)
    # Tuesday, 23:30 in Berlin: held until 07:00 there, which is 06:00 UTC in winter.
    assert held_until(datetime(2024, 1, 9, 22, 30, tzinfo=UTC), routing.quiet["nights"]) == datetime(
        2024, 1, 10, 6, tzinfo=UTC
    )
    assert routing.digests["morning"].zone == ZoneInfo("Asia/Seoul")
    assert routing.routes[0].rules == ("dprk-*",)
    assert routing.routes[1].otherwise


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="newsmonitor init"):
        load_config(tmp_path / "config.yaml", {})


@pytest.mark.parametrize(
    ("written", "example"),
    [
        pytest.param("polling: {max_bytes: 10}", "10MiB", id="size"),
        pytest.param("polling: {interval: 15}", "30s or 3d", id="duration"),
        pytest.param("delivery: {backoff_max: 0.5}", "30s or 3d", id="duration with a fraction"),
        pytest.param("channels: {desk: {type: console, budget: 10}}", "10/h", id="rate"),
    ],
)
def test_a_number_without_unit_comes_with_an_example_of_its_kind(tmp_path: Path, written: str, example: str) -> None:
    channels = "" if written.startswith("channels") else "channels: {desk: console}\n"
    with pytest.raises(ProblemsError) as caught:
        load(tmp_path, f"{BASE}{channels}{written}\n")
    (problem,) = caught.value.problems
    assert problem.fix == f"write the unit, such as {example}"


def test_ten_thousand_feeds_are_read(tmp_path: Path) -> None:
    urls = "".join(f"  - https://feed{number}.example.org/rss\n" for number in range(10_000))
    config = load(tmp_path, f"operations: desk\nchannels: {{desk: console}}\nfeeds:\n{urls}")
    assert len(config.feeds) == 10_000
