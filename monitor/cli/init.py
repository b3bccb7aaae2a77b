"""``newsmonitor init``: a new installation from what the program brings along."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.bundled import bundled
from monitor.cli import app
from monitor.cli.terminal import out
from monitor.errors import UsageError

_STATE = "/var/lib/newsmonitor"
"""What ``StateDirectory=newsmonitor`` in the unit stands for: where the service keeps what it knows."""


@app.command(
    epilog="Examples:  newsmonitor init   ·   newsmonitor init watch   ·   newsmonitor init /etc/newsmonitor --service"
)
def init(
    directory: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where; made if it does not exist.")] = Path(),
    service: Annotated[
        bool, typer.Option("--service", help=f"For the systemd unit: data in {_STATE}, a config its user can read.")
    ] = False,
) -> None:
    """Write config.yaml, the rule pack and a systemd unit for a new installation. Never overwrites a file."""
    directory = directory.absolute()
    config, rules, unit = (directory / name for name in ("config.yaml", "rules", "newsmonitor.service"))
    there = [str(path) for path in (config, rules, unit) if path.exists() or path.is_symlink()]
    if there:
        raise UsageError(f"{', '.join(there)}: there already; nothing was written")
    text = bundled("config.example.yaml").read_text(encoding="utf-8")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        config.touch(mode=0o600)  # it may come to hold secrets; those of a service are credentials
        config.write_text(_for_service(text) if service else text, encoding="utf-8")
        shutil.copytree(bundled("rules"), rules, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        unit.write_text(_unit(config), encoding="utf-8")
        if service:
            _let_read(config, unit, rules, *rules.rglob("*"))
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from error
    out.print(f"[green]written[/]: {config}, {rules}/, {unit}")
    if service:
        out.print("Next: edit config.yaml, then install the unit as docs/operations.md says.")
    else:
        out.print(f"Next: edit {config}, then `newsmonitor check -c {config}` and `newsmonitor run -c {config}`.")


def _let_read(*paths: Path) -> None:
    """Whatever the umask of who installs it: the service is another user."""
    for path in paths:
        path.chmod(0o755 if path.is_dir() else 0o644)


def _for_service(text: str) -> str:
    return re.sub(r"^data: +\S+( *)", f"data: {_STATE}\\1", text, count=1, flags=re.MULTILINE)


def _unit(config: Path) -> str:
    """The unit with this installation's paths in it."""
    text = (bundled("systemd") / "newsmonitor.service").read_text(encoding="utf-8")
    program = Path(sys.argv[0]).absolute()
    started = f"ExecStart={program} run --config {config}"
    return "\n".join(started if line.startswith("ExecStart=") else line for line in text.splitlines()) + "\n"
