"""``newsmonitor match``: which rules hold for an article, through which words, and what the others missed by."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli import app
from monitor.cli.articles import from_any_feed, known_languages, tried_out
from monitor.cli.explained import article_text, match_heading, miss_heading, verdict_tree
from monitor.cli.handed_in import handed_in
from monitor.cli.names import no_such
from monitor.cli.options import CONFIG, ConfigOption, JsonOption, RulesOption, load_all
from monitor.cli.rows import match_row, verdict_row
from monitor.cli.terminal import out, print_json
from monitor.rules.compile import CompiledRules, compile_rules
from monitor.rules.explain import explain
from monitor.rules.miss import languages_listed
from monitor.rules.model import Rule
from monitor.text.article import Article


@app.command(
    epilog="Examples:  newsmonitor match article.txt   ·   echo 'Pyongyang ships shells' | newsmonitor match -   ·   "
    "newsmonitor match https://example.org/story --json   ·   newsmonitor match feed.xml --rule dprk-russia-arms"
)
def match(
    source: Annotated[
        str,
        typer.Argument(metavar="FILE|URL|-", help="A text (title in the first line), JSON article, feed or web page."),
    ],
    config: ConfigOption = CONFIG,
    rules: RulesOption = None,
    rule: Annotated[str, typer.Option("--rule", help="Explain this rule only.")] = "",
    all_rules: Annotated[
        bool, typer.Option("--all", "-a", help="Show the trees of misses, and all alternatives.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Match articles: which rules hold, which words made them hold, and the nearest miss of the others.

    With --json there is one object per article.
    """
    loaded = load_all(config, rules, warn=False)
    found = from_any_feed(tried_out(loaded.rules.rules))
    if rule and rule not in {one.id for one in found}:
        raise no_such("rule", rule, [one.id for one in found])
    articles = handed_in(source, known_languages(found), loaded.config)
    compiled = compile_rules(found, {code for article in articles for code in article.languages})
    chosen = [one for one in found if rule in {"", one.id}]
    for article in articles:
        if json:
            _print_json(article, chosen, compiled)
        else:
            misses = len(articles) == 1 or bool(rule)
            _print(article, chosen, compiled, trees=all_rules or bool(rule), misses=misses, whole=all_rules)


def _print_json(article: Article, rules: list[Rule], compiled: CompiledRules) -> None:
    explained = [explain(compiled, article, one.id) for one in rules]
    print_json(
        {
            "title": article.title,
            "url": article.url,
            "lang": article.lang,
            "languages": list(article.languages),
            "matches": [match_row(one.match) for one in explained if one.match is not None],
            "rules": [verdict_row(one) for one in explained],
        }
    )


def _print(
    article: Article, rules: list[Rule], compiled: CompiledRules, *, trees: bool, misses: bool, whole: bool
) -> None:
    """The article with its highlights, then the rules. Of a feed's many articles, ``misses`` are not explained."""
    explained = [(one, explain(compiled, article, one.id)) for one in rules]
    hits = tuple(hit for _, why in explained if why.match is not None for hit in why.match.hits)
    out.print(article_text(article, hits))
    matched = sum(why.match is not None for _, why in explained)
    languages = languages_listed(article.languages) or "an unknown language"
    out.print(f"[dim]read as {languages}; {matched} of {len(explained)} rules match[/]")
    for one, why in explained:
        if why.match is not None:
            out.print(match_heading(one, why.match))
            out.print(verdict_tree(why, whole=whole), soft_wrap=False)
    for one, why in explained:
        if why.match is None and misses:
            out.print(miss_heading(one, why))
            if trees:
                out.print(verdict_tree(why, whole=True), soft_wrap=False)
    out.print()
