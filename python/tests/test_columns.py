"""Columns of other libraries go in and out, without changing what is found."""

import datetime

import newsprint
import pytest

pa = pytest.importorskip("pyarrow")
np = pytest.importorskip("numpy")


@pytest.fixture(scope="module")
def texts(articles):
    # Not ASCII, a short one, an empty one and a missing one.
    return [article["text"].replace("ka", "ké", 1) for article in articles[:120]] + ["ab", "", None]


def chunked(texts):
    return pa.chunked_array([texts[:50], [], texts[50:]])


COLUMNS = {
    "string": pa.array,
    "large string": lambda texts: pa.array(texts, pa.large_string()),
    "string view": lambda texts: pa.array(texts, pa.string_view()),
    "dictionary": lambda texts: pa.array(texts).dictionary_encode(),
    "slice": lambda texts: pa.array(["before", None, *texts]).slice(2),
    "slice of views": lambda texts: pa.array(["before", None, *texts], pa.string_view()).slice(2),
    "chunks": chunked,
    "table": lambda texts: pa.table({"n": range(len(texts)), "text": chunked(texts)}),
    "slice of a table": lambda texts: pa.table({"text": ["before", *texts]}).slice(1),
    "batch": lambda texts: pa.record_batch({"text": texts}),
    "slice of a batch": lambda texts: pa.record_batch({"text": ["before", *texts]}).slice(1),
    "stream": lambda texts: pa.table({"text": texts}).to_reader(max_chunksize=7),
    "struct with an offset": lambda texts: pa.StructArray.from_arrays(
        [pa.array(["before", *texts])], names=["text"]
    ).slice(1),
    "tuple": tuple,
    "iterator": iter,
    "dictionary of lists": lambda texts: {"text": texts},
}


@pytest.mark.parametrize("column", COLUMNS)
def test_every_form_of_a_column_gives_the_same(texts, column):
    expected = newsprint.dedup(texts)
    assert len(expected.pairs) > 10
    found = newsprint.dedup(COLUMNS[column](texts))
    assert found.pairs.to_pydict() == expected.pairs.to_pydict()
    assert found.kept.to_list() == expected.kept.to_list()
    matrix = newsprint.Sketcher().sketch_all(COLUMNS[column](texts))
    assert matrix == newsprint.Sketcher().sketch_all(texts)


def test_polars_goes_in_and_out(texts):
    pl = pytest.importorskip("polars")
    expected = newsprint.dedup(texts).pairs.to_pydict()
    assert newsprint.dedup(pl.Series(texts)).pairs.to_pydict() == expected
    found = newsprint.dedup(pl.DataFrame({"text": texts}))
    assert pl.DataFrame(found.pairs).to_dict(as_series=False) == expected
    assert pl.Series(found.kept).to_list() == found.kept.to_list()


def test_pandas_goes_in_and_out(texts):
    pd = pytest.importorskip("pandas")
    expected = newsprint.dedup(texts)
    for missing in [float("nan"), pd.NA, pd.NaT]:
        found = newsprint.dedup([missing if text is None else text for text in texts])
        assert found.pairs.to_pydict() == expected.pairs.to_pydict()
    frame = pd.DataFrame({"text": texts}, dtype="string")
    assert newsprint.dedup(frame).pairs.to_pydict() == expected.pairs.to_pydict()
    assert newsprint.dedup(frame["text"]).pairs.to_pydict() == expected.pairs.to_pydict()
    assert len(frame[pa.array(expected.kept).to_pandas()]) == sum(expected.kept)
    assert (
        pa.table(expected.pairs).to_pandas()["right"].tolist() == expected.pairs["right"].to_list()
    )


def test_duckdb_goes_in_and_out(texts):
    duckdb = pytest.importorskip("duckdb")
    expected = newsprint.dedup(texts)
    with duckdb.connect() as connection:
        connection.register("articles", pa.table({"text": texts}))
        found = newsprint.dedup(connection.sql("SELECT text FROM articles"))
        assert found.pairs.to_pydict() == expected.pairs.to_pydict()
        pairs = pa.table(found.pairs)  # noqa: F841, read by the query
        assert connection.sql('SELECT sum("right") FROM pairs').fetchall()[0][0] == sum(
            found.pairs["right"]
        )


def test_ids_dates_and_sources_of_any_type():
    text = "The river rose by two metres in a night, and the old bridge was closed at dawn."
    days = [datetime.date(2018, 7, 3), None, datetime.date(2018, 7, 1)]
    forms = {
        "dates": days,
        "datetimes": [day and datetime.datetime(day.year, 7, day.day, 12) for day in days],
        "strings": ["3 July 2018", "", "2018-07-01T00:00:00Z"],
        "seconds": [1530576000, None, 1530403200],
        "date32": pa.array(days),
        "date64": pa.array(days, pa.date64()),
        "string column": pa.array(["2018-07-03", None, "2018-07-01"]),
    }
    forms |= {
        unit: pa.array(days, pa.date32()).cast(pa.timestamp(unit, "UTC"))
        for unit in ["s", "ms", "us", "ns"]
    }
    for form, dates in forms.items():
        found = newsprint.dedup([text] * 3, dates=dates, ids=pa.array([7, -8, None], pa.int16()))
        assert found.clusters["cluster"].to_list() == [2, 2, 2], form
        assert found.pairs.to_pydict()["first"] == [None, "right", None], form
        assert found.pairs.to_pydict()["left_id"] == ["7", "7", "-8"], form


def test_a_date_that_cannot_be_read_is_left_out_with_a_warning():
    with pytest.warns(UserWarning, match='1 dates cannot be read .* row 1: date is "07/16/2018"'):
        newsprint.dedup(["a b c", "d e f"], dates=["2018-07-16", "07/16/2018"])


def test_columns_of_a_table_by_name(articles):
    table = pa.table({"body": [a["text"] for a in articles], "url": [a["id"] for a in articles]})
    found = newsprint.dedup(table, text="body", ids="url")
    assert found.pairs["left_id"][0].startswith("a")
    with pytest.raises(newsprint.InvalidInputError, match='no column "text" .* body, url'):
        newsprint.dedup(table)
    with pytest.raises(newsprint.InvalidInputError, match="no column .*link"):
        newsprint.dedup(table, text="body", ids="link")


def test_results_are_columns(texts):
    found = newsprint.dedup(texts, ids=[str(i) if i % 2 else None for i in range(len(texts))])
    table = pa.table(found.pairs)
    table.validate(full=True)
    assert table.to_pydict() == found.pairs.to_pydict()
    assert table["left_id"].null_count > 0
    assert pa.array(found.kept).to_pylist() == found.kept.to_list()
    assert pa.chunked_array(found.kept).to_pylist() == found.kept.to_list()
    assert np.asarray(found.kept).tolist() == found.kept.to_list()
    assert np.asarray(found.pairs["left"]).dtype == np.int64
    jaccard = found.pairs["jaccard"]
    values = np.asarray(jaccard)
    # Not copied, and it outlives the result.
    assert values.ctypes.data == jaccard.__array_interface__["data"][0]
    expected = jaccard.to_list()
    del found, jaccard, table
    assert values.tolist() == expected
    # An empty one, too.
    empty = newsprint.dedup([])
    assert pa.table(empty.pairs).num_rows == len(empty.kept) == 0


def test_a_stream_that_fails_says_why():
    def batches():
        raise OSError("the disk is gone")
        yield

    reader = pa.RecordBatchReader.from_batches(pa.schema([("text", pa.string())]), batches())
    with pytest.raises(newsprint.InvalidInputError, match="the disk is gone"):
        newsprint.dedup(reader)


def test_bytes_that_are_no_utf8_are_refused():
    buffers = [None, pa.array([0, 2], pa.int32()).buffers()[1], pa.py_buffer(b"\xff\xfe")]
    column = pa.Array.from_buffers(pa.string(), 1, buffers)
    with pytest.raises(newsprint.InvalidInputError, match="no UTF-8"):
        newsprint.dedup(column)


def test_what_is_refused():
    refused = [
        ("one text", {}, TypeError, "one str"),
        (["a", 3], {}, TypeError, "item 1 is .*int"),
        (3, {}, TypeError, "iterable"),
        (pa.array([1.5]), {}, newsprint.InvalidInputError, 'format "g"'),
        (pa.array([1]), {}, newsprint.InvalidInputError, "column of integers"),
        ({"text": [5]}, {}, TypeError, "item 0 is .*int"),
        (["a", "b"], {"ids": ["x"]}, newsprint.InvalidInputError, "2 texts and 1 values of id"),
        (["a"], {"threads": 0}, newsprint.InvalidInputError, "threads"),
        (["a"], {"preset": "huge"}, newsprint.InvalidInputError, "huge"),
        (["a"], {"sloths": 3}, TypeError, "sloths"),
        (["a"], {"config": newsprint.Config(), "slots": 64}, TypeError, "config"),
    ]
    for texts, options, error, message in refused:
        with pytest.raises(error, match=message):
            newsprint.dedup(texts, **options)
