"""Files that are built under another name and appear under their own only when they are whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.store.sqlite import SIDE_FILES

_MARK = ".draft-"


@contextmanager
def draft_of(target: Path) -> Iterator[Path]:
    """A name beside ``target`` to build it under, of this process alone; whatever is left there is removed at the end.

    Drafts that a killed process left behind go first.
    """
    clear(target)
    draft = target.with_name(f"{target.name}{_MARK}{os.getpid()}")
    _remove(draft)  # of an earlier process with our number: in a container they all have the same
    try:
        yield draft
    finally:
        _remove(draft)


def clear(target: Path, *, ours: bool = False) -> None:
    """Remove the drafts beside ``target`` that killed processes left behind.

    With ``ours`` also those of our own number, for when nothing is being built yet: they are of a process before us.
    """
    for left in target.parent.iterdir():
        name, mark, owner = left.name.rpartition(_MARK)
        owner = owner.partition("-")[0]
        if mark and name.startswith(_stem(target)) and owner.isdecimal() and not _is_alive(int(owner), ours=ours):
            left.unlink(missing_ok=True)


def _remove(draft: Path) -> None:
    for ending in ("", *SIDE_FILES):
        draft.with_name(draft.name + ending).unlink(missing_ok=True)


def _stem(target: Path) -> str:
    """What all drafts for one database begin with: ``news`` for ``news.db`` and for its backup ``news-2026….db``."""
    return target.name.partition(".")[0].partition("-")[0]


def _is_alive(process: int, *, ours: bool) -> bool:
    if process == os.getpid():
        return not ours
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
