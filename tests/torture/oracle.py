"""Computes, in a process of its own, what was owed and what became of it.

Reads a directory in which the test has written ``published`` (one headline a line), ``arrived`` (one copy a line:
channel, tab, headline) and ``kills`` (a number), and the database. Prints one JSON object. It knows nothing of how
the daemon works but the journal's words for a second copy.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

CHANNELS = ("mail", "hook")


def judge(directory: Path, database: Path) -> dict[str, Any]:
    """What was lost, what came twice, and whether each second copy has its explanation in the journal."""
    owed = set((directory / "published").read_text(encoding="utf-8").splitlines())
    lines = (directory / "arrived").read_text(encoding="utf-8").splitlines()
    copies = {
        name: Counter(line.partition("\t")[2] for line in lines if line.startswith(f"{name}\t")) for name in CHANNELS
    }
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        explained = Counter(dict(opened.execute(
            "SELECT channel, count(*) FROM events"
            " WHERE kind = 'retried' AND reason LIKE '%second copy%' GROUP BY channel"
        ).fetchall()))  # fmt: skip
        sound = opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        dangling = opened.execute("PRAGMA foreign_key_check").fetchall()
    extra = {name: sum(count - 1 for title, count in copies[name].items() if title in owed) for name in CHANNELS}
    return {
        "owed": len(owed),
        "lost": {name: sorted(owed - copies[name].keys()) for name in CHANNELS},
        "extra": extra,
        "unexplained": {name: max(0, extra[name] - explained[name]) for name in CHANNELS},
        "kills": int((directory / "kills").read_text(encoding="ascii")),
        "sound": sound and not dangling,
    }


if __name__ == "__main__":
    print(json.dumps(judge(Path(sys.argv[1]), Path(sys.argv[2]))))  # noqa: T201
