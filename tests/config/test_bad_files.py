"""Every file in ``tests/data/bad_files`` gives exactly the problems its first comment names, at those lines."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from monitor.config import load_config
from monitor.rules.lint import Known
from monitor.rules.loader import load_rules
from monitor.rules.problems import Problem, ProblemsError

BAD_FILES = Path(__file__).parents[1] / "data" / "bad_files"
KNOWN = Known(
    channels=frozenset({"desk"}),
    feed_tags=frozenset({"wire"}),
    feed_ids=frozenset({"wire-1"}),
    quiet_hours=frozenset({"nights"}),
    digests=frozenset({"morning"}),
)
FILES = sorted(BAD_FILES.iterdir())


def expected(path: Path) -> list[tuple[str, int]]:
    """``# expect: kind line; kind line``."""
    first = path.read_bytes().split(b"\n", 1)[0].decode()
    pairs = (part.split() for part in first.removeprefix("# expect: ").split(";"))
    return sorted((kind, int(line)) for kind, line in pairs)


def problems_of(path: Path, home: Path) -> tuple[Problem, ...]:
    kind = path.name.split("-")[0]
    try:
        if kind == "config":
            config = home / "config.yaml"
            shutil.copy(path, config)
            config.chmod(0o600)
            return load_config(config, {"TOKEN": "t0p-s3cret"}).warnings
        target = home / "rules" / ("concepts" if kind == "concepts" else "") / path.name
        target.parent.mkdir(parents=True)
        shutil.copy(path, target)
        return tuple(problem for problem in load_rules(home / "rules", KNOWN).warnings if problem.kind != "no-rules")
    except ProblemsError as error:
        return error.problems


def test_the_corpus_is_not_small() -> None:
    assert len(FILES) >= 45


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_bad_file_gives_exactly_its_problems(path: Path, tmp_path: Path) -> None:
    problems = problems_of(path, tmp_path)
    assert sorted((problem.kind, problem.place.line) for problem in problems) == expected(path), problems


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_problem_reads_well(path: Path, tmp_path: Path) -> None:
    for problem in problems_of(path, tmp_path):
        assert problem.place.file.startswith(str(tmp_path))
        assert problem.place.column >= 1
        assert problem.sentence
        assert not problem.sentence.endswith(".")
        assert "\n" not in str(problem)
        assert "t0p-s3cret" not in str(problem)
