"""Runs the benchmarks one after the other; each says what it measures and against what.

    python -m benchmarks [DIRECTORY]

DIRECTORY holds JSON Lines corpora, gzipped or not, told apart by their names: ``rule_*`` (labelled articles),
``background*`` (unlabelled ones), ``titles_*`` (headlines with their language), ``stories_*`` and ``pairs_*`` (texts
with their events). What is not there is not measured; matching and storing need no corpus.
"""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

KINDS = ("rule_", "background", "titles_", "stories_", "pairs_")


def unpacked(directory: Path, into: Path) -> dict[str, Path]:
    """One corpus of each kind as a plain file."""
    found: dict[str, Path] = {}
    for kind in KINDS:
        for path in sorted(directory.glob(f"{kind}*.jsonl*")):
            plain = into / path.name.removesuffix(".gz")
            if path.suffix == ".gz":
                with gzip.open(path) as packed, plain.open("wb") as out:
                    shutil.copyfileobj(packed, out)
            found[kind] = plain if path.suffix == ".gz" else path
    return found


def run(name: str, corpora: Iterable[Path | None] = ()) -> int:
    """One benchmark as a process of its own, so that none sees another's caches."""
    paths = list(corpora)
    print(f"\n== {name} ==", flush=True)
    if None in paths:
        print("not measured: its corpus is not there")
        return 0
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *map(str, paths)], check=False).returncode


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        found = unpacked(Path(sys.argv[1]), Path(place)) if len(sys.argv) > 1 else {}
        background = found.get("background")
        failed = [
            run("matching", [background] if background else []),
            run("language", [found.get("titles_")]),
            run("rule_quality", [found.get("rule_"), background]),
            run("stories", [found.get("stories_"), found.get("pairs_")]),
            run("story_cost", [background, found.get("titles_"), found.get("stories_")]),
            run("storing"),
        ]
    sys.exit(max(failed))


if __name__ == "__main__":
    main()
