"""The two ways to reach a work directory from the driver.

Where the driver sees the directory as files, it reads and writes Parquet, adds a row to the journal
and deletes by itself, without a job of Spark; where it does not, each of these is a small job,
written with the DataFrame API alone. What is in the directory is the same.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Optional, Union

from ..errors import AlreadyExistsError

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

JOURNAL = "run string, position int, name string, told string, state binary"
BLOCKS = "kind int, part int, data binary"
COLUMNS = ["kind", "part", "data"]
COMPRESSION = "snappy"
#: Blocks are packed bytes: their values do not repeat.
PARQUET = {"compression": COMPRESSION, "parquet.enable.dictionary": "false"}
#: Blocks, of up to some megabytes, that are decoded at a time.
ROWS = 64
#: Bytes of blocks that Spark gives to the driver at a time.
BATCH_BYTES = 32 << 20


class Size(NamedTuple):
    """How much there is of a kind of blocks in a dataset."""

    blocks: int
    #: Bytes of files.
    bytes: int


class Seen:
    """A directory that the driver sees."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sizes(self, name: str) -> dict[int, Size]:
        """How much of each kind of blocks a dataset has, from the footers of its files."""
        from pyarrow.parquet import read_metadata

        sizes: dict[int, Size] = {}
        for file in (self.folder / name).glob("kind=*/*.parquet"):
            kind = int(file.parent.name.removeprefix("kind="))
            blocks, size = sizes.get(kind, (0, 0))
            more = read_metadata(file).num_rows
            sizes[kind] = Size(blocks + more, size + file.stat().st_size)
        return sizes

    def read(self, name: str, kinds: Sequence[int]) -> Iterator[pa.RecordBatch]:
        """Blocks of a dataset, some at a time."""
        import pyarrow as pa
        from pyarrow.parquet import ParquetFile

        for kind in kinds:
            for path in sorted((self.folder / name / f"kind={kind}").glob("*.parquet")):
                with ParquetFile(path) as file:
                    for batch in file.iter_batches(ROWS, columns=COLUMNS[1:]):
                        same = pa.array([kind] * batch.num_rows, pa.int32())
                        yield pa.RecordBatch.from_arrays([same, *batch.columns], COLUMNS)

    def write(
        self, name: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema, replaces: bool
    ) -> None:
        """Writes a dataset, which is there at once. Blocks go into a directory for each kind.

        :raises AlreadyExistsError: if there is something of its name that is not to be replaced.
        """
        import pyarrow.compute as pc
        from pyarrow.parquet import ParquetWriter

        whole, hidden = self.folder / name, self.folder / f".newsprint-{name}"
        if whole.exists() and not replaces:
            raise AlreadyExistsError(f"{whole} is there already, and not of this run")
        # What an attempt left that did not end.
        shutil.rmtree(hidden, ignore_errors=True)
        hidden.mkdir()
        by_kind = schema.names == COLUMNS
        written = schema.remove(0) if by_kind else schema
        writers: dict[str, ParquetWriter] = {}

        def writer(folder: str) -> ParquetWriter:
            if folder not in writers:
                (hidden / folder).mkdir(exist_ok=True)
                file = hidden / folder / f"part-00000-{uuid.uuid4()}.parquet"
                writers[folder] = ParquetWriter(
                    file, written, compression=COMPRESSION, use_dictionary=not by_kind
                )
            return writers[folder]

        if not by_kind:
            # A file without rows, too, has the columns.
            writer(".")
        for batch in batches:
            if not by_kind:
                writer(".").write_batch(batch)
                continue
            for kind in batch["kind"].unique().to_pylist():
                of_kind = batch.filter(pc.equal(batch["kind"], kind))
                writer(f"kind={kind}").write_batch(of_kind.select(COLUMNS[1:]))
        for it in writers.values():
            it.close()
        shutil.rmtree(whole, ignore_errors=True)
        os.rename(hidden, whole)

    def append(self, row: tuple[Any, ...]) -> None:
        """Adds a row to the journal."""
        import pyarrow as pa
        from pyarrow.parquet import write_table

        types = [pa.string(), pa.int32(), pa.string(), pa.string(), pa.binary()]
        names = [column.split()[0] for column in JOURNAL.split(", ")]
        columns = [pa.array([value], kind) for value, kind in zip(row, types)]
        name = f"part-{row[1]:05}-{uuid.uuid4()}.parquet"
        # Spark does not read a file whose name begins with a dot. So the row is there at once.
        hidden = self.folder / "journal" / f".{name}"
        write_table(pa.table(columns, names=names), hidden)
        os.replace(hidden, hidden.with_name(name))

    def remove(self, name: str) -> None:
        """Deletes a dataset of the run."""
        shutil.rmtree(self.folder / name, ignore_errors=True)

    def leave(self) -> None:
        """Deletes the directory if nothing is in it."""
        with suppress(OSError):
            self.folder.rmdir()


class Unseen:
    """A directory that only Spark reaches. What is deleted is overwritten by an empty dataset."""

    def __init__(self, spark: SparkSession, path: str) -> None:
        self.spark, self.path = spark, path

    def sizes(self, name: str) -> dict[int, Size]:
        """How much of each kind of blocks a dataset has. Spark, too, reads only footers."""
        blocks = self._frame(name).select("kind", "_metadata.file_path", "_metadata.file_size")
        sizes: dict[int, Size] = {}
        for row in blocks.groupBy("kind", "file_path", "file_size").count().collect():
            before = sizes.get(row["kind"], Size(0, 0))
            sizes[row["kind"]] = Size(before[0] + row["count"], before[1] + row["file_size"])
        return sizes

    def read(self, name: str, kinds: Sequence[int]) -> Iterator[pa.RecordBatch]:
        """Blocks of a dataset, some at a time."""
        import pyarrow as pa

        frame = self._frame(name)
        frame = frame.where(frame["kind"].isin(list(kinds))).select(*COLUMNS)
        rows: list[Any] = []
        size = 0

        def batch() -> pa.RecordBatch:
            types = [pa.int32(), pa.int32(), pa.binary()]
            columns = [pa.array(values, kind) for values, kind in zip(zip(*rows), types)]
            return pa.RecordBatch.from_arrays(columns, COLUMNS)

        # An iterator, as a whole table is limited by spark.driver.maxResultSize.
        for row in frame.toLocalIterator(prefetchPartitions=True):
            if rows and size + len(row["data"]) > BATCH_BYTES:
                yield batch()
                rows, size = [], 0
            rows.append(row)
            size += len(row["data"])
        if rows:
            yield batch()

    def write(
        self, name: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema, replaces: bool
    ) -> None:
        """Writes a dataset, which is there at once. Blocks go into a directory for each kind."""
        import pyarrow as pa

        tables = [pa.Table.from_batches([batch]) for batch in batches] or [schema.empty_table()]
        whole = union([self.spark.createDataFrame(table) for table in tables])
        assert whole is not None
        write(whole, f"{self.path}/{name}", schema.names == COLUMNS, replaces)

    def append(self, row: tuple[Any, ...]) -> None:
        """Adds a row to the journal, or begins one."""
        mode = "append" if row[1] else "error"
        frame = self.spark.createDataFrame([row], JOURNAL).coalesce(1)
        frame.write.mode(mode).parquet(f"{self.path}/journal")

    def remove(self, name: str) -> None:
        """Empties a dataset of the run."""
        nothing = self.spark.createDataFrame([], BLOCKS)
        nothing.write.mode("overwrite").parquet(f"{self.path}/{name}")

    def leave(self) -> None:
        """Leaves the directory with its empty datasets."""

    def _frame(self, name: str) -> DataFrame:
        return self.spark.read.schema(BLOCKS).parquet(f"{self.path}/{name}")


Storage = Union[Seen, Unseen]


def seen(path: str, run: str) -> Optional[Seen]:
    """The directory as the driver sees it, if that is the one that Spark wrote a run to.

    The driver may have another directory of the same name: the journal of the run decides.
    """
    from pyarrow.parquet import read_table

    path = path.removeprefix("file://").removeprefix("file:")
    if "://" in path:
        return None
    # Engines name their files differently; what begins with a dot or an underscore is no data.
    for file in Path(path, "journal").glob("[!._]*.parquet"):
        runs = read_table(file, columns=["run"])["run"].to_pylist()
        return Seen(Path(path)) if runs == [run] else None
    return None


def write(frame: DataFrame, path: str, by_kind: bool, replaces: bool) -> None:
    """Writes a dataset by Spark, whole or not at all."""
    writer = frame.write.mode("overwrite" if replaces else "error")
    if by_kind:
        writer = writer.options(**PARQUET).partitionBy("kind")
    writer.parquet(path)


def union(frames: Sequence[DataFrame]) -> Optional[DataFrame]:
    """All rows of some frames of the same columns; ``None`` of none."""
    if not frames:
        return None
    whole = frames[0]
    for frame in frames[1:]:
        whole = whole.union(frame)
    return whole
