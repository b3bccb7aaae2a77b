"""``newsmonitor init``: a new installation from what the program brings along."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.bundled import bundled
from monitor.cli import app
from monitor.cli.terminal import out
from monitor.errors import UsageError


@app.command(epilog="Examples:  newsmonitor init   ·   newsmonitor init /etc/newsmonitor")
def init(
    directory: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where; made if it does not exist.")] = Path(),
) -> None:
    """Write config.yaml, the rule pack and a systemd unit for a new installation. Never overwrites a file."""
    directory = directory.absolute()
    config, rules, unit = (directory / name for name in ("config.yaml", "rules", "newsmonitor.service"))
    there = [str(path) for path in (config, rules, unit) if path.exists()]
    if there:
        raise UsageError(f"{', '.join(there)}: there already; nothing was written")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        config.touch(mode=0o600)  # it may come to hold secrets
        config.write_bytes(bundled("config.example.yaml").read_bytes())
        shutil.copytree(bundled("rules"), rules)
        unit.write_text(_unit(config), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from error
    out.print(f"[green]written[/]: {config}, {rules}/, {unit}")
    out.print(f"Next: edit {config}, then `newsmonitor check -c {config}` and `newsmonitor run -c {config}`.")
    out.print("As a service: docs/operations.md, or the first lines of newsmonitor.service.")


def _unit(config: Path) -> str:
    """The unit with this installation's paths in it."""
    text = (bundled("systemd") / "newsmonitor.service").read_text(encoding="utf-8")
    program = Path(sys.argv[0]).absolute()
    started = f"ExecStart={program} run --config {config}"
    return "\n".join(started if line.startswith("ExecStart=") else line for line in text.splitlines()) + "\n"
