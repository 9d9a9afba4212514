"""What `newsprint.spark` makes of articles and of the steps of a job, in one process."""

import datetime
import json
import re
from pathlib import Path

import newsprint
import pytest
from fake_job import Job, expected
from newsprint import spark as on_spark
from newsprint.spark import _job, _work
from newsprint.spark._memory import memory
from newsprint.spark._storage import Seen, Unseen

SCHEMA = "id string, text string, source string, date string"


def dedup(df, work, columns=None, job=None, partitions=2, **options):
    """Runs the fake job."""
    job = job or {}
    make = lambda partitions: Job(partitions, **job)  # noqa: E731
    return on_spark._run(
        df, make, columns or {}, job, work=str(work), partitions=partitions, **options
    )


def words_of(found):
    return sorted(tuple(row) for row in found.pairs.collect())


def articles_of(found):
    return sorted(found.clusters.collect(), key=lambda row: row["number"])


@pytest.fixture
def frame(local, rows):
    return local.createDataFrame(rows, SCHEMA)


@pytest.mark.parametrize("driver_bytes", [0, 1 << 20], ids=["spark", "driver"])
def test_the_steps_count_words(frame, rows, tmp_path, driver_bytes):
    found = dedup(frame, tmp_path / "work", partitions=8, driver_bytes=driver_bytes)
    assert words_of(found) == expected(row["text"] for row in rows)
    assert len(words_of(found)) > 300
    assert found.counts == {"articles": 600, "without_text": 0, "unread_dates": 0}
    assert found.stories.collect() == [] and found.stories.columns == ["story"]
    # Only results are left, and what says whose they are.
    left = {path.name for path in (tmp_path / "work").iterdir()}
    assert left == {"pairs", "clusters", "stories", "journal"}


def test_numbers_ascend_with_ids(frame, rows, tmp_path):
    found = articles_of(dedup(frame, tmp_path / "work", partitions=5))
    assert [row["id"] for row in found] == sorted(row["id"] for row in rows)
    assert len({row["number"] for row in found}) == len(rows)
    given = {row["id"]: row for row in rows}
    assert all(given[row["id"]]["source"] == row["source"] for row in found)


def test_few_words_take_the_other_branch(local, tmp_path):
    rows = [("a", "one two two"), ("b", "two three")]
    found = dedup(local.createDataFrame(rows, "id string, text string"), tmp_path / "w")
    assert words_of(found) == [("one", 1, 0.2), ("three", 1, 0.2)]


def test_no_articles(local, tmp_path):
    found = dedup(local.createDataFrame([], "id string, text string"), tmp_path / "w")
    assert found.pairs.collect() == [] and found.counts["articles"] == 0


def test_parts_and_partitions_without_articles(local, rows, tmp_path):
    frame = local.createDataFrame(rows[:2], SCHEMA).repartition(40)
    found = dedup(frame, tmp_path / "w", partitions=20, driver_bytes=0)
    assert words_of(found) == expected(row["text"] for row in rows[:2])


def test_many_partitions_of_one_article(local, tmp_path):
    frame = local.range(1_000, numPartitions=1_000).selectExpr("id", "'few words' AS text")
    found = dedup(frame, tmp_path / "w")
    assert words_of(found) == [("few", 1_000, 0.5)]
    assert found.counts["articles"] == 1_000


def test_titles_and_dates_are_read_as_in_the_wheel(local, tmp_path):
    rows = [
        (1, "Flood", "FLOOD. The river rose.", "2018-07-16T09:10:56-04:00"),
        (2, "Rain", "\nRain fell.", "16 July 2018"),
        (3, "  Snow\u2003", "In the north.", "the day before yesterday"),
        (10, None, "No title.", None),
        (11, "Title alone", None, " "),
    ]
    frame = local.createDataFrame(rows, "number int, head string, body string, day string")
    columns = {"id": "number", "text": "body", "title": "head", "date": "day"}
    with pytest.warns(UserWarning, match="1 dates cannot.*'3'.*the day before yesterday"):
        found = dedup(frame, tmp_path / "w", columns)
    texts = {row["id"]: (row["text"], row["date"]) for row in articles_of(found)}
    assert texts == {
        "1": ("Flood\n\nFLOOD. The river rose.", 1531746656),
        "2": ("\nRain fell.", 1531699200),
        "3": ("Snow\n\nIn the north.", None),
        "10": ("No title.", None),
        "11": ("Title alone\n\n", None),
    }
    # Ids are texts, and sorted as such.
    assert [row["id"] for row in articles_of(found)] == ["1", "10", "11", "2", "3"]
    assert found.counts == {"articles": 5, "without_text": 1, "unread_dates": 1}


@pytest.mark.parametrize(
    "kind, value",
    [
        ("date", datetime.date(2018, 7, 16)),
        ("timestamp", datetime.datetime(2018, 7, 16, tzinfo=datetime.timezone.utc)),
        ("timestamp_ntz", datetime.datetime(2018, 7, 16)),
        ("bigint", 1531699200),
        ("string", "2018-07-16"),
    ],
)
def test_types_of_dates(local, tmp_path, kind, value):
    zone = local.conf.get("spark.sql.session.timeZone")
    local.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    try:
        frame = local.createDataFrame([("a", "x", value)], f"id string, text string, date {kind}")
        (row,) = articles_of(dedup(frame, tmp_path / "w", partitions=1))
    finally:
        local.conf.set("spark.sql.session.timeZone", zone)
    assert row["date"] == 1531699200


def test_texts_that_are_missing_are_counted(local, tmp_path):
    rows = [("a", None), ("b", "one two"), ("c", None)]
    found = dedup(local.createDataFrame(rows, "id string, text string"), tmp_path / "w")
    assert found.counts["without_text"] == 2
    assert [row["text"] for row in articles_of(found)] == ["", "one two", ""]


def test_repeated_ids_are_named(local, tmp_path):
    ids = [f"a{i % 90:02}" for i in range(100)] + ["a00"]
    frame = local.createDataFrame([(it, "text") for it in ids], "id string, text string")
    message = "^10 ids are given more than once, in 21 articles: 'a00', .*'a04' and others$"
    with pytest.raises(newsprint.InvalidInputError, match=message):
        dedup(frame, tmp_path / "w", partitions=1)
    with pytest.raises(newsprint.InvalidInputError, match="^10 ids .* in 21 articles: 'a00'"):
        dedup(frame, tmp_path / "w", partitions=7)
    assert not (tmp_path / "w").exists()


def test_missing_ids_are_counted(local, tmp_path):
    frame = local.createDataFrame([("a", "x"), (None, "y"), (None, "z")], "id string, text string")
    with pytest.raises(newsprint.InvalidInputError, match="^2 articles have no id$"):
        dedup(frame, tmp_path / "w")


@pytest.mark.parametrize(
    "schema, columns, message",
    [
        ("id string, body string", {}, "no column 'text' for text; there are id, body"),
        ("id string, text string", {"date": "day"}, "no column 'day' for date"),
        ("id double, text string", {}, "'id' for id has the type double, must be one of bigint"),
        ("id string, text binary", {}, "'text' for text has the type binary, must be .* string"),
    ],
)
def test_columns_that_do_not_fit(local, tmp_path, schema, columns, message):
    with pytest.raises(newsprint.InvalidInputError, match=message):
        dedup(local.createDataFrame([], schema), tmp_path / "w", columns)
    assert not (tmp_path / "w").exists()


def test_names_of_columns_may_be_odd(local, tmp_path):
    frame = local.createDataFrame([("a", "x y")], "`an.id` string, `the ``text` string")
    found = dedup(frame, tmp_path / "w", {"id": "an.id", "text": "the `text"})
    assert [row["id"] for row in articles_of(found)] == ["a"]


def test_the_directory_of_another_run_is_refused(frame, tmp_path):
    dedup(frame, tmp_path / "work", partitions=3)
    with pytest.raises(newsprint.AlreadyExistsError, match="work is the work directory of another"):
        dedup(frame, tmp_path / "work", partitions=3)
    with pytest.raises(newsprint.OtherSettingsError, match="with partitions 3, and this one has 4"):
        dedup(frame, tmp_path / "work", partitions=4, resume=True)
    assert dedup(frame, tmp_path / "work", partitions=3, resume=True).counts["articles"] == 600


@pytest.mark.parametrize("driver_bytes", [0, 1 << 20], ids=["spark", "driver"])
def test_files_of_others_stay(frame, tmp_path, driver_bytes):
    (tmp_path / "work/count").mkdir(parents=True)
    (tmp_path / "work/count/diary.txt").write_text("mine")
    message = "PATH_ALREADY_EXISTS" if driver_bytes == 0 else "is there already"
    with pytest.raises(Exception, match=message):
        dedup(frame, tmp_path / "work", partitions=3, driver_bytes=driver_bytes)
    assert (tmp_path / "work/count/diary.txt").read_text() == "mine"


@pytest.mark.parametrize("driver_bytes", [0, 1 << 20], ids=["spark", "driver"])
def test_a_run_goes_on_where_it_was_interrupted(frame, rows, tmp_path, driver_bytes):
    signals, repaired = tmp_path / "signals", tmp_path / "repaired"
    signals.mkdir()
    job = {"signals": str(signals), "fails_until": str(repaired)}
    with pytest.raises(Exception, match="the last step fails"):
        dedup(frame, tmp_path / "work", job=job, partitions=4, driver_bytes=driver_bytes)
    assert list(signals.glob("map-count-*"))
    for file in signals.iterdir():
        file.unlink()
    repaired.touch()
    # Where its steps are done may change.
    found = dedup(frame, tmp_path / "work", job=job, partitions=4, resume=True, driver_bytes=0)
    assert words_of(found) == expected(row["text"] for row in rows)
    assert not list(signals.glob("*-count-*")) and list(signals.glob("reduce-rare-*"))


def test_a_directory_that_the_driver_does_not_see(frame, rows, tmp_path, monkeypatch):
    monkeypatch.setattr(_work, "seen", lambda path, run: None)
    work, repaired = tmp_path / "work", tmp_path / "repaired"
    job = {"fails_until": str(repaired)}
    with pytest.raises(Exception, match="the last step fails"):
        dedup(frame, work, job=job, partitions=4)
    repaired.touch()
    found = dedup(frame, work, job=job, partitions=4, resume=True)
    assert words_of(found) == expected(row["text"] for row in rows)
    # The blocks are gone, all the same.
    assert not list(work.glob("count/*/*.parquet")) and list(work.glob("pairs/*.parquet"))
    assert dedup(frame, work, job=job, partitions=4, resume=True).counts["articles"] == 600


def test_both_ways_count_the_same_blocks(frame, tmp_path):
    with pytest.raises(Exception, match="the last step fails"):
        job = {"fails_until": str(tmp_path / "never")}
        dedup(frame, tmp_path, job=job, partitions=4, driver_bytes=0)
    seen, unseen = Seen(tmp_path), Unseen(frame.sparkSession, str(tmp_path))
    sizes = {name: seen.sizes(name) for name in ("sign", "count", "total")}
    assert sizes == {name: unseen.sizes(name) for name in sizes}
    counts = {name: {kind: it.blocks for kind, it in of.items()} for name, of in sizes.items()}
    assert counts == {"sign": {-1: 4, 0: 16}, "count": {1: 8}, "total": {2: 1}}
    assert all(it.bytes > it.blocks for of in sizes.values() for it in of.values())
    read = lambda way: sorted(  # noqa: E731
        tuple(row.values()) for batch in way.read("sign", [0, -1]) for row in batch.to_pylist()
    )
    assert len(read(seen)) == 20 and read(seen) == read(unseen)


def test_settings_of_the_session_stay(frame, tmp_path):
    before = frame.sparkSession.conf.getAll
    dedup(frame, tmp_path / "work", partitions=2)
    assert frame.sparkSession.conf.getAll == before


def test_the_program(local, rows, tmp_path, monkeypatch, capsys):
    from newsprint.spark.__main__ import main

    monkeypatch.setattr(_job, "Job", lambda partitions, threshold: Job(partitions))
    lines = tmp_path / "articles.jsonl"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows))
    given = ["--input", str(lines), "--output", str(tmp_path / "found"), "--threshold", "0.7"]
    assert main(given) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["articles"] == 600 and told["pairs"] == len(expected(r["text"] for r in rows))
    assert local.read.parquet(str(tmp_path / "found/pairs")).count() == told["pairs"]
    assert main(given) == 2
    assert "another run" in capsys.readouterr().err


def test_partitions_by_the_number_of_articles():
    assert on_spark.default_partitions(0) == 4
    assert on_spark.default_partitions(100_001) == 5


def test_only_what_spark_connect_has_is_used():
    source = Path(on_spark.__file__).parent.glob("*.py")
    text = "".join(path.read_text() for path in source)
    assert not re.search(r"\.rdd\b|sparkContext|\._jdf\b|\._jvm\b|\._sc\b", text)


def test_the_limit_of_a_container_counts(tmp_path):
    limit = tmp_path / "memory.max"
    machine = memory([limit])
    assert machine >= 1 << 28
    limit.write_text("max\n")
    assert memory([limit]) == machine
    limit.write_text(f"{machine // 2}\n")
    assert memory([limit]) == machine // 2
