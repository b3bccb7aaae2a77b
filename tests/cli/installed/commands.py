"""``newsmonitor`` as a user runs it: the words after the name in, exit status and both outputs back."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.cli import main


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command printed
        return json.loads(self.out)

    @property
    def line(self) -> str:
        """What it said, on one line: where a terminal would break it is not the point."""
        return " ".join((self.out + self.err).split())


def newsmonitor(*words: str) -> Done:
    """Run a command in this process, through its real entry point."""
    out, err = io.StringIO(), io.StringIO()
    code: int | str | None = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(words)
        except SystemExit as ended:
            code = ended.code
    assert code is None or isinstance(code, int), code
    return Done(code or 0, out.getvalue(), err.getvalue())


def as_process(
    *words: str, cwd: Path, environment: Mapping[str, str] | None = None, python: str = sys.executable
) -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own."""
    return subprocess.run(
        [python, "-m", "monitor", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=cwd,
        env={**os.environ, **(environment or {})},
    )


@dataclass(frozen=True)
class Here:
    """An installation on disk, whose config all commands get."""

    directory: Path

    @property
    def config(self) -> Path:
        return self.directory / "config.yaml"

    @property
    def database(self) -> Path:
        return self.directory / "data" / "newsmonitor.db"

    def __call__(self, *words: str) -> Done:
        return newsmonitor(*words, "--config", str(self.config))

    def rows(self, *words: str) -> list[dict[str, Any]]:
        """The list that a command prints with ``--json``; it must have gone well."""
        done = self(*words, "--json")
        assert done.code == 0, done.err
        rows = done.json
        assert isinstance(rows, list)
        return rows

    def copy(self, to: Path) -> Here:
        """The same installation elsewhere: what is done to it there stays there."""
        shutil.copytree(self.directory, to, dirs_exist_ok=True)
        return Here(to)
