"""The manual as data: its pages, links, headings, commands and examples."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.cli.lazy import COMMANDS, load

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
SHELL = {"", "sh", "sh runnable"}

_FENCE = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<inside>.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_COMMAND = re.compile(r"(?:^|[\s/|])newsmonitor +((?:--help|--version|[a-z])[^\n]*)")


@dataclass(frozen=True)
class Example:
    """A command line in the manual: the words behind ``newsmonitor``."""

    page: str
    line: str

    @property
    def words(self) -> list[str]:
        """Up to a pipe, a comment, or the explanation that follows behind a gap."""
        line = re.split(r" {2,}| [|>] | #", self.line)[0]
        try:
            return shlex.split(line)
        except ValueError:
            return line.split()


def examples() -> Iterator[Example]:
    """Every command line of the manual, in the text and in shell blocks."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        prose = _FENCE.sub("", text)
        blocks = [found["inside"] for found in _FENCE.finditer(text) if found["kind"].strip() in SHELL]
        lines = [*_CODE.findall(prose), *(line for block in blocks for line in block.splitlines())]
        for line in lines:
            for found in _COMMAND.finditer(line):
                yield Example(page.name, found[1])


def runnable(page: Path) -> list[str]:
    """The lines of a page's blocks that say they can be run."""
    text = page.read_text(encoding="utf-8")
    blocks = [found["inside"] for found in _FENCE.finditer(text) if found["kind"] == "sh runnable"]
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def anchors(page: Path) -> set[str]:
    """What a link may point at within a page, as GitHub makes it of the headings."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> Iterator[tuple[str, str]]:
    """Every link to a place of our own: path and anchor."""
    text = _CODE.sub("", _FENCE.sub("", page.read_text(encoding="utf-8")))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" not in target:
            path, _, anchor = target.partition("#")
            yield path, anchor


def commands() -> dict[str, Any]:
    """Every command that does something, by the words it is called with."""
    found: dict[str, Any] = {}

    def collect(name: str, command: Any) -> None:  # noqa: ANN401 - click's types are not public in Typer
        inside = getattr(command, "commands", {})
        if not inside or getattr(command, "invoke_without_command", False):
            found[name] = command
        for word, one in inside.items():
            collect(f"{name} {word}", one)

    for name in COMMANDS:
        collect(name, load(name))
    return found


def options(command: Any) -> set[str]:  # noqa: ANN401
    """The options a command takes, in all their spellings."""
    spelled = {word for one in command.params for word in one.opts if word.startswith("-")}
    return spelled | {"--help", "-h"}
