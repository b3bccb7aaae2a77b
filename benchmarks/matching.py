"""What matching costs, as ratios to the least any matcher must do with the same text, all from one run.

    python benchmarks/matching.py ARTICLES.jsonl [--articles 600]

One JSON object a line with ``title``, ``summary`` or ``body``, and ``lang``. Short ones of one language are joined to
articles of about 2.6 KB. Without a file, articles are made of invented words with the frequencies of language (Zipf).

The floor is ``casefold``, ``re.findall(r"\\w+")`` and one Aho-Corasick scan for the literals of the same rules. Rules
are drawn from the vocabulary of the first three quarters of the articles; the last quarter, never seen before, is
timed. "Read before" is that quarter again: what matching costs without new words.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import re
import statistics
import time
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import ahocorasick_rs

from monitor.rules.compile import CompiledRules, compile_rules
from monitor.rules.model import (
    ANY_LANGUAGE,
    All,
    AnyOf,
    AtLeast,
    Concept,
    Condition,
    HasConcept,
    HasTerm,
    InField,
    Near,
    NoneOf,
    Rule,
    Term,
    TermKind,
    TextField,
)
from monitor.text.article import Article

SIZES = (100, 1_000, 10_000)
WORD = re.compile(r"\w+")
BYTES_PER_ARTICLE = 2_600
SYLLABLES = ["ka", "ro", "mi", "ten", "sal", "or", "ni", "ver", "da", "lu", "pe", "shi", "gra", "ton", "be", "us"]


# articles


def read_articles(path: Path, most: int) -> list[Article]:
    """Articles of about the mean length of real ones, in the mix of languages of the file."""
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        parts = [entry.get(name) or "" for name in ("title", "summary", "body")]
        texts[entry.get("lang") or "und"].append("\n\n".join(part for part in parts if part))
    articles = [article for lang, entries in texts.items() for article in joined(lang, entries)]
    random.Random(1).shuffle(articles)
    return articles[:most]


def joined(lang: str, entries: Iterable[str]) -> Iterable[Article]:
    waiting: list[str] = []
    for entry in entries:
        waiting.append(entry)
        if sum(len(one.encode()) for one in waiting) >= BYTES_PER_ARTICLE:
            yield Article(key=entry[:40], title=waiting[0][:120], body="\n\n".join(waiting), languages=(lang,))
            waiting = []


def invented_articles(most: int) -> list[Article]:
    rng = random.Random(2)
    words = list(dict.fromkeys("".join(rng.choices(SYLLABLES, k=rng.randint(1, 5))) for _ in range(60_000)))
    weights = [1 / (rank + 3) for rank in range(len(words))]
    articles = []
    for number in range(most):
        drawn = rng.choices(words, weights, k=420)
        text = " ".join(word + rng.choice(["", "", "", "", ",", "."]) for word in drawn)
        articles.append(Article(key=str(number), title=text[:100], body=text, languages=(rng.choice(["en", "de"]),)))
    return articles


# rules


class RuleMaker:
    """Draws rules that look like an analyst's: shared concepts in several languages, own lists, names, exclusions."""

    def __init__(self, articles: Sequence[Article], size: int) -> None:
        self._rng = random.Random(size)
        self._words: dict[str, list[str]] = {}
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for article in articles:
            counts[article.lang].update(WORD.findall(f"{article.title} {article.body}"))
        for lang, counter in counts.items():
            # Nobody watches for "the": leave out what every article says.
            ranked = [word for word, _ in counter.most_common() if len(word) > 3 or not word.isascii()]
            if len(ranked) > 1_000:
                self._words[lang] = ranked[150:]
        self._langs = sorted(self._words, key=lambda lang: -len(self._words[lang]))[:8]
        self._concepts = [self._concept(f"c{number}", 4, 7, 0.85) for number in range(max(20, size // 20))]

    def _word(self, lang: str, rarity: float) -> str:
        """Any rank is as likely as another on a logarithmic scale, from ``rarity`` (1 is the rarest word) on.

        Half of the rare ones are names that no article has said yet, as on any watch list.
        """
        if rarity > 0.9 and self._rng.random() < 0.5:
            return "".join(self._rng.choices(SYLLABLES, k=4))
        words = self._words[lang]
        return words[int(len(words) ** self._rng.uniform(rarity, 1.0)) - 1]

    def _term(self, lang: str, rarity: float) -> Term:
        kind = self._rng.choices(["word", "phrase", "exact", "infix", "prefix"], [55, 25, 10, 5, 5])[0]
        word = self._word(lang, rarity)
        if kind == "phrase":
            text = f"{word} {self._word(lang, rarity)}"
            return Term(text, TermKind.FORMS, text, lang)
        if kind == "exact":
            return Term(f"={word.upper()}", TermKind.EXACT, word.upper(), lang)
        if kind in {"infix", "prefix"} and len(word) > 6:
            stem = word[:6].lower()
            return Term(f"*{stem}*", TermKind.INFIX if kind == "infix" else TermKind.PREFIX, stem, lang)
        return Term(word, TermKind.FORMS, word, lang)

    def _concept(self, name: str, languages: int, terms: int, rarity: float) -> Concept:
        langs = self._rng.sample(self._langs, min(languages, len(self._langs)))
        return Concept(name, tuple(self._term(lang, rarity) for lang in langs for _ in range(terms)))

    def _name(self) -> Term:
        """Of a person or a company: rarely in any one article."""
        lang = self._rng.choice(self._langs)
        text = f"{self._word(lang, 0.91)} {self._word(lang, 0.91)}".title()
        # Most stand in a list for a language; one written straight into a condition is tried in every language.
        return Term(text, TermKind.FORMS, text, lang if self._rng.random() < 0.9 else ANY_LANGUAGE)

    def rule(self, number: int) -> Rule:
        shared = self._rng.sample(self._concepts, 2)
        own = self._concept(f"own{number}", 2, 5, 0.93)
        names = tuple(HasTerm(self._name()) for _ in range(3))
        both = (HasConcept(shared[0].name), HasConcept(shared[1].name))
        shapes: list[Condition] = [
            All((Near(both, 25), HasConcept(own.name))),
            All((*both, HasConcept(own.name))),
            All((HasConcept(shared[0].name), AnyOf(names))),
            AnyOf((*names, Near((HasConcept(shared[1].name), HasConcept(own.name)), "sentence"))),
            AtLeast(2, (HasConcept(own.name), *names)),
            All((Near((both[0], HasConcept(own.name)), 12), NoneOf((InField(TextField.TITLE, both[1]), names[1])))),
        ]
        shape = self._rng.choice(shapes)
        return Rule(f"rule-{number}", "", shape, concepts={one.name: one for one in (*shared, own)})


def literals(rules: Sequence[Rule]) -> list[str]:
    """What the floor's Aho-Corasick looks for."""
    terms = {term.text.casefold() for rule in rules for concept in rule.concepts.values() for term in concept.terms}
    return sorted(terms)


def regex_loop(rules: Sequence[Rule]) -> Callable[[Article], int]:
    """The matcher a user would write: for each rule, a compiled expression for each of its concepts."""
    patterns = [
        [
            re.compile(r"\b(?:" + "|".join(re.escape(term.text) for term in concept.terms) + r")\b", re.IGNORECASE)
            for concept in rule.concepts.values()
        ]
        for rule in rules
    ]

    def act(article: Article) -> int:
        text = f"{article.title} {article.body}"
        return sum(all(pattern.search(text) for pattern in needed) for needed in patterns)

    return act


# timing


def seconds_each(act: Callable[[Article], object], articles: Sequence[Article]) -> float:
    """CPU seconds per article, over one pass."""
    begun = time.process_time()
    for article in articles:
        act(article)
    return (time.process_time() - begun) / len(articles)


def floor(rules: Sequence[Rule]) -> Callable[[Article], object]:
    automaton = ahocorasick_rs.AhoCorasick(literals(rules))

    def act(article: Article) -> object:
        text = f"{article.title} {article.body}".casefold()
        return WORD.findall(text), automaton.find_matches_as_indexes(text, overlapping=True)

    return act


@dataclass(frozen=True)
class Measured:
    size: int
    floor_us: float
    match_us: float
    ratio: float
    again_us: float
    terms: float
    compile_seconds: float
    recompile_seconds: float
    matches: float


def measure(rules: Sequence[Rule], learnt: Sequence[Article], timed: Sequence[Article], rounds: int) -> Measured:
    floors, costs, ratios, again, recompiled = [], [], [], [], []
    lowest = floor(rules)
    begun = time.process_time()
    compiled = compile_rules(rules)
    compile_seconds = time.process_time() - begun
    matches = sum(len(compiled.match(article)) for article in timed) / len(timed)
    terms = sum(len(compiled.view(article).present) for article in timed) / len(timed)
    codes = sorted({article.lang for article in (*learnt, *timed)})
    for _ in range(rounds):
        del compiled
        begun = time.process_time()
        compiled = compile_rules(rules, codes)
        recompiled.append(time.process_time() - begun)
        seconds_each(compiled.match, learnt)
        gc.collect()
        gc.freeze()  # as the daemon does once it is up: nobody needs the rules looked through for rubbish
        floors.append(seconds_each(lowest, timed))
        costs.append(seconds_each(compiled.match, timed))
        ratios.append(costs[-1] / floors[-1])
        again.append(seconds_each(compiled.match, timed))
        gc.unfreeze()
    return Measured(
        size=len(rules),
        floor_us=statistics.median(floors) * 1e6,
        match_us=statistics.median(costs) * 1e6,
        ratio=statistics.median(ratios),
        again_us=statistics.median(again) * 1e6,
        terms=terms,
        compile_seconds=compile_seconds,
        recompile_seconds=statistics.median(recompiled),
        matches=matches,
    )


def held_mib(rules: Sequence[Rule]) -> float:
    gc.collect()
    tracemalloc.start()
    compiled: CompiledRules | None = compile_rules(rules)
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] / 2**20
    tracemalloc.stop()
    del compiled
    return held


def report(name: str, value: float, bar: float, unit: str, *, at_least: bool = False) -> None:
    holds = value >= bar if at_least else value <= bar
    sign = "≥" if at_least else "≤"
    print(f"  {'ok ' if holds else 'NOT'} {name:<48} {value:8.2f} {unit:<4} ({sign} {bar:g})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", nargs="?", type=Path)
    parser.add_argument("--articles", type=int, default=1600)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    articles = read_articles(options.path, options.articles) if options.path else invented_articles(options.articles)
    cut = len(articles) * 3 // 4
    learnt, timed = articles[:cut], articles[cut:]
    size = statistics.mean(len(f"{article.title} {article.body}".encode()) for article in timed)
    print(f"{len(timed)} articles timed, {size:.0f} bytes each; CPU µs per article, medians of {options.rounds} rounds")
    print("   rules   floor   match   ratio   read before   compile s   terms and matches per article")
    found = {}
    for count in SIZES:
        maker = RuleMaker(learnt, count)
        rules = [maker.rule(number) for number in range(count)]
        one = found[count] = measure(rules, learnt, timed, options.rounds)
        print(
            f"{one.size:8d} {one.floor_us:7.0f} {one.match_us:7.0f} {one.ratio:7.2f} {one.again_us:13.0f}"
            f" {one.compile_seconds:11.2f} {one.terms:9.1f} {one.matches:7.2f}"
        )
        if count == 1_000:
            peer = seconds_each(regex_loop(rules), timed[:10]) * 1e6
    report("1,000 rules: times the floor", found[1_000].ratio, 2.5, "×")
    report("10,000 rules: times the floor", found[10_000].ratio, 3.0, "×")
    for count, bar in ((1_000, 2.5), (10_000, 3.0)):
        again = found[count].again_us / found[count].floor_us
        report(f"{count:,} rules: times the floor, words read before", again, bar, "×")
    report("10,000 rules: times the cost of 100", found[10_000].match_us / found[100].match_us, 1.5, "×")
    report("10,000 rules: compile", found[10_000].compile_seconds, 3.0, "s")
    report("10,000 rules: compile again, dictionaries read", found[10_000].recompile_seconds, 3.0, "s")
    report("10,000 rules: held in memory", held_mib(rules), 150.0, "MiB")
    faster = peer / found[1_000].match_us
    report("1,000 rules: faster than a loop of re", faster, 100.0, "×", at_least=True)


if __name__ == "__main__":
    main()
