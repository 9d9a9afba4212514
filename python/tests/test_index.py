"""The index, and passages."""

import datetime
import os
import signal
import threading

import newsprint
import pytest
from newsprint import Index, Snapshot

RIVER = "The river rose by two metres in a night, and the old bridge was closed at dawn, the mayor said."


def test_a_feed(tmp_path):
    with Index.create(tmp_path / "i") as index:
        index.insert(RIVER, id="a", date=datetime.date(2018, 7, 16), source="Post")
        assert index.upsert(RIVER, id="a", date="2018-07-16", source="Post") is True
        with pytest.raises(newsprint.AlreadyExistsError, match="id a"):
            index.insert(RIVER, id="a")
        with pytest.raises(newsprint.LockedError):
            Index.open(tmp_path / "i")
        answer = index.ingest(RIVER + " Nobody was hurt.", id="b", title="FLOOD", source="Times")
        [match] = answer.matches
        assert (match.id, match.date, match.source, match.relation) == (
            "a",
            "2018-07-16",
            "Post",
            "copy",
        )
        assert match.overlap.shared > 10 and 0 < match.score <= 1 and match.passages is None
        assert index.get("b").text.startswith("FLOOD\n\nThe river") and index.get("c") is None

        query = "Überschwemmung. " + RIVER
        answer = index.query(query, passages=True, top=1)
        passage = answer.matches[0].passages[0]
        assert query[slice(*passage.left)] == RIVER[:-1]
        assert index.get(answer.matches[0].id).text[slice(*passage.right)] == RIVER[:-1]
        assert index.query(RIVER, id="a", since="2018-07-17").matches == []
        assert index.remove("b") and not index.remove("b")
    with pytest.raises(newsprint.InvalidInputError, match="closed"):
        index.query(RIVER)
    snapshot = Snapshot.open(tmp_path / "i")
    assert len(snapshot) == 1 and "a" in snapshot and [it.id for it in snapshot.articles()] == ["a"]
    assert snapshot.stats()["articles"] == 1
    assert snapshot.query(RIVER).matches[0].relation == "identical"


def test_what_was_not_committed_is_lost_with_an_exception(tmp_path):
    with pytest.raises(LookupError):
        with Index.create(tmp_path / "i") as index:
            index.insert(RIVER, id="a")
            index.commit()
            index.insert(RIVER, id="b")
            raise LookupError
    with Index.open(tmp_path / "i") as index:
        assert "a" in index and "b" not in index


def test_a_collection_is_added_and_found(tmp_path, articles):
    table = {
        name: [article.get(name) for article in articles]
        for name in ["id", "text", "title", "source", "date"]
    }
    with Index.create(tmp_path / "i") as index:
        assert index.add(table) == (len(articles), 0)
        assert index.add({name: column[:3] for name, column in table.items()}) == (0, 3)
        assert index.expire("2018-07-02") == sum(
            article["date"] < "2018-07-02" for article in articles
        )
        index.merge()
        assert index.stats()["segments"] == 1
    pairs = newsprint.dedup(table).pairs.to_pylist()
    snapshot = Snapshot.open(tmp_path / "i")
    by_id = {article["id"]: article for article in articles}
    for pair in [
        pair for pair in pairs if pair["left_id"] in snapshot and pair["right_id"] in snapshot
    ][:50]:
        left = by_id[pair["left_id"]]
        answer = snapshot.query(left["text"], id=left["id"], title=left.get("title"))
        [match] = [match for match in answer.matches if match.id == pair["right_id"]]
        assert match.overlap.jaccard == pair["jaccard"]


def test_settings_damage_and_repair(tmp_path):
    path = tmp_path / "i"
    with pytest.raises(newsprint.NotFoundError):
        Index.open(path)
    with Index.open_or_create(path, preset="ocr") as index:
        index.insert(RIVER, id="a")
    with pytest.raises(newsprint.OtherSettingsError, match="preset ocr, not wire"):
        Index.open(path, preset="wire")
    assert Index.verify(path) == []
    [manifest] = [
        it
        for it in path.iterdir()
        if it.name.lower().startswith("manifest") and "copy" not in it.name.lower()
    ]
    manifest.write_bytes(b"x" * 100)
    assert len(Index.verify(path)) > 0
    with pytest.raises(newsprint.DamagedError):
        Index.open(path)
    repaired = Index.repair(path)
    assert repaired["articles"] == 1 and repaired["damage"]
    assert "a" in Snapshot.open(path)


def test_ctrl_c_ends_adding_and_keeps_what_was_committed(tmp_path, many_texts):
    ids = range(len(many_texts))
    previous = signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    with Index.create(tmp_path / "i") as index:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(KeyboardInterrupt):
            index.add(many_texts, ids=ids)
        signal.signal(signal.SIGALRM, previous)
        added = len(index)
    assert 0 < added < len(many_texts)
    assert len(Snapshot.open(tmp_path / "i")) == added


def test_threads_share_an_index(tmp_path):
    with Index.create(tmp_path / "i") as index:

        def work(number):
            for i in range(50):
                index.ingest(f"{RIVER} {number} {i}", id=f"{number}-{i}")
                index.query(RIVER, top=3)

        threads = [threading.Thread(target=work, args=[number]) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(index) == 200


def test_an_index_finds_passages(tmp_path):
    statement = "Die Brücke wurde am Montag früh gesperrt, nachdem der Fluß in einer einzigen Nacht um zwei Meter gestiegen war, und niemand weiß, wann sie wieder für den Verkehr geöffnet wird."
    stored = {
        "a": f"Ein Élan. {statement} " + "Schulen bleiben offen. " * 50,
        "b": "Regen in Östra. " * 100,
        "c": f"{statement} " + "Züge fahren. " * 80,
    }
    new = "Ein Boot sank. " * 90 + statement
    with Index.create(tmp_path / "i", passages=True) as index:
        for name, text in stored.items():
            index.insert(text, id=name, date="2018-07-01")
        index.commit()
        for source in index, Snapshot.open(tmp_path / "i"):
            found = source.passages(new)
            assert {match.id for match in found} == {"a", "c"}
            for match in found:
                [passage] = match.passages
                assert match.relation is None
                assert new[slice(*passage.left)] == statement[:-1]
                assert stored[match.id][slice(*passage.right)] == statement[:-1]
        assert [match.id for match in index.passages(new, id="c")] == ["a"]
        assert len(index.passages(new, top=1)) == 1 and index.passages(new, since="2019-01-01") == []
    with Index.open_or_create(tmp_path / "other") as index:
        with pytest.raises(newsprint.OtherSettingsError):
            index.passages(new)
    with pytest.raises(newsprint.NewsprintError):
        Index.create(tmp_path / "third", passages=True, keep_texts=False)


def test_passages_stand_where_they_are_said_to():
    statement = "Die Brücke wurde am Montag früh gesperrt, nachdem der Fluß in einer einzigen Nacht um zwei Meter gestiegen war, und niemand weiß, wann sie wieder für den Verkehr geöffnet wird."
    texts = [
        f"Ein Élan. {statement} Schulen bleiben offen.",
        f"{statement} Züge fahren.",
        "Regen in Östra.",
    ]
    found = newsprint.passages(
        texts, sources=["Post", "Times", None], dates=["2018-07-02", "2018-07-01", None]
    )
    [passage] = found.passages
    assert (passage.articles, passage.sources) == (2, 2)
    assert [place[0] for place in passage.places] == [1, 0]
    assert {texts[article][start:end] for article, start, end in passage.places} == {statement[:-1]}
    assert found.own_share(1) == found.own_share(2) == 1 and found.own_share(0) < 0.5
    with pytest.raises(IndexError):
        found.own_share(3)
    assert found.places().to_pydict()["article"] == [1, 0]
    assert len(newsprint.passages(texts, passage_words=200)) == 0
