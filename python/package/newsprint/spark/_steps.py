"""Runs the steps of a job on Spark.

The *job* says what is to be done and does it, on blocks of bytes; this file moves the blocks. On
the driver the job is a state machine: `next` names a step, `done` tells it what the step wrote.
Workers get the job as it is at the beginning of a step, pickled.

A step reads the blocks of its input kinds, from whatever steps wrote them. Either they are mapped,
sent to the task that their ``part`` names, and reduced there:

    blocks ─> map ─> shuffle by part ─> a reducer for each part ─> Parquet

or, if it gathers, they pass through the driver, which keeps one batch of them at a time:

    blocks ─> driver ─> Parquet

A reducer gets its blocks in any order, as they come over the network; a part without blocks has no
reducer. A task may run several times, on any worker: the result is that of one of these runs.

Only what Spark Connect has of the DataFrame API is used.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Optional, Protocol

from . import _articles
from ._storage import BLOCKS
from ._work import COLUMNS, FINISHED, Work, union

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

#: The dataset that the first step writes.
SIGN = "sign"
RESULTS = ["pairs", "clusters", "stories"]
#: Bytes that pass through the driver at a time.
GATHERED_BYTES = 32 << 20
SETTINGS = {
    # Blocks of up to some megabytes: by default Spark decodes 4,096 rows of a Parquet file at once.
    "spark.sql.parquet.columnarReaderBatchSize": "64",
    # With a writer for each kind, blocks are not sorted by kind before they are written.
    "spark.sql.maxConcurrentOutputFileWriters": "32",
}


class Step(Protocol):
    """A step of a job."""

    name: str
    #: The kinds of blocks that it reads.
    inputs: list[int]
    #: Those of them that are mapped before the shuffle.
    mapped: list[int]
    gather: bool


class Reducer(Protocol):
    """What takes blocks one batch after another, and then gives others."""

    def add(self, batch: pa.RecordBatch) -> None: ...
    def finish(self) -> Iterable[pa.RecordBatch]: ...


class Job(Protocol):
    """What the steps are and what they do, as :class:`_job.Job`. It can be pickled.

    Batches have the columns ``kind``, ``part`` and ``data``; they may be of any class that has
    Arrow's interface.
    """

    def sign(self, batch: pa.RecordBatch) -> Iterable[pa.RecordBatch]:
        """Blocks of articles: ``number, id, text, date`` (seconds), ``source``."""

    def next(self) -> Optional[Step]: ...
    def done(self, name: str, counts: dict[int, int]) -> None:
        """Takes how many blocks of each kind a step wrote, the first one among them."""

    def map(self, name: str, batch: pa.RecordBatch) -> Iterable[pa.RecordBatch]: ...
    def reducer(self, name: str) -> Reducer: ...
    def gather(self, name: str) -> Reducer: ...
    def kinds(self, name: str) -> list[int]:
        """The kinds of blocks that a result is made from."""

    def schema(self, name: str) -> pa.Schema: ...
    def pairs(self, batch: pa.RecordBatch) -> pa.RecordBatch: ...
    def clusters(self, batch: pa.RecordBatch) -> pa.RecordBatch: ...
    def stories(self, batch: pa.RecordBatch) -> pa.RecordBatch: ...


def run(articles: DataFrame, job: Job, partitions: int, work: Work) -> dict[str, Any]:
    """Runs a job to its end, from where the work directory has it.

    :returns: what was found wrong with the articles.
    :raises InvalidInputError: if their ids are missing or repeated.
    """
    with settings(work.spark):
        if len(work.entries) > 1:
            job = pickle.loads(work.last.state)
        if work.told(SIGN) is None:
            sign(articles, job, partitions, work)
        if work.told(FINISHED) is None:
            while (step := job.next()) is not None:
                run_step(step, job, partitions, work)
            for name in RESULTS:
                write_result(name, job, work)
            work.finish(FINISHED, {}, pickle.dumps(job))
        work.remove(entry.name for entry in work.entries[1:-1])
    notes: dict[str, Any] = (work.told(SIGN) or {})["notes"]
    return notes


def sign(articles: DataFrame, job: Job, partitions: int, work: Work) -> None:
    """The first step: from rows of articles to blocks of them."""
    state = pickle.dumps(job)

    def signing(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return _articles.signed(job_of(state), batches, as_blocks)

    frame = _articles.numbered(articles, partitions)
    work.write(frame.mapInArrow(signing, BLOCKS), SIGN)
    noted = work.blocks([SIGN], [_articles.NOTES])
    rows = noted.select("data").collect() if noted is not None else []
    notes = _articles.gathered_notes(bytes(row["data"]) for row in rows)
    try:
        _articles.check(notes)
    except Exception:
        work.discard(unfinished=[SIGN])
        raise
    finish(SIGN, job, work, {"notes": notes, "partitions": partitions})


def run_step(step: Step, job: Job, partitions: int, work: Work) -> None:
    """One step, from blocks to blocks."""
    state, name, mapped = pickle.dumps(job), step.name, set(step.mapped)
    direct = blocks_of(work, [kind for kind in step.inputs if kind not in mapped])
    to_map = blocks_of(work, [kind for kind in step.inputs if kind in mapped])

    def mapping(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        job = job_of(state)
        return (as_blocks(made) for batch in batches for made in job.map(name, batch))

    def reducing(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return reduced(job_of(state), name, batches)

    frames = [] if direct is None else [direct]
    if to_map is not None:
        frames.append(to_map.mapInArrow(mapping, BLOCKS))
    blocks = union(frames)
    if step.gather:
        # The job changes here, on the driver: later steps ship what it has become.
        blocks = gathered(job.gather(name), blocks, work.spark)
    elif blocks is not None:
        blocks = by_part(blocks, partitions).mapInArrow(reducing, BLOCKS)
    if blocks is not None:
        work.write(blocks, name)
    finish(name, job, work, {"empty": blocks is None})


def blocks_of(work: Work, kinds: list[int]) -> Optional[DataFrame]:
    """All blocks of some kinds, ``None`` if nobody wrote any."""
    names = [
        entry.name
        for entry in work.entries
        if any(str(kind) in entry.told.get("blocks", {}) for kind in kinds)
    ]
    return work.blocks(names, kinds)


def finish(name: str, job: Job, work: Work, told: dict[str, Any]) -> None:
    """Tells the job what a step wrote, and then notes the step as finished."""
    counts = {} if told.get("empty") else work.counts(name)
    counts.pop(_articles.NOTES, None)
    job.done(name, counts)
    told["blocks"] = {str(kind): count for kind, count in counts.items()}
    work.finish(name, told, pickle.dumps(job))


def by_part(blocks: DataFrame, partitions: int) -> DataFrame:
    """Blocks in the partitions that they name."""
    return blocks.repartitionById(partitions, "part")


def reduced(
    job: Job, name: str, batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """What the reducers of a partition make of its blocks."""
    import pyarrow.compute as pc

    reducers: dict[int, Reducer] = {}
    for batch in batches:
        # One part, unless an engine puts several of them into a partition.
        for part in batch["part"].unique().to_pylist():
            if part not in reducers:
                reducers[part] = job.reducer(name)
            is_here = pc.equal(batch["part"], part)
            whole = pc.all(is_here).as_py()
            reducers[part].add(batch if whole else batch.filter(is_here))
    for part in sorted(reducers):
        yield from map(as_blocks, reducers.pop(part).finish())


def gathered(
    gather: Reducer, blocks: Optional[DataFrame], spark: SparkSession
) -> Optional[DataFrame]:
    """Takes blocks through the driver; what comes of them, ``None`` if nothing."""
    import pyarrow as pa

    rows: list[Any] = []
    size = 0

    def add() -> None:
        columns = {
            "kind": pa.array([row[0] for row in rows], pa.int32()),
            "part": pa.array([row[1] for row in rows], pa.int32()),
            "data": pa.array([row[2] for row in rows], pa.binary()),
        }
        gather.add(pa.RecordBatch.from_pydict(columns))
        rows.clear()

    # An iterator, as a whole table is limited by spark.driver.maxResultSize.
    for row in blocks.toLocalIterator(prefetchPartitions=True) if blocks is not None else ():
        if rows and size + len(row[2]) > GATHERED_BYTES:
            add()
            size = 0
        rows.append(row)
        size += len(row[2])
    if rows:
        add()
    made = [as_blocks(batch) for batch in gather.finish()]
    return union([spark.createDataFrame(pa.Table.from_batches([batch])) for batch in made])


def write_result(name: str, job: Any, work: Work) -> None:
    """Writes a result in columns of its own."""
    state, schema = pickle.dumps(job), spark_schema(job, name)
    blocks = blocks_of(work, list(job.kinds(name)))

    def writing(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        job: Any = job_of(state)
        arrow = schema_of(job, name)
        make: Callable[[pa.RecordBatch], Any] = getattr(job, name)
        return (shaped(make(batch), arrow) for batch in batches)

    if blocks is None:
        frame = work.spark.createDataFrame([], schema)
    else:
        frame = blocks.mapInArrow(writing, schema)
    work.write(frame, name, by_kind=False)


def schema_of(job: Any, name: str) -> pa.Schema:
    """The columns of a result, without the large types of Arrow, which Spark does not have."""
    import pyarrow as pa

    small = {pa.large_string(): pa.string(), pa.large_binary(): pa.binary()}
    fields = pa.schema(job.schema(name))
    return pa.schema([field.with_type(small.get(field.type, field.type)) for field in fields])


def spark_schema(job: Any, name: str) -> Any:
    """The columns of a result, as Spark knows them."""
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(schema_of(job, name))


def as_blocks(made: Any) -> pa.RecordBatch:
    """A batch of blocks in the columns' order and types, which Spark takes by their places."""
    import pyarrow as pa

    types = [pa.int32(), pa.int32(), pa.binary()]
    return shaped(made, pa.schema(list(zip(COLUMNS, types))))


def shaped(made: Any, schema: pa.Schema) -> pa.RecordBatch:
    """A batch with the columns of a schema, in its order."""
    import pyarrow as pa

    batch = made if isinstance(made, pa.RecordBatch) else pa.record_batch(made)
    return batch if batch.schema == schema else batch.select(schema.names).cast(schema)


_unpickled: tuple[bytes, Any] = (b"", None)


def job_of(state: bytes) -> Any:
    """The job, unpickled once in a worker, which runs many tasks of a step."""
    global _unpickled
    if _unpickled[0] != state:
        _unpickled = (state, pickle.loads(state))
    return _unpickled[1]


@contextmanager
def settings(spark: SparkSession) -> Iterator[None]:
    """Settings of the session for the time of a run."""
    before = {name: spark.conf.get(name, None) for name in SETTINGS}
    for name, value in SETTINGS.items():
        spark.conf.set(name, value)
    try:
        yield
    finally:
        for name, old in before.items():
            if old is None:
                spark.conf.unset(name)
            else:
                spark.conf.set(name, old)
