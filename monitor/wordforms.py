"""Writes the forms of the bundled rule pack's words, so that nobody waits for them; ``--check`` tells stale ones."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

from monitor.bundled import bundled
from monitor.rules.compile import compile_rules
from monitor.rules.loader import load_rules
from monitor.text import lemmas

FILE = Path(lemmas.__file__).with_name("paradigms.json.gz")


def main(arguments: list[str]) -> int:
    """Write the file, or compare it with what would be written (exit status 1 if it differs)."""
    if arguments != ["--check"]:
        FILE.unlink(missing_ok=True)  # what it says is not taken over: how forms are found may have changed
    compile_rules(load_rules(bundled("rules")).rules)
    wanted = lemmas.remembered()
    if arguments == ["--check"]:
        return 0 if FILE.exists() and gzip.decompress(FILE.read_bytes()) == gzip.decompress(wanted) else 1
    FILE.write_bytes(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
