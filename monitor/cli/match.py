"""``newsmonitor match``: which rules hold for an article, through which words, and what the others missed by."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli import app
from monitor.cli.articles import from_any_feed, known_languages, read_article, read_input
from monitor.cli.explained import article_text, match_heading, miss_heading, verdict_tree
from monitor.cli.options import CONFIG, ConfigOption, JsonOption, RulesOption, load_all
from monitor.cli.rows import match_row, verdict_row
from monitor.cli.terminal import out, print_json
from monitor.errors import UsageError
from monitor.rules.compile import CompiledRules, compile_rules
from monitor.rules.explain import explain
from monitor.rules.model import Rule
from monitor.text.article import Article


@app.command(
    epilog="Examples:  newsmonitor match article.txt   ·   echo 'Pyongyang ships shells' | newsmonitor match -   ·   "
    "newsmonitor match article.json --json   ·   newsmonitor match article.txt --rule dprk-russia-arms"
)
def match(
    source: Annotated[str, typer.Argument(metavar="FILE|-", help="A text (title in the first line) or JSON article.")],
    config: ConfigOption = CONFIG,
    rules: RulesOption = None,
    rule: Annotated[str, typer.Option("--rule", help="Explain this rule only.")] = "",
    all_rules: Annotated[bool, typer.Option("--all", "-a", help="Show the trees of rules that miss, too.")] = False,
    json: JsonOption = False,
) -> None:
    """Match one article: which rules hold, which words made them hold, and the nearest miss of the others."""
    found = from_any_feed(load_all(config, rules, warn=False).rules.rules)
    if rule and rule not in {one.id for one in found}:
        raise UsageError(f"there is no rule “{rule}”; `newsmonitor rules` lists them")
    data, name = read_input(source)
    article = read_article(data, name, known_languages(found))
    compiled = compile_rules(found, article.languages)
    chosen = [one for one in found if rule in {"", one.id}]
    if json:
        _print_json(article, chosen, compiled)
    else:
        _print(article, chosen, compiled, trees=all_rules or bool(rule))


def _print_json(article: Article, rules: list[Rule], compiled: CompiledRules) -> None:
    explained = [explain(compiled, article, one.id) for one in rules]
    print_json(
        {
            "lang": article.lang,
            "languages": list(article.languages),
            "matches": [match_row(one.match) for one in explained if one.match is not None],
            "rules": [verdict_row(one) for one in explained],
        }
    )


def _print(article: Article, rules: list[Rule], compiled: CompiledRules, *, trees: bool) -> None:
    explained = [(one, explain(compiled, article, one.id)) for one in rules]
    hits = tuple(hit for _, why in explained if why.match is not None for hit in why.match.hits)
    out.print(article_text(article, hits))
    out.print(f"[dim]read as {', '.join(article.languages) or 'an unknown language'}[/]\n")
    for one, why in explained:
        if why.match is not None:
            out.print(match_heading(one, why.match))
            out.print(verdict_tree(why))
    for one, why in explained:
        if why.match is None:
            out.print(miss_heading(one, why))
            if trees:
                out.print(verdict_tree(why))
    matched = sum(why.match is not None for _, why in explained)
    out.print(f"\n{matched} of {len(explained)} rules match")
