"""The job of the wheel, with blocks as Arrow's batches.

The wheel takes and gives blocks as lists of bytes, because what is in them is for its own code alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Optional

from .. import Config, _newsprint

if TYPE_CHECKING:
    import pyarrow as pa

#: What the wheel returns: kinds, parts and records of blocks.
Blocks = tuple[list[int], list[int], list[bytes]]
#: Bytes of blocks in a batch, unless a single one has more.
BATCH_BYTES = 16 << 20


@dataclass
class Step:
    """A step, as :class:`_steps.Step` describes it."""

    name: str
    inputs: list[int]
    mapped: list[int]
    gather: bool


class Job:
    """A search in steps; see :class:`_steps.Job`. It can be pickled.

    :param partitions: the number of parts.
    :param options: those of :class:`newsprint.Config`.
    """

    def __init__(self, partitions: int, **options: Any) -> None:
        self._job = _newsprint.Job(partitions, Config(**options))

    def sign(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        return batches(self._job.sign(batch))

    def next(self) -> Optional[Step]:
        step = self._job.next()
        return None if step is None else Step(*step)

    def done(self, name: str, counts: dict[int, int]) -> None:
        # The job knows that articles are signed.
        self._job.done([kind for kind, count in counts.items() if count])

    def map(self, name: str, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        return batches(self._job.map(*lists(batch)))

    def reducer(self, name: str) -> Reducer:
        return Reducer(self._job.reduce)

    def gather(self, name: str) -> Gathering:
        return Gathering(self._job)

    @property
    def counts(self) -> dict[str, int]:
        """``articles``, those of them that are ``empty``, and different ``texts``."""
        return dict(zip(("articles", "empty", "texts"), self._job.counts()))

    def kinds(self, name: str) -> list[int]:
        return [kind for result, kind in self._job.results() if result == name]

    def schema(self, name: str) -> pa.Schema:
        import pyarrow as pa

        if name != "stories":
            return pa.table(getattr(self._job, name)([])).schema
        texts = pa.list_(pa.string())
        fields = [("story", pa.string()), ("terms", texts), ("articles", pa.int64())]
        fields += [("texts", texts), ("by_source", texts), ("least_sure", pa.string())]
        return pa.schema([*fields, ("least_event", pa.float64())])

    def pairs(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        return one_batch(self._job.pairs(lists(batch)[1]))

    def clusters(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        return one_batch(self._job.clusters(lists(batch)[1]))

    def stories(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        import pyarrow as pa

        rows = self._job.stories(lists(batch)[1])
        return pa.RecordBatch.from_pylist(rows, self.schema("stories"))


class Reducer:
    """Takes the blocks of a part, and then gives what is made of them."""

    def __init__(self, reduce: Callable[[list[int], list[bytes]], Blocks]) -> None:
        self._reduce = reduce
        self._kinds: list[int] = []
        self._data: list[bytes] = []

    def add(self, batch: pa.RecordBatch) -> None:
        kinds, data = lists(batch)
        self._kinds += kinds
        self._data += data

    def finish(self) -> Iterator[pa.RecordBatch]:
        return batches(self._reduce(self._kinds, self._data))


class Gathering:
    """Takes all blocks, a batch at a time, and then gives what is made of them."""

    def __init__(self, job: _newsprint.Job) -> None:
        self._job = job

    def add(self, batch: pa.RecordBatch) -> None:
        self._job.gather(*lists(batch))

    def finish(self) -> Iterator[pa.RecordBatch]:
        return batches(self._job.gathered())


def lists(batch: pa.RecordBatch) -> tuple[list[int], list[bytes]]:
    """The kinds and the records of blocks."""
    return batch.column("kind").to_pylist(), batch.column("data").to_pylist()


def one_batch(table: Any) -> pa.RecordBatch:
    """A table of the wheel as a batch."""
    import pyarrow as pa

    whole = pa.table(table)
    columns = [column.combine_chunks() for column in whole.columns]
    return pa.RecordBatch.from_arrays(columns, schema=whole.schema)


def batches(blocks: Blocks) -> Iterator[pa.RecordBatch]:
    """Blocks as batches of a moderate size."""
    import pyarrow as pa

    kinds, parts, data = blocks
    first, size = 0, 0
    ends = []
    for place, block in enumerate(data):
        if place > first and size + len(block) > BATCH_BYTES:
            ends.append(place)
            first, size = place, 0
        size += len(block)
    for start, end in zip([0, *ends], [*ends, len(data)]):
        columns: Iterable[pa.Array] = [
            pa.array(kinds[start:end], pa.int32()),
            pa.array(parts[start:end], pa.int32()),
            pa.array(data[start:end], pa.binary()),
        ]
        yield pa.RecordBatch.from_arrays(list(columns), ["kind", "part", "data"])
