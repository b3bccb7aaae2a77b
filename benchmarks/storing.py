"""What storing a new article costs, beside the floor: the same rows through the driver's own ``executemany``.

Prints CPU microseconds per article for polls of 50 new articles, one transaction each, and the ratio to the floor. Run
it with ``python benchmarks/storing.py [ARTICLES]``.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from monitor.store import Store, articles
from monitor.store.values import NewArticle
from monitor.text.article import Article

PER_POLL = 50
NOW = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = ("Lieferung", "снаряды", "북한", "Regierung", "shipment", "минобороны", "러시아", "Bericht", "missile", "port")


def polls(total: int) -> Iterator[list[NewArticle]]:
    """Polls of new articles with bodies of about 2.6 KB, the size seen in the wild."""
    for first in range(0, total, PER_POLL):
        yield [_article(number) for number in range(first, first + PER_POLL)]


def _article(number: int) -> NewArticle:
    body = " ".join(WORDS[(number + step) % len(WORDS)] for step in range(220))
    url = f"https://news.example/{number % 97}/{number}"
    article = Article(
        key=url, title=f"{number}: {body[:70]}", summary=body[:200], body=body, url=url, author="desk",
        feed=f"feed-{number // PER_POLL % 200}", feed_tags=frozenset({"wire"}), languages=("de", "en"),
        published_at=NOW + timedelta(seconds=number),
    )  # fmt: skip
    return NewArticle(article, url.removeprefix("https://"))


def cpu_per_article(batches: list[list[NewArticle]], store_one: Callable[[list[NewArticle]], object]) -> float:
    """Median over polls of CPU time, all threads, per article, in microseconds."""
    costs = []
    for batch in batches:
        start = time.process_time()
        store_one(batch)
        costs.append((time.process_time() - start) / len(batch))
    return statistics.median(costs) * 1e6


def through_the_store(path: Path, batches: list[list[NewArticle]]) -> tuple[float, float, float]:
    """New articles, the same again (all known), and asking which are known."""
    with Store.open(path, now=NOW, exclusive=True) as store:
        new = cpu_per_article(batches, lambda batch: store.write_now(lambda tx: articles.add(tx, batch, NOW)))
        again = cpu_per_article(batches, lambda batch: store.write_now(lambda tx: articles.add(tx, batch, NOW)))
        ask = cpu_per_article(
            batches,
            lambda batch: store.read_now(
                lambda tx: articles.known(
                    tx, batch[0].article.feed, [new.article.key for new in batch], [new.url_key for new in batch]
                )
            ),
        )
    return new, again, ask


def through_the_driver(path: Path, batches: list[list[NewArticle]]) -> float:
    """The same rows into the same tables with nothing in between: no check whether they are new, no types."""
    Store.open(path, now=NOW, exclusive=True).close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    number = 0

    def store_one(batch: list[NewArticle]) -> None:
        nonlocal number
        rows, identities = [], []
        for new in batch:
            number += 1
            item = new.article
            rows.append((
                number, item.feed, item.key, str(NOW), str(item.published_at), item.lang, '["de","en"]', '["wire"]',
                new.url_key, item.url, item.author, item.title, item.summary, item.body,
            ))  # fmt: skip
            for kind in (b"key", b"url"):
                digest = blake2b(kind + new.url_key.encode(), digest_size=16).digest()
                identities.append((digest, number, digest, str(NOW), item.feed))
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"INSERT INTO articles VALUES ({','.join('?' * 14)})", rows)
        connection.executemany("INSERT INTO identities VALUES (?,?,?,?,?)", identities)
        connection.execute("COMMIT")

    cost = cpu_per_article(batches, store_one)
    connection.close()
    return cost


def main() -> None:
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    batches = list(polls(total))
    with tempfile.TemporaryDirectory() as directory:
        floor = through_the_driver(Path(directory, "floor.db"), batches)
        new, again, ask = through_the_store(Path(directory, "store.db"), batches)
    print(f"{total} articles, {PER_POLL} per transaction; CPU µs per article, median of polls")
    print(f"  driver's executemany (floor)  {floor:7.1f}")
    print(f"  store, new articles           {new:7.1f}   {new / floor:.2f} × floor")
    print(f"  store, all known already      {again:7.1f}   {again / floor:.2f} × floor")
    print(f"  asking which are known        {ask:7.1f}   {ask / floor:.2f} × floor")


if __name__ == "__main__":
    main()
