"""Runs the steps of a job on Spark.

The *job* says what is to be done and does it, on blocks of bytes; this file moves the blocks. On
the driver the job is a state machine: `next` names a step, `done` tells it what the step wrote.
Workers get the job as it is at the beginning of a step, pickled.

A step reads the blocks of its input kinds, from whatever steps wrote them. Either they are mapped,
sent to the task that their ``part`` names, and reduced there:

    blocks ─> map ─> shuffle by part ─> a reducer for each part ─> Parquet

or, if it gathers, they pass through the driver, which keeps one batch of them at a time:

    blocks ─> driver ─> Parquet

A job of Spark takes seconds, whatever it moves. So a step that has few bytes to read is done on the
driver as well, by the same functions.

A reducer gets its blocks in any order, as they come over the network; a part without blocks has no
reducer. A task may run several times, on any worker: the result is that of one of these runs.

Only what Spark Connect has of the DataFrame API is used.
"""

from __future__ import annotations

import os
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any, Optional, Protocol, TypeVar

from . import _articles
from ._memory import memory
from ._storage import BLOCKS, COLUMNS, ROWS, union
from ._work import FINISHED, Work

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

Given = TypeVar("Given")
Made = TypeVar("Made")

#: The dataset that the first step writes.
SIGN = "sign"
RESULTS = ["pairs", "clusters", "stories"]
#: The most bytes of files that a step may read to be done on the driver by default, and the part
#: of the memory that they may be: several times as much is needed to unpack and group them.
DRIVER_BYTES = 512 << 20
DRIVER_SHARE = 32
SETTINGS = {
    # Blocks of up to some megabytes: by default Spark decodes 4,096 rows of a Parquet file at once.
    "spark.sql.parquet.columnarReaderBatchSize": str(ROWS),
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


def default_driver_bytes() -> int:
    """Bytes of files up to which a step is done on this driver."""
    return min(DRIVER_BYTES, memory() // DRIVER_SHARE)


def run(
    articles: DataFrame,
    ids: Optional[pa.Array],
    job: Job,
    partitions: int,
    work: Work,
    driver_bytes: int,
) -> dict[str, Any]:
    """Runs a job to its end, from where the work directory has it.

    :param ids: all ids, sorted, if they are few.
    :param driver_bytes: bytes of files up to which a step is done on the driver.
    :returns: what was found wrong with the articles.
    :raises InvalidInputError: if their ids are missing or repeated.
    """
    with settings(work.spark):
        if len(work.entries) > 1:
            job = pickle.loads(work.last.state)
        if work.told(SIGN) is None:
            sign(articles, ids, job, partitions, work)
        if work.told(FINISHED) is None:
            while (step := job.next()) is not None:
                run_step(step, job, partitions, work, driver_bytes)
            for name in RESULTS:
                write_result(name, job, work, driver_bytes)
            work.finish(FINISHED, {}, pickle.dumps(job))
        work.remove(entry.name for entry in work.entries[1:-1])
    notes: dict[str, Any] = (work.told(SIGN) or {})["notes"]
    return notes


def sign(
    articles: DataFrame, ids: Optional[pa.Array], job: Job, partitions: int, work: Work
) -> None:
    """The first step: from rows of articles to blocks of them."""
    state = pickle.dumps(job)

    def signing(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return _articles.signed(job_of(state), batches, as_blocks)

    frame = _articles.numbered(articles, partitions, ids)
    work.write(frame.mapInArrow(signing, BLOCKS), SIGN)
    noted = work.batches([SIGN], [_articles.NOTES])
    notes = _articles.gathered_notes(it for batch in noted for it in batch["data"].to_pylist())
    try:
        _articles.check(notes)
    except Exception:
        work.discard(unfinished=[SIGN])
        raise
    finish(SIGN, job, work, {"notes": notes, "partitions": partitions})


def run_step(step: Step, job: Job, partitions: int, work: Work, driver_bytes: int) -> None:
    """One step, from blocks to blocks."""
    state, name, mapped = pickle.dumps(job), step.name, set(step.mapped)
    direct = [kind for kind in step.inputs if kind not in mapped]
    to_map = [kind for kind in step.inputs if kind in mapped]

    def mapping(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        job = job_of(state)
        return (as_blocks(made) for batch in batches for made in job.map(name, batch))

    def reducing(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return reduced(job_of(state), name, batches)

    if step.gather or bytes_of(work, step.inputs) <= driver_bytes:

        def mapped_blocks(batch: pa.RecordBatch) -> list[pa.RecordBatch]:
            return [as_blocks(made) for made in job.map(name, batch)]

        to_reduce = chain.from_iterable(in_threads(mapped_blocks, batches_of(work, to_map)))
        given = chain(batches_of(work, direct), to_reduce)
        # A job that gathers changes here: later steps ship what it has become.
        made = gathered(job.gather(name), given) if step.gather else reduced(job, name, given)
        work.put(name, made, block_schema())
    else:
        mapped_frame = work.blocks(holders(work, to_map), to_map)
        frames = [work.blocks(holders(work, direct), direct)]
        if mapped_frame is not None:
            frames.append(mapped_frame.mapInArrow(mapping, BLOCKS))
        blocks = union([frame for frame in frames if frame is not None])
        assert blocks is not None, "it has bytes to read"
        work.write(by_part(blocks, partitions).mapInArrow(reducing, BLOCKS), name)
    finish(name, job, work, {})


def holders(work: Work, kinds: Iterable[int]) -> list[str]:
    """The datasets that have blocks of some kinds."""
    return [
        entry.name
        for entry in work.entries
        if any(str(kind) in entry.told.get("blocks", {}) for kind in kinds)
    ]


def bytes_of(work: Work, kinds: Iterable[int]) -> int:
    """Bytes of the files of some kinds of blocks."""
    sizes = [entry.told.get("blocks", {}) for entry in work.entries]
    return sum(of[str(kind)][1] for kind in kinds for of in sizes if str(kind) in of)


def batches_of(work: Work, kinds: Sequence[int]) -> Iterator[pa.RecordBatch]:
    """All blocks of some kinds, on the driver."""
    return work.batches(holders(work, kinds), kinds)


def finish(name: str, job: Job, work: Work, told: dict[str, Any]) -> None:
    """Tells the job what a step wrote, and then notes the step as finished."""
    sizes = work.sizes(name)
    sizes.pop(_articles.NOTES, None)
    job.done(name, {kind: size.blocks for kind, size in sizes.items()})
    told["blocks"] = {str(kind): size for kind, size in sizes.items()}
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

    def finished(part: int) -> list[pa.RecordBatch]:
        return [as_blocks(made) for made in reducers.pop(part).finish()]

    # On the driver there are several parts, on a worker one.
    yield from chain.from_iterable(in_threads(finished, sorted(reducers)))


def in_threads(work: Callable[[Given], Made], given: Iterable[Given]) -> Iterator[Made]:
    """As `map`, on all cores, a few calls ahead. The wheel lets other threads run while it works."""
    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as pool:
        running: deque[Future[Made]] = deque()
        for it in given:
            running.append(pool.submit(work, it))
            if len(running) > 2 * cores:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


def gathered(gather: Reducer, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """What comes of all blocks together."""
    for batch in batches:
        gather.add(batch)
    yield from map(as_blocks, gather.finish())


def write_result(name: str, job: Any, work: Work, driver_bytes: int) -> None:
    """Writes a result in columns of its own."""
    state, schema = pickle.dumps(job), schema_of(job, name)
    kinds = list(job.kinds(name))

    def writing(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        job: Any = job_of(state)
        arrow = schema_of(job, name)
        return (shaped(getattr(job, name)(batch), arrow) for batch in batches)

    if bytes_of(work, kinds) <= driver_bytes:
        work.put(name, writing(batches_of(work, kinds)), schema)
    else:
        blocks = work.blocks(holders(work, kinds), kinds)
        assert blocks is not None, "it has bytes to read"
        work.write(blocks.mapInArrow(writing, spark_schema(job, name)), name, by_kind=False)


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
    return shaped(made, block_schema())


def block_schema() -> pa.Schema:
    """The columns of blocks."""
    import pyarrow as pa

    return pa.schema(list(zip(COLUMNS, [pa.int32(), pa.int32(), pa.binary()])))


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
