"""From a frame of articles to the blocks of the first step.

The frame's columns are named ``id``, ``text``, ``title``, ``date`` and ``source``; titles and
dates are then treated by the functions of the wheel, on the workers. Articles are numbered in the
order of their ids. Up to a million ids are sorted on the driver, and each worker gets the numbers
of all, so that no texts are moved. More articles are sorted by Spark, in ranges. Equal ids are
neighbours then, so that they are found without another pass; with what else is wrong they are told
in a block of the kind `NOTES`, one from each task.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Optional

from .. import _newsprint
from ..errors import InvalidInputError

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

#: The kind of blocks that tell what was found wrong. Kinds of jobs are not negative.
NOTES = -1
#: The most ids that the driver sorts.
MAX_IDS = 1_000_000
#: The most tasks that sign no more than `MAX_IDS` articles, unless there are more partitions.
FEW_TASKS = 200
#: How many ids an error names.
NAMED_IDS = 5
#: What a column may hold, by the names that Spark gives to its types.
INTEGERS = {"tinyint", "smallint", "int", "bigint"}
TEXTS = {"string"}
ALLOWED = {
    "id": TEXTS | INTEGERS,
    "text": TEXTS,
    "title": TEXTS | INTEGERS,
    "source": TEXTS | INTEGERS,
    "date": TEXTS | INTEGERS | {"date", "timestamp", "timestamp_ntz"},
}


def select(frame: DataFrame, given: dict[str, Optional[str]]) -> DataFrame:
    """The columns of articles under their own names.

    A column that is not given is the one of its usual name, if the frame has one, as in
    :func:`newsprint.dedup`.

    :raises InvalidInputError: if there is no such column, or it holds something else.
    """
    from pyspark.sql import functions

    types = {name: base_type(kind) for name, kind in frame.dtypes}
    columns = []
    for name, allowed in ALLOWED.items():
        column = given.get(name) or name
        if column not in types:
            if given.get(name) is None and name not in ("id", "text"):
                continue
            raise InvalidInputError(
                f"there is no column {column!r} for {name}; there are {', '.join(types)}"
            )
        if types[column] not in allowed:
            raise InvalidInputError(
                f"the column {column!r} for {name} has the type {types[column]}, must be one of "
                f"{', '.join(sorted(allowed))}"
            )
        # A backquote in a name is written twice.
        quoted = functions.col("`" + column.replace("`", "``") + "`")
        columns.append((quoted if name == "date" else quoted.cast("string")).alias(name))
    return frame.select(*columns)


def base_type(name: str) -> str:
    """A type without its length or its collation, which do not matter here."""
    plain = name.split("(")[0].split(" ")[0]
    return "string" if plain in ("varchar", "char") else plain


def few_ids(articles: DataFrame) -> Optional[pa.Array]:
    """All ids, sorted, if they are not too many to be sorted here, and none is missing or repeated.

    Otherwise ``None``: what is wrong is told when the articles are signed.
    """
    import pyarrow.compute as pc

    ids = articles.select("id").limit(MAX_IDS + 1).toArrow()["id"].combine_chunks()
    if len(ids) > MAX_IDS or ids.null_count or pc.count_distinct(ids).as_py() != len(ids):
        return None
    return ids.take(pc.sort_indices(ids))


def numbered(articles: DataFrame, partitions: int, ids: Optional[pa.Array]) -> DataFrame:
    """Articles with numbers that ascend with their ids, of which `ids` are all, if they are few."""
    import pyarrow as pa
    from pyspark.sql import functions

    if ids is not None:
        numbers = pa.table({"id": ids, "number": pa.array(range(len(ids)), pa.int64())})
        table = articles.sparkSession.createDataFrame(numbers)
        joined = articles.join(functions.broadcast(table), "id", "left")
        # A frame may have thousands of partitions of a row each; a task costs 60 ms at least.
        return joined.coalesce(max(partitions, FEW_TASKS))
    ranges = articles.repartitionByRange(partitions, "id").sortWithinPartitions("id")
    return ranges.withColumn("number", functions.monotonically_increasing_id())


def signed(
    job: Any, batches: Iterable[pa.RecordBatch], blocks: Callable[[Any], pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """The blocks of a partition's articles, and a last one of notes."""
    notes = Notes()
    for batch in batches:
        batch = notes.without_null_ids(batch)
        if batch.num_rows:
            yield from map(blocks, job.sign(prepared(batch, notes)))
    yield notes.block()


def prepared(batch: pa.RecordBatch, notes: Notes) -> pa.RecordBatch:
    """A batch with the columns that a job signs: ``number, id, text, date, source``."""
    import pyarrow as pa

    table, (unread, first) = _newsprint._prepared(batch.drop_columns(["number"]))
    notes.see(batch, unread, first)
    made = pa.table(table).combine_chunks()
    fields = {"id": pa.string(), "text": pa.string(), "date": pa.int64(), "source": pa.string()}
    columns = {name: made[name].cast(kind).chunk(0) for name, kind in fields.items()}
    return pa.RecordBatch.from_pydict({"number": batch["number"], **columns})


class Notes:
    """What one task saw of its articles."""

    def __init__(self) -> None:
        self.told: dict[str, Any] = {
            "articles": 0,
            "without_text": 0,
            "null_ids": 0,
            "repeated_ids": 0,
            "repeats": 0,
            "repeated": [],
            "unread_dates": 0,
            "unread_date": None,
        }
        self._last: Optional[str] = None
        self._is_repeated = False

    def without_null_ids(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        missing = batch["id"].null_count
        self.told["null_ids"] += missing
        return batch.filter(batch["id"].is_valid()) if missing else batch

    def see(
        self, batch: pa.RecordBatch, unread_dates: int, unread: Optional[tuple[int, str]]
    ) -> None:
        """Counts a batch. Its ids are sorted, and go on where the last batch ended, or all differ."""
        told, ids = self.told, batch["id"]
        told["articles"] += len(ids)
        told["without_text"] += batch["text"].null_count
        told["unread_dates"] += unread_dates
        if unread and not told["unread_date"]:
            row, error = unread
            told["unread_date"] = f"article {ids[row].as_py()!r}: {error}"
        if ids[0].as_py() != self._last and len(ids.unique()) == len(ids):
            self._last, self._is_repeated = ids[-1].as_py(), False
            return
        for it in ids.to_pylist():
            is_same = it == self._last
            told["repeats"] += is_same
            if is_same and not self._is_repeated:
                told["repeated_ids"] += 1
                if len(told["repeated"]) < NAMED_IDS:
                    told["repeated"].append(it)
            self._last, self._is_repeated = it, is_same

    def block(self) -> pa.RecordBatch:
        import pyarrow as pa

        return pa.RecordBatch.from_pydict(
            {
                "kind": pa.array([NOTES], pa.int32()),
                "part": pa.array([0], pa.int32()),
                "data": pa.array([json.dumps(self.told).encode()], pa.binary()),
            }
        )


def gathered_notes(blocks: Iterable[bytes]) -> dict[str, Any]:
    """The notes of all tasks as one."""
    whole = Notes().told
    for block in blocks:
        for name, value in json.loads(block).items():
            whole[name] = (whole[name] or value) if name == "unread_date" else whole[name] + value
    whole["repeated"] = sorted(whole["repeated"])[:NAMED_IDS]
    return whole


def check(notes: dict[str, Any]) -> None:
    """Refuses articles that cannot be told apart.

    :raises InvalidInputError: if ids are missing or repeated; some of them are named.
    """
    if notes["null_ids"]:
        raise InvalidInputError(f"{notes['null_ids']} articles have no id")
    if notes["repeats"]:
        number, named = notes["repeated_ids"], ", ".join(map(repr, notes["repeated"]))
        raise InvalidInputError(
            f"{number} ids are given more than once, in {number + notes['repeats']} articles: "
            + named
            + (" and others" if number > len(notes["repeated"]) else "")
        )
