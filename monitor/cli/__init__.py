"""The command line: one thin module per group of commands."""

from __future__ import annotations

import sys

import typer

from monitor.errors import NewsmonitorError, UsageError
from monitor.rules.problems import ProblemsError

app = typer.Typer(
    name="newsmonitor",
    no_args_is_help=True,
    help="Watch news feeds against rules and tell people.",
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,  # its frames show local variables, and those may hold secrets
    context_settings={"help_option_names": ["-h", "--help"]},
)

from monitor.cli import (  # noqa: E402, F401  (each registers its commands on `app`)
    alerts,
    backtest,
    check,
    demo,
    events,
    feeds,
    init,
    match,
    route,
    rules,
    run,
    send_test,
    silence,
    store,
    stories,
    test,
    why,
)


def main() -> None:
    """Entry point of the ``newsmonitor`` command.

    What we raise on purpose is one clear message: exit code 2 for a command that asks for what is not there, 1 for
    everything else. Anything else is a bug and shows its traceback.
    """
    try:
        app()
    except ProblemsError as error:
        from monitor.cli.terminal import show_problems  # noqa: PLC0415  (needed only when something is wrong)

        show_problems(error.problems)
        sys.exit(1)
    except NewsmonitorError as error:
        print(f"newsmonitor: {error}", file=sys.stderr)  # noqa: T201  (the one place where a message ends a command)
        sys.exit(2 if isinstance(error, UsageError) else 1)
