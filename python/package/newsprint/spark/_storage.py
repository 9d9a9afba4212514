"""The two ways to reach a work directory from the driver.

Where the driver sees the directory as files, it reads footers, adds a row to the journal and
deletes by itself, without a job of Spark; where it does not, each of these is a small job, written
with the DataFrame API alone. What is in the directory is the same.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Union

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

JOURNAL = "run string, position int, name string, told string, state binary"
BLOCKS = "kind int, part int, data binary"


class Seen:
    """A directory that the driver sees."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def counts(self, name: str) -> dict[int, int]:
        """How many blocks of each kind a dataset has, from the footers of its files."""
        from pyarrow.parquet import read_metadata

        counts: Counter[int] = Counter()
        for file in (self.folder / name).glob("kind=*/*.parquet"):
            kind = int(file.parent.name.removeprefix("kind="))
            counts[kind] += read_metadata(file).num_rows
        return dict(counts)

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

    def counts(self, name: str) -> dict[int, int]:
        """How many blocks of each kind a dataset has. Spark, too, reads only footers for that."""
        blocks = self.spark.read.schema(BLOCKS).parquet(f"{self.path}/{name}")
        return {row["kind"]: row["count"] for row in blocks.groupBy("kind").count().collect()}

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


Storage = Union[Seen, Unseen]


def seen(path: str, run: str) -> Optional[Seen]:
    """The directory as the driver sees it, if that is the one that Spark wrote a run to.

    The driver may have another directory of the same name: the journal of the run decides.
    """
    from pyarrow.parquet import read_table

    path = path.removeprefix("file://").removeprefix("file:")
    if "://" in path:
        return None
    for file in Path(path, "journal").glob("part-*.parquet"):
        runs = read_table(file, columns=["run"])["run"].to_pylist()
        return Seen(Path(path)) if runs == [run] else None
    return None
