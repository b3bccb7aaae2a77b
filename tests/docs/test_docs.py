"""The manual says what the program does: every command, option, link and example in it is real."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.reading import PAGES, ROOT, Example, anchors, commands, examples, links, options

COMMANDS = commands()
GROUPS = {name.rpartition(" ")[0] for name in COMMANDS if " " in name}
SHARED = {"--config", "-c", "--json", "--rules", "--help", "-h"}
MANUAL = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def command_of(words: list[str]) -> str:
    """The longest command these words begin with; of a group alone, the group."""
    for length in (2, 1):
        name = " ".join(words[:length])
        if name in COMMANDS or name in GROUPS:
            return name
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for path, anchor in links(page):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{path} is not there"
        if anchor:
            assert anchor in anchors(target), f"{path}#{anchor} is not there"


def test_every_picture_is_light_enough_to_load() -> None:
    for picture in (ROOT / "docs" / "images").iterdir():
        assert picture.stat().st_size < 300_000, picture.name


@pytest.mark.parametrize("example", sorted(set(examples()), key=str), ids=lambda one: f"{one.page}: {one.line[:60]}")
def test_every_command_and_option_that_the_manual_names_exists(example: Example) -> None:
    words = example.words
    if words[0].startswith("-"):
        assert words[0] in {"--help", "--version"}
        return
    name = command_of(words)
    assert name, f"there is no command “{' '.join(words[:2])}”"
    known = options(COMMANDS[name if name in COMMANDS else "feedback give" if name == "feedback" else "once"])
    used = {word.partition("=")[0] for word in words if re.fullmatch(r"--?[a-z][a-z-]*(=.*)?", word)}
    assert used <= known, f"{name} has no {', '.join(sorted(used - known))}"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_a_section_that_names_all_its_options_and_an_example(name: str) -> None:
    _, heading, rest = MANUAL.partition(f"### `newsmonitor {name}`\n")
    assert heading, "it has no section"
    section = re.split(r"^##", rest, maxsplit=1, flags=re.MULTILINE)[0]
    for option in options(COMMANDS[name]) - SHARED:
        assert f"`{option}`" in section or f"`{option} " in section, f"{option} is not explained"
    called = f"newsmonitor {name.removesuffix(' give')}"
    block = re.search(r"^```sh.*?^```$", section, re.MULTILINE | re.DOTALL)
    assert block, "it has no example"
    assert called in block[0]


def test_the_manual_has_no_section_for_a_command_that_is_gone() -> None:
    assert set(re.findall(r"^### `newsmonitor ([a-z -]+)`$", MANUAL, re.MULTILINE)) == set(COMMANDS)


def test_every_page_of_the_manual_can_be_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in seen and page.suffix == ".md" and page.exists():
            seen.add(page)
            waiting += [(page.parent / path).resolve() for path, _ in links(page) if path]
        elif page.is_dir():
            waiting += page.glob("*.md")
    missing = {str(page.relative_to(ROOT)) for page in PAGES} - {str(page.relative_to(ROOT)) for page in seen}
    assert not missing
