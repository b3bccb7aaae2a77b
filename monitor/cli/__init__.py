"""The command line: one thin module per group of commands."""

from __future__ import annotations

import typer

app = typer.Typer(name="newsmonitor", no_args_is_help=True, help="Watch news feeds against rules and tell people.")


def main() -> None:
    """Entry point of the ``newsmonitor`` command."""
    app()
