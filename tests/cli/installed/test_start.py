"""How the program starts and how every command ends: quickly, and never with a traceback a user cannot use."""

from __future__ import annotations

import pkgutil
import signal
import subprocess
import sys
from pathlib import Path

import monitor.cli
from monitor.cli.lazy import COMMANDS
from tests.cli.installed.commands import Here, as_process, newsmonitor
from tests.e2e.world import until

HEAVY = ("feedparser", "httpx", "simplemma", "apprise", "trafilatura", "pymorphy3", "apscheduler", "alembic")


def test_help_lists_every_command_and_imports_none() -> None:
    program = "import sys; from monitor.cli import main\ntry: main(['--help'])\nfinally: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    for name in COMMANDS:
        assert f"│ {name} " in done.stdout
    modules = done.stdout.splitlines()[-1].split()
    loaded = {module.partition(".")[0] for module in modules}
    assert not loaded & {*HEAVY, "pydantic", "sqlalchemy", "ruamel"}
    assert {module for module in modules if module.startswith("monitor.cli")} == {"monitor.cli", "monitor.cli.lazy"}


def test_asking_the_archive_loads_nothing_that_polls_or_sends(past: Here) -> None:
    words = ["events", "--config", str(past.config)]
    program = f"import sys; from monitor.cli import main\ntry: main({words!r})\nfinally: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "stored" in done.stdout
    assert not {module.partition(".")[0] for module in done.stdout.splitlines()[-1].split()} & set(HEAVY)


def test_every_module_that_registers_a_command_is_in_the_table() -> None:
    directory = Path(monitor.cli.__file__).parent
    registering = {
        module.name
        for module in pkgutil.iter_modules([str(directory)])
        if "from monitor.cli import app" in (directory / f"{module.name}.py").read_text(encoding="utf-8")
    }
    assert registering - {"lazy"} == {listed.module for listed in COMMANDS.values()}


def test_a_mistyped_command_gets_a_suggestion() -> None:
    done = newsmonitor("evnts")
    assert done.code == 2
    assert "Did you mean 'events'?" in done.line


def test_the_version_is_the_packages() -> None:
    assert newsmonitor("--version").out == f"newsmonitor {monitor.__version__}\n"


def test_ctrl_c_ends_with_130_and_without_a_traceback(past: Here, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor", "events", "--follow", "--json", "--config", str(past.config)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("{")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err == ""


def test_a_reader_that_goes_away_ends_a_command_quietly(past: Here, tmp_path: Path) -> None:
    command = f"{sys.executable} -m monitor events --json --limit 10000 --config {past.config}"
    script = f"{command} | true; {command} | head -n 1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.stdout.startswith("[{")
    assert done.stderr == ""


def test_events_follow_what_another_process_does(here: Here) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor", "events", "--follow", "--json", "--kind", "dropped", "-c", str(here.config)],
        stdout=subprocess.PIPE,
        cwd=here.directory,
    )
    try:
        lines: list[bytes] = []
        (dead,) = here.rows("deliveries", "list", "--state", "dead")
        assert here("deliveries", "drop", str(dead["id"]), "--why", "followed").code == 0
        assert process.stdout is not None
        lines.append(process.stdout.readline())
        assert b"followed" in lines[0]
    finally:
        process.send_signal(signal.SIGINT)
        until(lambda: process.poll() is not None, "the end of events --follow")
        process.communicate()


def test_a_directory_in_the_place_of_the_config_is_refused_without_a_traceback(tmp_path: Path) -> None:
    done = as_process("alerts", "--config", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert "is a directory" in done.stderr
    assert "Traceback" not in done.stderr
