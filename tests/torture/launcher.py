"""Starts ``newsmonitor`` quickly and often: a process that has imported everything forks on request.

What runs in the child is the command itself, from its command line on; only the importing is done before. Its
surroundings (the clock's library, a file system of its own) are those the launcher was started in.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.daemon import Installation
from tests.e2e.world import until


@dataclass
class Running:
    """A daemon at work, and what it says to the service manager."""

    pid: int
    log: Path
    manager: socket.socket
    launcher: Launcher
    messages: list[str] = field(default_factory=list)

    def text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def told(self) -> list[str]:
        """Everything that the service manager was told so far."""
        with suppress(BlockingIOError):
            while True:
                self.messages.append(self.manager.recv(65536).decode())
        return self.messages

    @property
    def status(self) -> str:
        """The last STATUS line."""
        lines = [line for message in self.told() for line in message.splitlines() if line.startswith("STATUS=")]
        return lines[-1].removeprefix("STATUS=") if lines else ""

    def is_ready(self) -> bool:
        return any("READY=1" in message for message in self.told())

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.launcher.wait(self.pid)

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        self.signal(signal.SIGTERM)
        return self.launcher.wait(self.pid)

    def seconds_of_cpu(self) -> float:
        """Processor time of the daemon itself, without its parsing processes."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """Bytes that are the daemon's own (private, not shared with the launcher)."""
        rollup = Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="ascii")
        kib = [int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Rss:")]
        return kib[0] * 1024

    def descriptors(self) -> int:
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))


@dataclass
class Launcher:
    process: subprocess.Popen[str]
    alive: set[int] = field(default_factory=set)

    def start(
        self, home: Installation, *words: str, environment: Mapping[str, str] | None = None, held: bool = False
    ) -> Running:
        """Fork ``newsmonitor run``, or another command; gives it before it is ready.

        One that is ``held`` stands still before its first act, until it is sent SIGCONT.
        """
        address = home.directory / f"notify-{time.monotonic_ns()}"
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        manager.bind(str(address))
        manager.setblocking(False)
        log = home.directory / ("daemon.log" if not words or words == ("run",) else f"said-{time.monotonic_ns()}")
        words = words or ("run",)
        extra = {**(environment or {}), "NOTIFY_SOCKET": str(address)}
        line = [*words, "--config", str(home.config)]
        asked = {"words": line, "log": str(log), "environment": extra, "held": held}
        pid = self._ask(asked)
        self.alive.add(pid)
        return Running(pid, log, manager, self)

    def said(self, home: Installation, *words: str) -> str:
        """What a command prints."""
        command = self.start(home, *words)
        self.wait(command.pid)
        command.manager.close()
        return command.text()

    @contextmanager
    def running(self, home: Installation, *, environment: Mapping[str, str] | None = None) -> Iterator[Running]:
        """A daemon that is ready; killed at the end if it still runs."""
        daemon = self.start(home, environment=environment)
        try:
            until(
                lambda: daemon.is_ready() or not Path(f"/proc/{daemon.pid}/fd/0").exists(), "READY=1", note=daemon.text
            )
            assert daemon.is_ready(), daemon.text()[-4000:]
            yield daemon
        finally:
            if daemon.pid in self.alive:
                daemon.kill()
            daemon.manager.close()

    def wait(self, pid: int) -> int:
        """Wait for a child; gives its exit status, or minus the signal that ended it."""
        status = self._ask({"wait": pid})
        self.alive.discard(pid)
        return status

    def _ask(self, what: Mapping[str, Any]) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@contextmanager
def launcher(environment: Mapping[str, str] | None = None, *, within: Sequence[str] = ()) -> Iterator[Launcher]:
    """A launcher with everything imported; ``within`` is a command that starts it in other surroundings."""
    process = subprocess.Popen(
        [*within, sys.executable, "-m", "tests.torture.launcher"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, **(environment or {})},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Launcher(process)
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait(20)
        process.stdout.close()


def _serve() -> None:
    import monitor.app  # noqa: PLC0415
    import monitor.cli.run  # noqa: F401, PLC0415 - what is imported here need not be imported in every child

    print("ready", flush=True)  # noqa: T201
    alive: set[int] = set()
    for line in sys.stdin:
        asked = json.loads(line)
        if "wait" in asked:
            _, status = os.waitpid(asked["wait"], 0)
            alive.discard(asked["wait"])
            print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201
            continue
        pid = os.fork()
        if pid == 0:
            _become(asked)
        alive.add(pid)
        print(pid, flush=True)  # noqa: T201
    for pid in alive:  # a test that failed leaves one behind
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _become(asked: Mapping[str, Any]) -> None:
    from monitor.cli import main  # noqa: PLC0415

    out = os.open(asked["log"], os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (out, 1), (out, 2)):
        os.dup2(source, target)
    os.environ.update(asked["environment"])
    sys.argv = ["newsmonitor", *asked["words"]]
    if asked["held"]:
        os.kill(os.getpid(), signal.SIGSTOP)
    status = 1
    try:
        main()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - the interpreter is not here to print it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    _serve()
