"""An article is stored once, found again, and known for as long as any feed shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.store import Store, articles, versions
from monitor.store.values import NewArticle, StoredArticle
from monitor.text.article import Article


def _add(store: Store, now: datetime, *new: NewArticle) -> list[StoredArticle]:
    return store.write_now(lambda tx: articles.add(tx, new, now))


def test_an_article_comes_back_as_it_was_stored(
    store: Store, now: datetime, make_article: Callable[[int], NewArticle]
) -> None:
    [stored] = _add(store, now, make_article(1))
    assert stored == StoredArticle(1, make_article(1).article, "news.example/1", now)
    assert store.read_now(lambda tx: articles.get(tx, 1)) == stored


def test_the_same_poll_again_stores_nothing(
    store: Store, now: datetime, make_article: Callable[[int], NewArticle]
) -> None:
    batch = [make_article(number) for number in range(50)]
    assert len(_add(store, now, *batch)) == 50
    assert _add(store, now, *batch) == []
    assert store.read_now(articles.count) == 50


def test_only_what_is_new_is_stored_and_numbers_follow_the_given_order(
    store: Store, now: datetime, make_article: Callable[[int], NewArticle]
) -> None:
    _add(store, now, make_article(2))
    stored = _add(store, now, make_article(3), make_article(2), make_article(1))
    assert [one.article.key for one in stored] == ["key-3", "key-1"]
    assert stored[0].id < stored[1].id


def test_the_same_url_in_another_feed_is_the_same_article_and_its_key_is_known_from_then_on(
    store: Store, now: datetime, make_article: Callable[..., NewArticle]
) -> None:
    [first] = _add(store, now, make_article(1, feed="wire"))
    other = replace(make_article(1, feed="world"), article=replace(make_article(1).article, feed="world", key="other"))
    assert _add(store, now, other) == []
    known = store.read_now(lambda tx: articles.known(tx, "world", ["other", "unheard of"]))
    assert {key: one.id for key, one in known.by_key.items()} == {"other": first.id}


def test_equal_keys_of_two_feeds_are_two_articles(
    store: Store, now: datetime, make_article: Callable[..., NewArticle]
) -> None:
    stored = _add(store, now, make_article(1, feed="a", url_key=""), make_article(1, feed="b", url_key=""))
    assert len(stored) == 2


def test_articles_without_url_are_not_one_article(
    store: Store, now: datetime, make_article: Callable[..., NewArticle]
) -> None:
    assert len(_add(store, now, make_article(1, url_key=""), make_article(2, url_key=""))) == 2


def test_twins_inside_one_poll_are_stored_once(
    store: Store, now: datetime, make_article: Callable[..., NewArticle]
) -> None:
    stored = _add(store, now, make_article(1), make_article(1), make_article(2, url_key="news.example/1"))
    assert [one.article.key for one in stored] == ["key-1"]
    assert set(store.read_now(lambda tx: articles.known(tx, "wire", ["key-1", "key-2"])).by_key) == {"key-1", "key-2"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec=None), max_size=40), key=st.text(st.characters(codec=None), max_size=10))
def test_any_text_of_a_stranger_can_be_stored_and_is_known_again(
    store: Store, now: datetime, text: str, key: str
) -> None:
    article = Article(key=key, title=text, summary=text, body=text, url=text, author=text, feed="any" + text)
    _add(store, now, NewArticle(article, text))
    assert _add(store, now, NewArticle(article, text)) == []
    [known] = store.read_now(lambda tx: articles.known(tx, article.feed, [key])).by_key.values()
    assert known.text_hash == articles.text_hash(article)
    found = store.read_now(lambda tx: articles.get(tx, known.id))
    assert found is not None
    assert len(found.article.title) <= 40
    assert found.article.title.isprintable() or found.article.title.encode()


def test_offsets_into_a_cleaned_text_still_hold(store: Store, now: datetime) -> None:
    title = "a\ud800b\x00 Rakete"
    [stored] = _add(store, now, NewArticle(Article(key="k", title=title, feed="f")))
    found = store.read_now(lambda tx: articles.get(tx, stored.id))
    assert found is not None
    assert (found.article.title, found.article.title[5:]) == ("a\ufffdb\ufffd Rakete", "Rakete")


def test_more_keys_than_one_statement_holds_can_be_asked_for(
    store: Store, now: datetime, make_article: Callable[[int], NewArticle]
) -> None:
    _add(store, now, *(make_article(number) for number in range(1200)))
    keys = [f"key-{number}" for number in range(1500)]
    urls = [f"news.example/{number}" for number in range(1500)]
    known = store.read_now(lambda tx: articles.known(tx, "wire", keys, urls))
    assert (len(known.by_key), len(known.by_url)) == (1200, 1200)


def test_people_find_an_article_by_number_url_or_key(
    store: Store, now: datetime, make_article: Callable[[int], NewArticle]
) -> None:
    stored = _add(store, now, make_article(1), make_article(2))[1]
    for wanted, url_key in (
        ("2", ""),
        ("https://news.example/2", ""),
        ("key-2", ""),
        ("any spelling", "news.example/2"),
    ):
        assert store.read_now(lambda tx, w=wanted, u=url_key: articles.find(tx, w, url_key=u)) == [stored]  # type: ignore[misc]
    assert store.read_now(lambda tx: articles.find(tx, "https://nowhere.example/")) == []


def test_the_archive_is_read_in_pages_oldest_first(
    store: Store, now: datetime, make_article: Callable[[int], NewArticle]
) -> None:
    for number in range(10):
        _add(store, now + timedelta(hours=number), make_article(number))
    when = now + timedelta(hours=3)
    first = store.read_now(lambda tx: articles.since(tx, when, limit=4))
    rest = store.read_now(lambda tx: articles.since(tx, when, after=first[-1].id, limit=4))
    assert [one.article.key for one in first + rest] == [f"key-{number}" for number in range(3, 10)]
    assert store.read_now(lambda tx: articles.since(tx, when, feed="unknown")) == []
    assert len(store.read_now(lambda tx: articles.since(tx, when, lang="de"))) == 7


def test_what_a_feed_still_shows_is_noted_once_a_day(
    store: Store, now: datetime, make_article: Callable[[int], NewArticle]
) -> None:
    _add(store, now, make_article(1))

    def listed_at(at: datetime) -> datetime:
        known = store.read_now(lambda tx: articles.known(tx, "wire", ["key-1"])).by_key
        store.write_now(lambda tx: articles.still_listed(tx, known.values(), at))
        return store.read_now(lambda tx: articles.known(tx, "wire", ["key-1"])).by_key["key-1"].listed_at

    assert listed_at(now + timedelta(hours=23)) == now
    assert listed_at(now + timedelta(hours=25)) == now + timedelta(hours=25)


def test_another_text_is_a_version_with_a_diff(
    store: Store, now: datetime, make_article: Callable[..., NewArticle]
) -> None:
    old = make_article(1, body="Zwei Schiffe. Drei Tote.").article
    [stored] = _add(store, now, make_article(1, body="Zwei Schiffe. Drei Tote."))
    new = replace(old, title="Berichtigung", body="Zwei Schiffe. Vier Tote.")
    later = now + timedelta(hours=2)

    revised = store.write_now(lambda tx: versions.revise(tx, new, later))
    assert revised is not None
    assert revised[0] == replace(stored, article=new)
    assert store.read_now(lambda tx: articles.get(tx, stored.id)) == replace(stored, article=new)
    [version] = store.read_now(lambda tx: versions.of_article(tx, stored.id))
    assert version == revised[1]
    assert (version.title, version.body, version.seen_at, version.replaced_at) == (old.title, old.body, now, later)
    assert "-Meldung 1\n+Berichtigung" in version.diff
    assert "-Drei Tote.\n+Vier Tote." in version.diff
    assert "Zwei Schiffe" not in version.diff.replace(" Zwei Schiffe.", "", 1)

    assert store.write_now(lambda tx: versions.revise(tx, new, later)) is None
    known = store.read_now(lambda tx: articles.known(tx, "wire", [old.key])).by_key[old.key]
    assert known.text_hash == articles.text_hash(new)


def test_another_feeds_edition_of_the_same_article_is_no_change(
    store: Store, now: datetime, make_article: Callable[..., NewArticle]
) -> None:
    [stored] = _add(store, now, make_article(1, feed="wire"))
    _add(store, now, make_article(1, feed="world", body="Gekürzt."))
    changed = make_article(1, feed="world", body="Anders gekürzt.").article
    assert store.write_now(lambda tx: versions.revise(tx, changed, now)) is None
    assert store.read_now(lambda tx: articles.get(tx, stored.id)) == stored


def test_a_text_that_changes_at_every_poll_does_not_fill_the_disk(
    store: Store, now: datetime, make_article: Callable[..., NewArticle]
) -> None:
    [stored] = _add(store, now, make_article(1, body="0"))
    for number in range(1, 60):
        text = make_article(1, body=str(number)).article
        store.write_now(lambda tx, text=text, at=now + timedelta(minutes=number): versions.revise(tx, text, at))  # type: ignore[misc]
    kept = store.read_now(lambda tx: versions.of_article(tx, stored.id))
    assert len(kept) == versions.MOST_VERSIONS
    assert [version.body for version in kept] == ["0", *(str(number) for number in range(35, 59))]


def test_a_diff_of_huge_texts_is_not_attempted() -> None:
    old, new = (Article(key="k", title="t", body="\n".join(f"{mark} {line}" for line in range(5000))) for mark in "ab")
    assert "too long to compare" in versions.diff(old, new)
