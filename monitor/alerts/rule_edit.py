"""Puts proposed exclusions into the text of a rule file, as a person would: the rest stays as it is written."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Sequence

from monitor.alerts.exclusion import Exclusion

_COMMENT = re.compile(r"(?:^|\s+)#.*$")
_AMBIGUOUS = re.compile(r"true|false|null|yes|no|on|off|~|[-+.0-9].*", re.IGNORECASE)
_STEP = "  "


def exclusion_diff(rule_text: str, exclusions: Sequence[Exclusion], path: str) -> str:
    """A unified diff for ``path`` that adds the exclusions to the rule's ``none:``; empty if there are none to add.

    ValueError if the ``match:`` part is written in a way that only a person should edit; its sentence has the lines.
    """
    changed = with_exclusions(rule_text, exclusions)
    lines = difflib.unified_diff(
        rule_text.splitlines(keepends=True), changed.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def with_exclusions(rule_text: str, exclusions: Sequence[Exclusion]) -> str:
    """The rule file's text with the exclusions in it; ValueError as for :func:`exclusion_diff`."""
    if not exclusions:
        return rule_text
    lines = rule_text.splitlines()
    items = [written(one) for one in exclusions]
    start = next((at for at, line in enumerate(lines) if line.startswith("match:")), None)
    if start is None:
        raise ValueError(f"the rule has no match: part to add this to: none: [{', '.join(items)}]")
    end = _block_end(lines, start)
    inline = _content(lines[start].removeprefix("match:"))
    if inline:
        if not _balanced(inline):
            raise ValueError(
                f"match: is written over several lines in brackets; add none: [{', '.join(items)}] by hand"
            )
        block = _inline_block(inline, items, lines[start])
    else:
        block = [lines[start], *_edited_block(lines[start + 1 : end], items)]
    text = "\n".join([*lines[:start], *block, *lines[end:]])
    return text + "\n" if rule_text.endswith("\n") else text


def written(exclusion: Exclusion) -> str:
    """The exclusion as one list item of a rule file, quoted where YAML would read it as something else."""
    text = exclusion.text
    plain = re.fullmatch(r"=?\w[\w '’-]*", text) and not _AMBIGUOUS.fullmatch(text)
    item = text if plain else json.dumps(text, ensure_ascii=False)
    return f"{{title: {item}}}" if exclusion.title_only else item


def _block_end(lines: Sequence[str], start: int) -> int:
    """The line after the last one with content that belongs to the key at ``start``."""
    end = start + 1
    for at in range(start + 1, len(lines)):
        if not _content(lines[at]):
            continue
        if not lines[at].startswith((" ", "- ")):
            break
        end = at + 1
    return end


def _edited_block(block: Sequence[str], items: Sequence[str]) -> list[str]:
    first = next((line for line in block if _content(line)), None)
    if first is None:
        raise ValueError(f"match: is empty, so there is nothing to add {', '.join(items)} to")
    margin = " " * _indent(first)
    if first.strip().startswith("- "):
        moved = [f"{_STEP}{_STEP[len(margin) :]}{line}" if line.strip() else line for line in block]
        return [f"{_STEP}any:", *moved, f"{_STEP}none:", *(f"{_STEP * 2}- {item}" for item in items)]
    for at, line in enumerate(block):
        if _indent(line) == len(margin) and line.strip().startswith("none:"):
            return [*block[:at], *_edited_none(block[at:], len(margin), items)]
    return [*block, f"{margin}none:", *(f"{margin}{_STEP}- {item}" for item in items)]


def _edited_none(block: Sequence[str], margin: int, items: Sequence[str]) -> list[str]:
    """The block from its ``none:`` on, with the items at the end of that list."""
    head = block[0]
    inline = _content(head.strip().removeprefix("none:"))
    if inline.startswith("[") and _balanced(inline):
        before, _, after = head.rpartition("]")
        joint = "" if before.rstrip().endswith("[") else ", "
        return [f"{before}{joint}{', '.join(items)}]{after}", *block[1:]]
    if inline.startswith(("[", "{")):
        raise ValueError(f"none: is written over several lines in brackets; add {', '.join(items)} by hand")
    if inline:
        place = head.index("none:") + len("none:")
        return [f"{head[:place]} [{inline}, {', '.join(items)}]", *block[1:]]
    last, dash = 0, " " * (margin + len(_STEP))
    for at, line in enumerate(block[1:], start=1):
        if not _content(line):
            continue
        if _indent(line) < margin or (_indent(line) == margin and not line.strip().startswith("- ")):
            break
        if last == 0:
            dash = " " * _indent(line)
        last = at
    return [*block[: last + 1], *(f"{dash}- {item}" for item in items), *block[last + 1 :]]


def _inline_block(inline: str, items: Sequence[str], line: str) -> list[str]:
    if inline.startswith("{"):
        if re.search(r"\bnone\s*:", inline):
            raise ValueError(f"match: and its none: are on one line; add {', '.join(items)} to none: by hand")
        before, _, after = line.rpartition("}")
        return [f"{before}, none: [{', '.join(items)}]}}{after}"]
    listed = inline if inline.startswith("[") else f"[{inline}]"
    return ["match:", f"{_STEP}any: {listed}", f"{_STEP}none:", *(f"{_STEP * 2}- {item}" for item in items)]


def _content(line: str) -> str:
    return _COMMENT.sub("", line).strip() if '"' not in line and "'" not in line else line.strip()


def _balanced(text: str) -> bool:
    return all(text.count(opening) == text.count(closing) for opening, closing in ("[]", "{}"))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
