"""`newsprint.spark.dedup` and `newsprint.dedup` give the same rows."""

import random

import newsprint
import pyarrow as pa
import pytest
from newsprint import spark as on_spark

#: Columns of the pairs of both, by their names on Spark.
PAIRS = ["left", "right", "relation", "jaccard", "containment", "score", "confidence", "first"]
PAIRS += ["left_containment", "right_containment", "left_source", "right_source"]
#: Up to which bytes steps are done on the driver: none of them, or all.
DRIVER_BYTES = {"spark": 0, "driver": 1 << 30}
SCHEMA = "id string, title string, text string, source string, date string"


def articles(count, seed):
    """Made-up articles: copies, exact and edited, some of them many times, excerpts, templates."""
    draw = random.Random(seed)
    words = ["".join(draw.choices("abdefgiklmnoprstuvz", k=draw.randint(3, 9))) for _ in range(9000)]
    new = lambda: draw.choices(words, k=draw.randint(40, 220))  # noqa: E731
    edited = lambda text, share: [  # noqa: E731
        draw.choice(words) if draw.random() < share else word for word in text
    ]
    popular, form = new() + new(), new()
    texts, rows = [new()], []
    for i in range(count):
        old = draw.choice(texts)
        text = [
            new,
            new,
            lambda: old,
            lambda: edited(old, draw.choice([0.01, 0.1, 0.3])),
            lambda: old[: len(old) // 2],
            lambda: old + new(),
            lambda: edited(popular, 0.02),
            lambda: form + draw.choices(words, k=12),
        ][draw.randrange(8)]()
        texts.append(text)
        rows.append(
            {
                "id": f"{draw.randrange(10**9):09}-{i}",
                "title": draw.choice([None, " ".join(text[:4])]),
                "text": None if i % 97 == 0 else " ".join(text).capitalize() + ".",
                "source": draw.choice(["Post", "Times", "Echo", None]),
                "date": draw.choice([f"2018-07-{draw.randint(1, 28):02}", None]),
            }
        )
    return rows


def in_memory(rows, options):
    """What `newsprint.dedup` finds in articles in the order of their ids."""
    rows = sorted(rows, key=lambda row: row["id"])
    found = newsprint.dedup(pa.Table.from_pylist(rows), every_pair=True, **options)
    pairs = pa.table(found.pairs).drop_columns(["left", "right"])
    pairs = pairs.rename_columns({"left_id": "left", "right_id": "right"}).to_pylist()
    clusters = pa.table(found.clusters).to_pylist()
    id_of = [row["id"] for row in rows]
    story = lambda row: id_of[row["story"]] if "story" in row else None  # noqa: E731
    clusters = {
        (row["id"], row["cluster_id"], row["is_representative"], story(row)) for row in clusters
    }
    stories = {
        (id_of[it["story"]], tuple(it["terms"]), tuple(id_of[i] for i in it["texts"]))
        for it in found.stories
    }
    return {tuple(row[name] for name in PAIRS) for row in pairs}, clusters, stories


def on_engine(found):
    pairs = {tuple(row[name] for name in PAIRS) for row in found.pairs.collect()}
    clusters = found.clusters.select("id", "cluster", "is_representative", "story").collect()
    stories = found.stories.select("story", "terms", "texts").collect()
    stories = {(row["story"], tuple(row["terms"]), tuple(row["texts"])) for row in stories}
    return pairs, {tuple(row) for row in clusters}, stories


@pytest.mark.parametrize("where", ["spark", "driver"])
@pytest.mark.parametrize(
    "options",
    [
        {"preset": "wire"},
        {"preset": "story"},
        {"preset": "ocr"},
        {"preset": "strict"},
        # Buckets of templates are large ones.
        {"threshold": 0.4, "scope": "text", "bucket_limit": 40},
    ],
    ids=lambda options: str(next(iter(options.values()))),
)
def test_the_rows_are_those_of_one_machine(local, tmp_path, options, where):
    rows = articles(500, 7)
    frame = local.createDataFrame(rows, SCHEMA)
    found = on_spark.dedup(
        frame,
        work=str(tmp_path / "work"),
        partitions=3,
        driver_bytes=DRIVER_BYTES[where],
        **options,
    )
    expected = in_memory(rows, options)
    assert len(expected[0]) > 100 and len(expected[1]) > 100
    assert on_engine(found) == expected
    assert found.counts["articles"] == 500


def test_nothing_in_common(local, tmp_path):
    rows = [("a", "One two three four."), ("b", "Five six seven eight."), ("c", None)]
    frame = local.createDataFrame(rows, "id string, text string")
    found = on_spark.dedup(frame, work=str(tmp_path / "work"))
    assert on_engine(found) == (set(), set(), set())
