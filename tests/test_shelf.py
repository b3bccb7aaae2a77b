"""Commands keep the word forms that they read from dictionaries, so that the next one need not read them again."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

RULE = """\
id: own
title: Own
match: $own
concepts:
  own: {id: [pelempar]}
tests:
  match:
    - {title: "{word}", lang: id}
  no_match: ["-"]
"""


def run_tests(
    home: Path, word: str, cache: Path, environment: Mapping[str, str] = os.environ
) -> subprocess.CompletedProcess[str]:
    (home / "rules").mkdir(exist_ok=True)
    (home / "rules" / "own.yaml").write_text(RULE.replace("{word}", word), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "monitor", "test"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=home,
        env={**environment, "XDG_CACHE_HOME": str(cache)},
    )


def test_a_command_finds_the_forms_that_another_one_read(tmp_path: Path) -> None:
    assert run_tests(tmp_path, "pelemparnya", tmp_path / "cache").returncode == 0
    shelf = tmp_path / "cache" / "newsmonitor" / "word-forms.json.gz"
    document = json.loads(gzip.decompress(shelf.read_bytes()))
    document["paradigms"]["id"]["pelempar"][0].append("zzqx")
    shelf.write_bytes(gzip.compress(json.dumps(document).encode()))
    done = run_tests(tmp_path, "zzqx", tmp_path / "cache")
    assert done.returncode == 0, "the shelf says that this is a form of it, and no dictionary does: " + done.stdout
    assert [path.name for path in shelf.parent.iterdir()] == [shelf.name]


@pytest.mark.parametrize("broken", ["cache", "cache/newsmonitor/word-forms.json.gz"])
def test_a_cache_that_cannot_be_used_costs_time_only(tmp_path: Path, broken: str) -> None:
    (tmp_path / broken).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / broken).write_bytes(b"\x1f\x8b broken")
    done = run_tests(tmp_path, "pelempar", tmp_path / "cache")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_cache_directory_that_is_not_absolute_counts_as_none(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path / "home")}
    assert run_tests(tmp_path, "pelempar", Path("relative"), environment).returncode == 0
    assert not (tmp_path / "relative").exists()
    assert (tmp_path / "home" / ".cache" / "newsmonitor" / "word-forms.json.gz").exists()
