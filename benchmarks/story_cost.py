"""What stories cost with 100,000 articles in the window, and whether lightly edited copies are found.

    python -m benchmarks.story_cost BACKGROUND.jsonl TITLES.jsonl STORIES.jsonl

The window is filled from real articles (BACKGROUND, with their summaries) and headlines (TITLES, STORIES), each once
as it is; then again and again with every second word put in from another text of the same language, until there are
enough: other events, in the words of real news. Timed are the articles that come on top, one core's time; memory is
what the process grew by while the window was filled, over the articles in it. Copies: long texts are made of eight
summaries in a row; a copy has a headline of its own, a sentence before it, every fortieth word changed and its end cut.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from monitor.stories.index import StoryIndex
from monitor.stories.model import StoryArticle

WINDOW = 100_000
TIMED = 3_000
LONG = 1_000
_BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
_DAYS = 7

Text = tuple[str, str, str]
"""Language, title, body."""


def read_texts(paths: Sequence[Path]) -> list[Text]:
    lines = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    return [(line["lang"], title, line.get("summary", "")) for line in lines if (title := line.get("title") or "")]


def variants(texts: Sequence[Text], chance: Random) -> Iterator[Text]:
    """The texts, then others made of their words, without end."""
    yield from texts
    words: dict[str, list[str]] = defaultdict(list)
    for lang, title, body in texts:
        words[lang] += f"{title} {body}".split()

    def other(lang: str, text: str) -> str:
        return " ".join(chance.choice(words[lang]) if chance.random() < 0.5 else word for word in text.split())

    while True:
        for lang, title, body in texts:
            yield lang, other(lang, title), other(lang, body)


def articles(texts: Iterator[Text], count: int, first: int, over: timedelta) -> list[StoryArticle]:
    """So many articles, evenly over a time that ends when the window is full."""
    at = _BEGAN + timedelta(days=_DAYS) - over
    return [
        StoryArticle(first + number, title, at + over * number / count, body, (lang,), f"feed-{number % 500}")
        for number, (lang, title, body) in zip(range(count), texts, strict=False)
    ]


def resident() -> int:
    """Bytes of memory that the process holds (Linux)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


def cost(texts: Sequence[Text]) -> None:
    chance = Random(4)
    source = variants(texts, chance)
    filling = articles(source, WINDOW, 0, timedelta(days=_DAYS))
    timed = articles(source, TIMED, WINDOW, timedelta(minutes=1))
    gc.collect()
    before = resident()
    index = StoryIndex()
    spent = _placed(index, filling)
    gc.collect()
    each = (resident() - before) / WINDOW
    print(f"{WINDOW:,} articles in the window: {each:.0f} bytes each; filled at {WINDOW / spent:.0f} articles/s")
    print(f"with them in the window: {TIMED / _placed(index, timed):.0f} articles/s of CPU time")


def _placed(index: StoryIndex, these: Sequence[StoryArticle]) -> float:
    began = time.process_time()
    for article in these:
        index.place(article)
    return time.process_time() - began


def copies(texts: Sequence[Text]) -> None:
    """Recall and precision of the same text, for copies of long texts among others."""
    chance = Random(5)
    by_lang: dict[str, list[Text]] = defaultdict(list)
    for each in texts:
        if len(each[2]) > 100:
            by_lang[each[0]].append(each)
    index = StoryIndex()
    made: list[tuple[str, str, str, str]] = []
    for lang, these in sorted(by_lang.items()):
        for place in range(0, len(these) - 9, 9):
            own, others = these[place], [one[2] for one in these[place + 1 : place + 9]]
            made.append((lang, own[1], own[2], " ".join([own[2], *others])))
    long = chance.sample(made, min(LONG, len(made)))
    for number, (lang, title, _, text) in enumerate(long):
        index.place(StoryArticle(number, title, _BEGAN, text, (lang,)))
    right = wrong = 0
    for number, (lang, title, lead, text) in enumerate(long):
        words = text.split()
        edited = [f"{word}x" if place % 40 == 7 else word for place, word in enumerate(words)][: len(words) * 19 // 20]
        copy = StoryArticle(-1 - number, f"{lead[:60]} – {title[:20]}", _BEGAN, f"{title}. {' '.join(edited)}", (lang,))
        found = index.place(copy).duplicate_of
        right += found == number
        wrong += found is not None and found != number
    named = right + wrong
    print(
        f"copies of {len(long):,} long texts, lightly edited: recall {right / len(long):.3f}, "
        f"precision {right / named if named else 0:.3f}"
    )


def main() -> None:
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    texts = read_texts([Path(name) for name in sys.argv[1:]])
    cost(texts)
    copies(texts)


if __name__ == "__main__":
    main()
