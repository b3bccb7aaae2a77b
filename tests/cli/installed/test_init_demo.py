"""From nothing: ``init`` makes an installation, ``demo`` shows the whole path, and both work from a wheel."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.cli.installed.commands import as_process, newsmonitor

ROOT = Path(__file__).parents[3]


def test_init_makes_an_installation_that_check_passes(tmp_path: Path) -> None:
    done = newsmonitor("init", str(tmp_path / "new"))
    assert done.code == 0, done.err
    config = tmp_path / "new" / "config.yaml"
    checked = newsmonitor("check", "--config", str(config))
    assert checked.code == 0, checked.err
    assert config.stat().st_mode & 0o777 == 0o600, "it may come to hold secrets"
    assert sorted(path.name for path in config.parent.iterdir()) == ["config.yaml", "newsmonitor.service", "rules"]
    unit = (config.parent / "newsmonitor.service").read_text(encoding="utf-8")
    assert re.search(rf"^ExecStart=/.+ run --config {re.escape(str(config))}$", unit, re.MULTILINE)


@pytest.mark.parametrize("there", ["config.yaml", "rules", "newsmonitor.service"])
def test_init_overwrites_nothing_and_then_writes_nothing(there: str, tmp_path: Path) -> None:
    (tmp_path / there).write_text("mine", encoding="utf-8")
    done = newsmonitor("init", str(tmp_path))
    assert done.code == 2
    assert f"{tmp_path / there}: there already; nothing was written" in done.err
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text(encoding="utf-8") == "mine"


def test_init_where_nothing_can_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = newsmonitor("init", str(tmp_path / "file" / "new"))
    assert done.code == 2
    assert "Not a directory" in done.err


def test_init_for_a_service_keeps_data_where_its_unit_may_write(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        assert newsmonitor("init", str(tmp_path / "etc"), "--service").code == 0
    finally:
        os.umask(before)
    config = tmp_path / "etc" / "config.yaml"
    assert re.search(r"^data: /var/lib/newsmonitor +#", config.read_text(encoding="utf-8"), re.MULTILINE)
    written = [config, *(config.parent / "rules").rglob("*")]
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in written), "the service is another user"
    assert "StateDirectory=newsmonitor" in (config.parent / "newsmonitor.service").read_text(encoding="utf-8")
    assert newsmonitor("check", "--config", str(config)).code == 0


def told(text: str) -> list[str]:
    return re.findall(r"(?:HIGH|MEDIUM|CRITICAL) · ", text)


def assert_demo_showed_the_path(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", "no log lines among the alerts"
    assert "13 articles came" in done.stdout
    assert len(told(done.stdout)) >= 2
    assert "DPRK–Russia arms transfers" in done.stdout
    shown = " ".join(done.stdout.split())
    assert "not told again: North Korea ships a million artillery shells to Russia, Seoul says" in shown
    assert "Chess federation" not in done.stdout


@pytest.mark.timeout(240)
def test_an_installed_wheel_brings_everything_that_init_and_demo_need(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    venv.create(tmp_path / "venv", with_pip=False)
    (site,) = (tmp_path / "venv").glob("lib/python3*/site-packages")
    with zipfile.ZipFile(wheel) as archive:  # what pip --no-deps does with a pure wheel
        archive.extractall(site)
    libraries = next(path for path in sys.path if path.endswith("site-packages"))
    python = str(tmp_path / "venv" / "bin" / "python")
    alone = {"PYTHONPATH": libraries, "PYTHONSAFEPATH": "1"}  # the libraries are there; their .pth files are not read
    made = as_process("init", "here", cwd=tmp_path, python=python, environment=alone)
    assert made.returncode == 0, made.stderr
    assert as_process("check", "-c", "here/config.yaml", cwd=tmp_path, python=python, environment=alone).returncode == 0
    where = [python, "-c", "import monitor; print(monitor.__file__)"]
    found = subprocess.run(where, cwd=tmp_path, capture_output=True, text=True, check=True, env=alone)
    assert str(site) in found.stdout, "it must be the wheel that was tried"
    (tmp_path / "tmp").mkdir()
    offline = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9", "TMPDIR": str(tmp_path / "tmp")}
    assert_demo_showed_the_path(as_process("demo", cwd=tmp_path, python=python, environment=alone | offline))
    assert list((tmp_path / "tmp").iterdir()) == [], "nothing is left behind"
