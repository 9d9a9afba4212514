"""The work directory: every step's blocks, whole or not at all, and what is needed to continue.

A dataset of *blocks* is a Parquet directory with the columns ``kind``, ``part`` and ``data``, in
one subdirectory for each kind, so that a step reads no bytes of kinds that it does not ask for.
Spark's committer moves files into it when all tasks are done; what the driver writes is renamed
when it is whole. Then a row is appended to
``journal``, itself a Parquet directory: a dataset without such a row counts as not written, and is
written anew when a run is continued.

The driver may not reach the storage; then it reads and writes by Spark.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from ..errors import AlreadyExistsError, OtherSettingsError
from ._storage import BLOCKS, COLUMNS, JOURNAL, Size, Storage, Unseen, seen, union, write

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

#: The name of the first row of a journal, and of its last.
BEGUN, FINISHED = "begun", "finished"


class Entry(NamedTuple):
    """A row of the journal: a finished step."""

    name: str
    #: What the step found: how much it wrote of each kind of blocks, and so on.
    told: dict[str, Any]
    #: The job after the step.
    state: bytes


class Work:
    """A work directory, held by one run."""

    def __init__(self, spark: SparkSession, path: str) -> None:
        self.spark = spark
        self.path = path.rstrip("/")
        self.entries: list[Entry] = []
        self._run = ""
        self._continues = False
        self._storage: Storage = Unseen(spark, self.path)

    def open(self, settings: dict[str, Any], resume: bool) -> None:
        """Begins a run, or continues that of the directory.

        :raises AlreadyExistsError: if it holds a run that is not to be continued.
        :raises OtherSettingsError: if it holds one of other settings.
        """
        rows = self._journal_rows()
        if not rows:
            self._run = uuid.uuid4().hex
            self.finish(BEGUN, settings, b"")
            self._storage = seen(self.path, self._run) or self._storage
            return
        if not resume:
            raise AlreadyExistsError(
                f"{self.path} is the work directory of another run; resume=True continues it, "
                "and any other directory begins a new one"
            )
        self._run, self._continues = rows[0]["run"], True
        found = [Entry(row["name"], json.loads(row["told"]), bytes(row["state"])) for row in rows]
        begun = found[0].told
        for name in sorted(begun.keys() | settings.keys()):
            if begun.get(name) != settings.get(name):
                raise OtherSettingsError(
                    f"{self.path} is the work directory of a run with {name} "
                    f"{begun.get(name)!r}, and this one has {settings.get(name)!r}"
                )
        self.entries = found
        self._storage = seen(self.path, self._run) or self._storage

    @property
    def last(self) -> Entry:
        """The last step that was finished."""
        return self.entries[-1]

    def told(self, name: str) -> Optional[dict[str, Any]]:
        """What a finished step found, or ``None`` if it is not finished."""
        return next((entry.told for entry in self.entries if entry.name == name), None)

    def write(self, frame: DataFrame, name: str, by_kind: bool = True) -> None:
        """Writes a dataset whole. What an interrupted attempt of this run left is replaced."""
        write(frame, self._of(name), by_kind, self._continues)

    def put(self, name: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
        """Writes a dataset whole, from the driver."""
        self._storage.write(name, batches, schema, self._continues)

    def blocks(self, names: Iterable[str], kinds: Sequence[int]) -> Optional[DataFrame]:
        """The blocks of some kinds in datasets, ``None`` if no dataset is named."""
        frames = [self._blocks_of(name) for name in names]
        frames = [frame.where(frame["kind"].isin(list(kinds))) for frame in frames]
        return union(frames)

    def batches(self, names: Iterable[str], kinds: Sequence[int]) -> Iterator[pa.RecordBatch]:
        """The same on the driver, some blocks at a time."""
        for name in names:
            yield from self._storage.read(name, kinds)

    def sizes(self, name: str) -> dict[int, Size]:
        """How much of each kind of blocks a dataset has. Reads no blocks."""
        return self._storage.sizes(name)

    def table(self, name: str, schema: Any) -> DataFrame:
        """A dataset of columns of its own."""
        return self.spark.read.schema(schema).parquet(self._of(name))

    def finish(self, name: str, told: dict[str, Any], state: bytes) -> None:
        """Notes a step as finished. From here on a continued run does not repeat it."""
        row = (self._run, len(self.entries), name, json.dumps(told), bytearray(state))
        self._storage.append(row)
        self.entries.append(Entry(name, told, state))

    def remove(self, names: Iterable[str]) -> None:
        """Deletes datasets of this run."""
        for name in names:
            self._storage.remove(name)

    def discard(self, unfinished: Iterable[str]) -> None:
        """Deletes all that this run wrote, and the directory if nothing else is in it."""
        finished = [entry.name for entry in self.entries if entry.name != BEGUN]
        self.remove([*unfinished, *finished, "journal"])
        self._storage.leave()

    def _of(self, name: str) -> str:
        return f"{self.path}/{name}"

    def _blocks_of(self, name: str) -> DataFrame:
        # Spark moves the column of the subdirectories to the end.
        return self.spark.read.schema(BLOCKS).parquet(self._of(name)).select(*COLUMNS)

    def _journal_rows(self) -> list[Any]:
        from pyspark.errors import AnalysisException

        try:
            # There is none yet; if it cannot be read for another reason, writing one fails.
            rows = self.spark.read.schema(JOURNAL).parquet(self._of("journal")).collect()
        except AnalysisException:
            return []
        return sorted(rows, key=lambda row: int(row["position"]))
