"""What a rule of the pack finds, misses and mistakes in real articles.

    python -m benchmarks.rule_quality LABELLED.jsonl BACKGROUND.jsonl [RULE]

Labels: ``pos`` should match, ``border`` is left out, everything else should not. BACKGROUND is general news without
labels; what the rule finds there is printed to be read.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.cli.articles import article_from, known_languages
from monitor.rules.compile import CompiledRules, compile_rules
from monitor.rules.loader import load_rules


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def main() -> None:
    if len(sys.argv) not in {3, 4}:
        sys.exit(__doc__)
    wanted = sys.argv[3] if len(sys.argv) == 4 else "dprk-russia-arms"
    rules = load_rules(Path("rules")).rules
    known = known_languages(rules)
    compiled = compile_rules([rule for rule in rules if rule.id == wanted], ())
    labelled(compiled, Path(sys.argv[1]), known)
    background(compiled, Path(sys.argv[2]), known)


def labelled(compiled: CompiledRules, path: Path, known: frozenset[str]) -> None:
    right: Counter[tuple[str, bool]] = Counter()
    wrong = 0
    for row in rows(path):
        matched = bool(compiled.match(article_from(row, known, "a row")))
        if row["label"] == "pos":
            right[row["lang"], matched] += 1
        elif row["label"] != "border" and matched:
            wrong += 1
    found = sum(count for (_, matched), count in right.items() if matched)
    recall, precision = found / right.total(), found / (found + wrong)
    print(f"{right.total()} relevant articles: recall {recall:.3f}, precision {precision:.3f}")
    for lang in sorted({lang for lang, _ in right}):
        of = right[lang, True] + right[lang, False]
        print(f"  {lang}: {right[lang, True]} of {of} found")


def background(compiled: CompiledRules, path: Path, known: frozenset[str]) -> None:
    count, found = 0, []
    for row in rows(path):
        count += 1
        if compiled.match(article_from(row, known, "a row")):
            found.append(f"{row['lang']}: {row['title'] or row['summary'][:100]}")
    print(f"{count} articles of general news: {len(found)} matches, {10_000 * len(found) / count:.2f} per 10,000")
    print("\n".join(f"  {line}" for line in found))


if __name__ == "__main__":
    main()
