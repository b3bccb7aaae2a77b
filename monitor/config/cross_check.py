"""What only shows when the settings are seen together: names nobody defined, feeds given twice, open files."""

from __future__ import annotations

import stat
from collections.abc import Collection, Iterator
from datetime import timedelta
from pathlib import Path

from monitor.config.settings import Config
from monitor.rules.languages import did_you_mean
from monitor.rules.problems import Gravity, Place, Problem
from monitor.rules.tree import ListNode, MapNode, Node, Scalar

_POLITE = timedelta(minutes=1)


def cross_check(config: Config, tree: MapNode, path: Path) -> Iterator[Problem]:
    """Every fault and warning about the whole."""
    yield from _references(config, tree)
    yield from _fallback_circles(config, tree)
    yield from _feeds(config, tree)
    if config.retention.identities < config.retention.articles:
        place = _place(tree, "retention", "identities")
        sentence = "digests of purged articles are kept for less long than articles, so purged ones would alert again"
        yield Problem(place, "bad-value", sentence, "make identities longer than articles")
    yield from _warnings(config, tree)
    if _literal_secret(tree) and path.stat().st_mode & stat.S_IROTH:
        sentence = "everybody on this machine can read this file, and there are secrets in it"
        yield _warning(_literal_secret(tree) or tree.place, "world-readable", sentence, f"chmod 600 {path}")


def _references(config: Config, tree: MapNode) -> Iterator[Problem]:
    channels, quiet, digests = config.channels, config.quiet_hours, config.digests
    if config.operations:
        yield from _known(tree, ("operations",), "channel", channels)
    for name in channels:
        at = ("channels", name)
        yield from _known(tree, (*at, "quiet"), "quiet-hours", quiet)
        yield from _known(tree, (*at, "digest"), "digest", digests)
        yield from _known(tree, (*at, "digest", "as"), "digest", digests)
        yield from _known(tree, (*at, "fallback"), "channel", channels)
    for at_route in range(len(config.routes)):
        yield from _known(tree, ("routes", at_route, "to"), "channel", channels)


def _known(tree: Node, path: tuple[str | int, ...], word: str, names: Collection[str]) -> Iterator[Problem]:
    node = _find(tree, path)
    for item in node.items if isinstance(node, ListNode) else (node,):
        if isinstance(item, Scalar) and item.text and item.text not in names:
            what = word.replace("-", " ")
            fix = did_you_mean(item.text, names) or f"define it under `{'channels' if word == 'channel' else what}:`"
            yield Problem(item.place, f"unknown-{word}", f"no {what} is named “{item.text}” here", fix)


def _fallback_circles(config: Config, tree: MapNode) -> Iterator[Problem]:
    for start in config.channels:
        chain = [start]
        while (following := config.channels[chain[-1]].fallback) in config.channels and following not in chain:
            chain.append(following)
        if following == start:
            names = " → ".join([*chain, start])
            place = _place(tree, "channels", start, "fallback")
            yield Problem(place, "fallback-circle", f"the fallbacks go in a circle: {names}", "end it somewhere")


def _feeds(config: Config, tree: MapNode) -> Iterator[Problem]:
    ids: dict[str, int] = {}
    urls: dict[str, int] = {}
    for at, feed in enumerate(config.feeds):
        place = _place(tree, "feeds", at)
        first = urls.setdefault(feed.url, at)
        if first != at:
            sentence = f"this feed is there already, in line {_place(tree, 'feeds', first).line}"
            yield Problem(place, "duplicate-feed", sentence, "remove one of the two")
            continue
        first = ids.setdefault(feed.id, at)
        if first != at:
            sentence = f"the id “{feed.id}” belongs to the feed in line {_place(tree, 'feeds', first).line}"
            node = _find(tree, ("feeds", at, "id"))
            yield Problem(node.place if node else place, "duplicate-id", sentence, "give it another `id:`")
        if (feed.interval or config.polling.interval) < _POLITE and not (
            feed.allow_networks or config.polling.allow_networks
        ):
            sentence = f"asking “{feed.id}” more than once a minute is hard on its server"
            yield _warning(place, "fast-polling", sentence, "write `interval: 15m`")


def _warnings(config: Config, tree: MapNode) -> Iterator[Problem]:
    if not config.feeds:
        yield _warning(tree.place, "no-feeds", "no feed is watched", "add URLs under `feeds:`")
    if not config.channels:
        fix = "add `channels:` and under it `terminal: console`"
        yield _warning(tree.place, "no-channel", "there is no channel, so nobody is told anything", fix)
    elif not config.operations:
        sentence = "nobody is told when a feed or a channel fails"
        yield _warning(tree.place, "no-operations", sentence, "add `operations:` with the name of a channel")


def _literal_secret(tree: MapNode) -> Place | None:
    """Where a secret is written into the file itself, if anywhere."""
    channels = tree.get("channels")
    for _, channel in channels if isinstance(channels, MapNode) else ():
        parts = [channel] if isinstance(channel, Scalar) else []
        if isinstance(channel, MapNode):
            parts = [node for key in ("url", "secret") if isinstance(node := channel.get(key), Scalar)]
        for part in parts:
            if _is_literal(part) and part.text != "console":
                return part.place
    feeds = tree.get("feeds")
    for feed in feeds.items if isinstance(feeds, ListNode) else ():
        node = feed.get("auth") if isinstance(feed, MapNode) else None
        if isinstance(node, Scalar) and _is_literal(node):
            return node.place
    return None


def _is_literal(node: Scalar) -> bool:
    return bool(node.text) and "${" not in node.text and not node.text.startswith("credential:")


def _find(node: Node | None, path: tuple[str | int, ...]) -> Node | None:
    for part in path:
        if isinstance(node, MapNode):
            node = node.get(str(part))
        elif isinstance(node, ListNode) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
        else:
            return None
    return node


def _place(tree: Node, *path: str | int) -> Place:
    node = _find(tree, path)
    return node.place if node is not None else tree.place


def _warning(place: Place, kind: str, sentence: str, fix: str) -> Problem:
    return Problem(place, kind, sentence, fix, Gravity.WARNING)
