"""Real servers as child processes: found or missed with a sentence, started on loopback, and ended by their own id."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

_WHERE = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin"


def program(name: str, package: str) -> str:
    """Where a program lies. A machine without it fails the test: a promise that nobody checked is none."""
    found = shutil.which(name, path=_WHERE)
    if found is None:
        pytest.fail(f"these tests need a real {name}: apt-get install {package}", pytrace=False)
    return found


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(holds: Callable[[], bool], what: str, *, seconds: float = 20, log: Path | None = None) -> None:
    """Wait until ``holds()``; fail with the end of the log when the deadline passes."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            said = log.read_text(errors="replace")[-3000:] if log else ""
            raise AssertionError(f"not within {seconds:g} s: {what}\n{said}")
        time.sleep(0.02)


@contextmanager
def running(command: Sequence[str], port: int, log: Path, *, seconds: float = 20) -> Iterator[subprocess.Popen[bytes]]:
    """The server from the moment it takes connections on its port; it is asked to end, and then made to."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=log.parent)
    try:
        until(lambda: listens(port) or process.poll() is not None, f"{command[0]} listens", seconds=seconds, log=log)
        assert process.poll() is None, log.read_text(errors="replace")[-3000:]
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
