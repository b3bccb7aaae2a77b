"""Shows why a rule matched an article or did not: highlights, the tree, the nearest miss."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from monitor.cli.terminal import CROSS, TICK, excerpt, highlighted, printable, severity_text
from monitor.rules.explain import Explanation, Verdict
from monitor.rules.hits import Hit, Match
from monitor.rules.model import AnyOf, NoneOf, Rule
from monitor.text.article import Article


def article_text(article: Article, hits: tuple[Hit, ...] = ()) -> RenderableType:
    """The article with what was found in it."""
    parts: list[RenderableType] = []
    if article.title:
        parts.append(Text.assemble(highlighted(article.title, hits, "title")))
    for field in ("summary", "body"):
        text = getattr(article, field)
        if text:
            parts.append(Text.assemble("  ", excerpt(text, hits, field)))
    elsewhere = [field for field in ("url", "author", "feed") if any(hit.field == field for hit in hits)]
    parts += [Text.assemble(f"  {field}: ", highlighted(getattr(article, field), hits, field)) for field in elsewhere]
    return Group(*parts)


def match_heading(rule: Rule, match: Match) -> Text:
    """``✓ dprk-russia-arms  high  DPRK–Russia arms transfers``."""
    return Text.assemble(
        TICK, " ", (rule.id, "bold"), "  ", severity_text(match.severity), f"  {printable(rule.title)}"
    )


def miss_heading(rule: Rule, explanation: Explanation) -> Text:
    """``✗ dprk-russia-arms`` and how near it came."""
    line = Text.assemble(CROSS, " ", (rule.id, "bold"), f"  {printable(rule.title)}")
    for sentence in explanation.nearest_miss:
        line.append(f"\n    {printable(sentence)}", "yellow")
    return line


def verdict_tree(explanation: Explanation, *, whole: bool = False) -> Tree:
    """The conditions with a tick or a cross each; of alternatives those that hold, or the ``whole``."""
    tree = Tree(_line(explanation.tree), guide_style="dim")
    _grow(tree, explanation.tree, whole=whole)
    for severity, verdict in explanation.escalations:
        line = Text.assemble(_line(verdict), ("  → ", "dim"), severity_text(severity))
        _grow(tree.add(line), verdict, whole=whole)
    return tree


def _grow(tree: Tree, verdict: Verdict, *, whole: bool) -> None:
    spared = 0
    for member in verdict.members:
        if isinstance(verdict.condition, NoneOf):
            tree.add(_unwanted(member))
        elif not whole and verdict.holds and isinstance(verdict.condition, AnyOf) and not member.holds:
            spared += 1
        else:
            _grow(tree.add(_line(member)), member, whole=whole)
    if spared:
        tree.add(Text(f"… {spared} more that {'does' if spared == 1 else 'do'} not", "dim"))


def _line(verdict: Verdict) -> Text:
    line = Text.assemble(TICK if verdict.holds else CROSS, " ", printable(verdict.words))
    if verdict.holds and verdict.hits and not verdict.members:
        line.append("  " + _found(verdict), "green")
    if verdict.miss:
        line.append("  " + printable(verdict.miss), "yellow")
    return line


def _unwanted(verdict: Verdict) -> Text:
    """A member of ``none:``, where being absent is what is asked for."""
    if not verdict.holds:
        return Text.assemble(TICK, " ", printable(verdict.words), ("  not there", "dim"))
    return Text.assemble(CROSS, " ", printable(verdict.words), ("  is there: " + _found(verdict), "yellow"))


def _found(verdict: Verdict) -> str:
    return printable(", ".join(dict.fromkeys(f"{hit.text} ({hit.field})" for hit in verdict.hits)))
