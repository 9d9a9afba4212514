"""Finds the copies in files of articles, on Spark.

    python -m newsprint.spark --input articles.parquet --output found
    spark-submit .../newsprint/spark/__main__.py --input s3a://news/*.jsonl.gz --output s3a://found

The output directory gets ``pairs``, ``clusters`` and ``stories`` as Parquet. It is the work
directory, too, so that ``--resume`` continues a run that was interrupted.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any, Optional

from newsprint.errors import NewsprintError
from newsprint.spark import dedup

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

COLUMNS = ["id", "text", "title", "date", "source"]


def parser() -> argparse.ArgumentParser:
    """The options."""
    it = argparse.ArgumentParser(
        prog="python -m newsprint.spark", description="Finds the copies in files of articles."
    )
    it.add_argument("--input", nargs="+", required=True, help="files or directories of articles")
    it.add_argument("--output", required=True, help="the directory for results, which is new")
    it.add_argument(
        "--format",
        choices=["parquet", "json"],
        help="Parquet, or JSON with an article a line; by default told from the name of the input",
    )
    for name in COLUMNS:
        it.add_argument(f"--{name}", metavar="NAME", help=f"the column or field, if not {name}")
    it.add_argument("--preset", help="wire (the default), story, ocr or strict")
    it.add_argument("--threshold", type=float, help="the Jaccard similarity that makes a pair")
    it.add_argument("--partitions", type=int, help="into how many parts the work is cut")
    it.add_argument("--resume", action="store_true", help="continue the run of the output")
    return it


def read(spark: SparkSession, given: argparse.Namespace) -> DataFrame:
    """The articles of the input."""
    is_json = any(part in name for name in given.input for part in (".json", ".ndjson"))
    if (given.format or ("json" if is_json else "parquet")) == "parquet":
        return spark.read.parquet(*given.input)
    # With types Spark need not read all lines to find them. An article is text throughout.
    names = [getattr(given, name) or name for name in COLUMNS]
    schema = ", ".join(f"`{name.replace('`', '``')}` string" for name in dict.fromkeys(names))
    return spark.read.schema(schema).json(given.input)


def main(arguments: Optional[list[str]] = None) -> int:
    """Runs the program and returns its exit code: 2 if something given is refused."""
    from pyspark.sql import SparkSession

    given = parser().parse_args(arguments)
    spark = SparkSession.builder.appName("newsprint").getOrCreate()
    columns: dict[str, Any] = {name: getattr(given, name) for name in COLUMNS}
    try:
        found = dedup(
            read(spark, given),
            **columns,
            preset=given.preset,
            threshold=given.threshold,
            work=given.output,
            partitions=given.partitions,
            resume=given.resume,
        )
    except NewsprintError as error:
        print(f"newsprint: {error}", file=sys.stderr)
        return 2
    print(json.dumps({**found.counts, "pairs": found.pairs.count()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
