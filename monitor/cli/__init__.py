"""The command line: one thin module per group of commands, listed in ``lazy``; how every command ends is here."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from monitor import __version__
from monitor.cli.lazy import LazyCommands
from monitor.errors import NewsmonitorError, UsageError
from monitor.rules.problems import ProblemsError

app = typer.Typer(
    name="newsmonitor",
    cls=LazyCommands,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,  # its frames show local variables, and those may hold secrets
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"newsmonitor {__version__}")
        raise typer.Exit


@app.callback(epilog="Try it without any set-up: newsmonitor demo. Start for real: newsmonitor init.")
def _newsmonitor(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Watch news feeds against rules and tell people, once per story."""


def main(words: Sequence[str] | None = None) -> None:
    """Entry point of the ``newsmonitor`` command: the words after its name, by default those it was started with.

    What we raise on purpose is one clear message: exit code 2 for a command that asks for what is not there, 1 for
    everything else. Ctrl-C ends with 130; a reader that goes away (``| head``) ends it quietly. Anything else is a
    bug and shows its traceback.
    """
    try:
        try:
            app(words, prog_name="newsmonitor")
        finally:
            sys.stdout.flush()
    except ProblemsError as error:
        from monitor.cli.terminal import show_problems  # noqa: PLC0415  (needed only when something is wrong)

        show_problems(error.problems)
        sys.exit(1)
    except NewsmonitorError as error:
        print(f"newsmonitor: {error}", file=sys.stderr)  # noqa: T201  (the one place where a message ends a command)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the last flush fails at exit
        sys.exit(1)
