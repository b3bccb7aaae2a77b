"""Which articles of a document are new or changed, and what the rules find in them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.intake import Found, Haul
from monitor.pages import Page, Pages
from monitor.scene import Scene
from monitor.store import Store, articles
from monitor.store.values import FeedState, Known
from monitor.stories.identity import url_key
from monitor.text.article import Article


async def sift(scene: Scene, state: FeedState, found: Sequence[Article], store: Store, pages: Pages) -> Haul:
    """Match what is new or changed; with the text of its page, where the feed is to be read in full."""
    keys = {article.key: url_key(article.url) for article in found}
    known = await store.read(lambda tx: articles.known(tx, state.feed, keys))
    new = [article for article in found if article.key not in known.by_key]
    changed = [article for article in found if _is_changed(article, known)]
    seen = [known.by_key[article.key] for article in changed]
    texts = await store.read(lambda tx: articles.page_texts(tx, state.feed, seen)) if seen else {}
    quiet = state.first_success_at is None and not scene.backfills(state.feed)
    full = scene.watched[state.feed].full_text and not quiet
    read = await pages.of(scene, state, new, keys) if full else {}
    matcher = _Matcher(scene, keys)
    matched_new, matched_changed = await asyncio.to_thread(
        lambda: (
            tuple(matcher.new(article, read.get(article.key)) for article in new),
            tuple(matcher.changed(article, texts.get(known.by_key[article.key].id, "")) for article in changed),
        )
    )
    return Haul(matched_new, matched_changed, tuple(known.by_key.values()), quiet, state.succeeded_at)


def _is_changed(article: Article, known: Known) -> bool:
    before = known.by_key.get(article.key)
    return before is not None and before.text_hash != articles.text_hash(article)


@dataclass(frozen=True, slots=True)
class _Matcher:
    scene: Scene
    keys: Mapping[str, str]

    def new(self, article: Article, page: Page | None) -> Found:
        """A new article, matched on its full text if there is one; ``in_page`` is what the teaser alone would miss."""
        key = self.keys[article.key]
        if page is None or page.article is None:
            return Found(article, key, self.scene.match(article), page=page.note if page else "")
        teaser = {match.rule for match in self.scene.match(article)}
        matches = self.scene.match(page.article)
        in_page = frozenset(match.rule for match in matches) - teaser
        return Found(page.article, key, matches, articles.text_hash(article), in_page, page.note)

    def changed(self, article: Article, page_text: str) -> Found:
        """A changed one; the text of its page, once read, stays what it was."""
        key = self.keys[article.key]
        if not page_text:
            return Found(article, key, self.scene.match(article))
        whole = replace(article, body=page_text)
        return Found(whole, key, self.scene.match(whole), articles.text_hash(article))
