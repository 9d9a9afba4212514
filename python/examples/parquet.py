"""Writes a Parquet file without the copies of another, by pyarrow.

python parquet.py articles.parquet kept.parquet
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import newsprint

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError:
    sys.exit("pyarrow is not installed")


def main(path: str | Path, kept_path: str | Path) -> None:
    # Only the columns that are compared are read before; a column is used where it lies.
    columns = [
        name
        for name in ["id", "text", "title", "source", "date"]
        if name in pq.read_schema(path).names
    ]
    found = newsprint.dedup(pq.read_table(path, columns=columns), progress=show)
    print(f"\r{found}", " " * 20)
    pq.write_table(pq.read_table(path).filter(pa.array(found.kept)), kept_path)


def show(stage: str, done: int, total: int) -> None:
    print(f"\r{stage} {done} of {total}", end="")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        main(*sys.argv[1:])
    else:
        folder = Path(tempfile.mkdtemp())
        river = "The river rose by two metres in a night, and the old bridge was closed at dawn."
        rows = {"id": ["a", "b", "c"], "text": [river, "FLOOD. " + river, "Rain in the north."]}
        pq.write_table(pa.table(rows), folder / "articles.parquet")
        main(folder / "articles.parquet", folder / "kept.parquet")
        print(pq.read_table(folder / "kept.parquet")["id"].to_pylist())
