"""The service manager, health and redaction keep their promises."""

from __future__ import annotations

import io
import logging
import os
import re
import socket
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from monitor.ops.health import Health
from monitor.ops.log import configure_logging, hide
from monitor.ops.redact import Redactor
from monitor.ops.systemd import ServiceManager
from monitor.secret import HIDDEN, Secret

UNIT = Path(__file__).parents[2] / "systemd" / "newsmonitor.service"


def test_the_manager_hears_ready_and_the_watchdog(tmp_path: Path) -> None:
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(address))
        manager.settimeout(5)
        environment = {"NOTIFY_SOCKET": str(address), "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}
        service = ServiceManager(environment)
        service.ready("40 feeds\nSTOPPING=1")
        service.alive("well")
        assert manager.recv(4096) == b"READY=1\nSTATUS=40 feeds STOPPING=1"
        assert manager.recv(4096) == b"WATCHDOG=1\nSTATUS=well"
    assert service.watchdog == timedelta(seconds=60)
    assert environment == {}, "a worker process must not inherit the right to speak for the daemon"


def test_a_manager_that_does_not_listen_or_is_gone_holds_nobody_up(tmp_path: Path) -> None:
    address = tmp_path / "notify"
    service = ServiceManager({"NOTIFY_SOCKET": str(address)})
    service.alive("nobody has bound it")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(address))
        for _ in range(2000):  # far more than the kernel queues
            service.alive("nobody reads it")
    service.alive("nobody holds it any more")


def test_without_a_manager_nothing_is_said() -> None:
    service = ServiceManager({})
    service.ready("fine")
    assert service.watchdog is None


def test_the_watchdog_of_another_process_is_not_ours() -> None:
    assert ServiceManager({"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"}).watchdog is None


def test_a_part_that_falls_silent_is_a_trouble_until_it_works_again() -> None:
    health = Health(patience=timedelta(seconds=10))
    health.alive("sender", 100.0)
    assert health.troubles(109.0) == ()
    assert health.troubles(111.0) == ("sender: no sign of life for 11 s",)
    health.trouble("database", "the disk is full")
    health.alive("sender", 112.0)
    assert health.troubles(112.0) == ("database: the disk is full",)
    health.alive("database", 113.0)
    assert health.troubles(113.0) == ()


@pytest.mark.parametrize(
    "leak",
    [
        pytest.param("tgram://123456789:AAE-canary_Token/-100200300/", id="the whole URL"),
        pytest.param("POST /bot123456789:AAE-canary_Token/sendMessage", id="its token in another URL"),
        pytest.param("password is AAE-canary_Token!", id="in a sentence"),
    ],
)
def test_no_part_of_a_secret_reaches_a_log_line_at_debug(leak: str) -> None:
    out = io.StringIO()
    configure_logging(Redactor([Secret("tgram://123456789:AAE-canary_Token/-100200300/")]), level="DEBUG", to=out)
    structlog.get_logger().debug("own line", detail=leak)
    logging.getLogger("foreign").debug("foreign %s", leak)
    try:
        raise ValueError(leak)
    except ValueError:
        structlog.get_logger().exception("traceback")
    text = out.getvalue()
    assert text.count(HIDDEN) >= 3
    assert "canary" not in text
    assert "ValueError" in text, "the traceback itself is kept"


def test_a_secret_that_a_reload_brings_reaches_no_log_line_and_an_old_one_stays_hidden() -> None:
    out = io.StringIO()
    configure_logging(Redactor([Secret("old-canary-0")]), level="DEBUG", to=out)
    hide([Secret("new-canary-1")])
    structlog.get_logger().info("old-canary-0 and new-canary-1")
    assert "canary" not in out.getvalue()


def test_a_secret_never_shows_itself() -> None:
    secret = Secret("hunter2-canary")
    shown = f"{secret} {secret!r} {[secret]}"
    assert "canary" not in shown
    assert secret.reveal() == "hunter2-canary"
    assert secret == Secret("hunter2-canary")


def test_the_unit_is_sandboxed_to_at_most_1_5() -> None:
    seen = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(UNIT)], capture_output=True, text=True, check=False
    )
    line = next(line for line in seen.stdout.splitlines() if "Overall exposure level" in line)
    assert float(line.split(":")[1].split()[0]) <= 1.5


def settings_of(unit: Path) -> dict[str, str]:
    """The last value of every setting."""
    lines = [line for line in unit.read_text(encoding="utf-8").splitlines() if "=" in line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_a_unit_that_fails_is_started_again_for_as_long_as_it_takes() -> None:
    """With a limit on starts, a disk that stays full for a few minutes would end the service for good."""
    settings = settings_of(UNIT)
    assert settings["Restart"] == "always"
    assert settings["StartLimitIntervalSec"] == "0"
    assert "StartLimitBurst" not in settings
    assert timedelta(seconds=int(settings["RestartSec"].removesuffix("s"))) >= timedelta(seconds=10)


def test_the_unit_says_nothing_that_its_oldest_systemd_does_not_know(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8")
    text = text.replace(settings_of(UNIT)["ExecStart"], "/bin/true")  # it need not be installed here
    unit.write_text(text, encoding="utf-8")
    seen = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    assert str(unit) not in seen.stderr + seen.stdout, seen.stderr
    assert "Unknown" not in seen.stderr, seen.stderr


def test_the_unit_names_no_file_that_nothing_installs() -> None:
    """Only what ``newsmonitor init --service`` and the steps in docs/operations.md make."""
    made = ("/opt/newsmonitor/.venv/bin/newsmonitor", "/etc/newsmonitor/config.yaml", "/etc/newsmonitor/secrets")
    paths = re.findall(r"(?<![\w%.])/[\w./-]+", UNIT.read_text(encoding="utf-8").replace("/bin/kill", ""))
    assert [path for path in paths if path not in made] == []
