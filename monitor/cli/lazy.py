"""The commands by name, each imported only when it is run: asking for help, or for events, loads no feed parser."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup


class Listed(NamedTuple):
    """A command in the help of ``newsmonitor``: where it lives, its heading there, and the first line of its help."""

    module: str
    panel: str
    line: str


_RULES, _STORIES, _FEEDS, _CARE = "Rules", "What was told, and why", "Feeds, channels, silences", "Installation"

COMMANDS = {
    "run": Listed("run", "The daemon", "Watch the feeds and tell people, until stopped (Ctrl-C, SIGTERM)."),
    "once": Listed("run", "The daemon", "Poll what is due, deliver, and exit."),
    "demo": Listed("demo", "The daemon", "Show the whole path on sample feeds, offline: nothing is sent or kept."),
    "check": Listed("check", _RULES, "Check configuration and rules, every problem with file:line:column."),
    "rules": Listed("rules", _RULES, "List the rules: status, severity, tests, languages."),
    "test": Listed("test", _RULES, "Run the tests that stand in the rules."),
    "match": Listed("match", _RULES, "Match an article, feed or page: which rules hold, through which words."),
    "backtest": Listed("backtest", _RULES, "Run the rules over articles of the past."),
    "feedback": Listed("feedback", _RULES, "Judge alerts, see each rule's precision, get exclusions proposed."),
    "why": Listed("why", _STORIES, "Show an article's whole way, and the first thing that stopped it."),
    "alerts": Listed("alerts", _STORIES, "List the alerts, the newest first, each with its reason."),
    "deliveries": Listed("alerts", _STORIES, "List what is on its way, sent or dead; try again or give up."),
    "stories": Listed("stories", _STORIES, "List the events behind the articles; split and merge them."),
    "events": Listed("events", _STORIES, "Show the journal: every decision with its reason."),
    "feeds": Listed("feeds", _FEEDS, "List what is watched and how it does; add, remove, import, export."),
    "route": Listed("route", _FEEDS, "Say who would get what."),
    "silence": Listed("silence", _FEEDS, "Mute a rule, story, concept, feed or text until a set time."),
    "send-test": Listed("send_test", _FEEDS, "Send a test message through a channel."),
    "init": Listed("init", _CARE, "Write config.yaml, rules and a systemd unit for a new installation."),
    "backup": Listed("store", _CARE, "Copy the live database, or put a copy back."),
    "doctor": Listed("store", _CARE, "Show versions, settings and health, without secrets."),
}


class LazyCommands(TyperGroup):
    """Lists every command from the table above; the module of one is imported when it is about to run."""

    def __init__(self, *, commands: Any = None, **rest: Any) -> None:  # noqa: ANN401 - Typer's own signature
        loaded: MutableMapping[str, Any] = dict(commands or {})
        listed = {name: TyperCommand(name, help=it.line, rich_help_panel=it.panel) for name, it in COMMANDS.items()}
        super().__init__(commands={**listed, **loaded}, **rest)

    def resolve_command(self, ctx: Any, args: Sequence[str]) -> Any:  # noqa: ANN401 - click's types are not public in Typer
        """The command that ``args`` begin with, imported by now."""
        name, command, rest = super().resolve_command(ctx, list(args))
        return name, load(name) if name in COMMANDS else command, rest


def load(name: str) -> Any:  # noqa: ANN401
    """Import a command: its module registers it on the application."""
    from monitor.cli import app  # noqa: PLC0415 - the application is made of this module

    import_module(f"monitor.cli.{COMMANDS[name].module}")
    group = typer.main.get_group(app)
    return group.commands[name]
