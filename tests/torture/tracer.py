"""Ends a process at its Nth system call of a kind, by injection (strace)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.world import until
from tests.torture.launcher import Running

CHILDREN_TOO = {"write"}


@contextmanager
def deadly(call: str, number: int, daemon: Running) -> Iterator[None]:
    """The ``number``-th such call of any of its threads, counted by thread, is the daemon's last.

    Of calls that its parsing processes make too, only those of the main thread count: a death of theirs is none of its.
    """
    assert subprocess.run(["which", "strace"], capture_output=True, check=False).returncode == 0, (
        "apt-get install strace"
    )
    tracer = subprocess.Popen(
        ["strace", *([] if call in CHILDREN_TOO else ["-f"]), "-qq", "-o", "/dev/null", "-e", f"trace={call}",
         "-e", f"inject={call}:signal=KILL:when={number}", "-p", str(daemon.pid)]
    )  # fmt: skip
    try:
        until(lambda: _is_traced(daemon.pid) or tracer.poll() is not None, "the tracer is at work")
        yield
    finally:
        if daemon.pid in daemon.launcher.alive:
            daemon.kill()
        tracer.wait(10)


def _is_traced(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return False
    return "TracerPid:\t0\n" not in status


def has_died(daemon: Running) -> bool:
    """Whether nothing of it runs any more (what a tracer ended waits for its parent, the launcher)."""
    try:
        return Path(f"/proc/{daemon.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def is_held(pid: int) -> bool:
    """Whether it stands still (a daemon that was started ``held``)."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "T"
