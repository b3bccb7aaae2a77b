"""Starts the daemon again and again without paying for its imports: a process that has them forks on request.

What runs in the child is ``newsmonitor run`` itself, from its command line on; only the importing is done before.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Zygote:
    process: subprocess.Popen[str]

    def start(self, config: Path, log: Path) -> int:
        """Fork a daemon; gives its process id."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{config}\t{log}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def kill(self, pid: int) -> None:
        """SIGKILL, and wait until it is gone."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        os.kill(pid, signal.SIGKILL)
        self.process.stdin.write(f"reap\t{pid}\n")
        self.process.stdin.flush()
        assert int(self.process.stdout.readline()) == pid


@contextmanager
def zygote() -> Iterator[Zygote]:
    """A zygote with everything imported."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.zygote"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Zygote(process)
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


def _serve() -> None:
    from monitor.cli.lazy import COMMANDS, load  # noqa: PLC0415 - what is imported here need not be in every child

    for name in COMMANDS:
        load(name)

    print("ready", flush=True)  # noqa: T201
    alive: set[int] = set()
    for line in sys.stdin:
        first, second = line.rstrip("\n").split("\t")
        if first == "reap":
            os.waitpid(int(second), 0)
            alive.discard(int(second))
            print(second, flush=True)  # noqa: T201
            continue
        pid = os.fork()
        if pid == 0:
            _become_daemon(first, second)
        alive.add(pid)
        print(pid, flush=True)  # noqa: T201
    for pid in alive:  # a test that failed leaves one behind
        os.kill(pid, signal.SIGKILL)


def _become_daemon(config: str, log: str) -> None:
    from monitor.cli import main  # noqa: PLC0415

    out = os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(out, 1)
    os.dup2(out, 2)
    sys.argv = ["newsmonitor", "run", "--config", config]
    status = 1
    try:
        main()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    finally:
        os._exit(status)


if __name__ == "__main__":
    _serve()
