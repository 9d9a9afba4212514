"""Finds the copies in a collection that is too large for one machine, on Apache Spark.

The answer is that of :func:`newsprint.dedup`, row by row: the same steps, in the same code, on
blocks of articles that Spark moves. It needs pyspark 4.1 or later with pyarrow and pandas, and on
every worker this package as well.

    from newsprint import spark
    found = spark.dedup(frame, date="published", preset="wire", work="hdfs:///tmp/newsprint")
    found.pairs.where("relation = 'copy'").show()

``python -m newsprint.spark --input articles.parquet --output found`` does the same for files.

Every step is written to the work directory before the next begins. A lost worker costs the tasks
that it had; if the driver is lost, ``resume=True`` continues after the last step that was finished.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Optional

from ..errors import InvalidInputError, NewsprintError
from . import _articles, _job, _steps
from ._steps import RESULTS
from ._work import Work

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["Found", "dedup", "default_partitions"]

#: Articles that a task handles, some 100 MB of text, and the least number of tasks.
ARTICLES_IN_PARTITION = 25_000
LEAST_PARTITIONS = 4


@dataclass(frozen=True)
class Found:
    """What :func:`dedup` found, as frames that are read from the work directory."""

    #: The pairs: ``left`` and ``right``, ids of which the smaller is on the left, and the other
    #: columns of :attr:`newsprint.Dedup.pairs`; dates are Unix seconds.
    pairs: DataFrame
    #: A row for each article in a cluster or a story: ``id``, ``cluster`` (the id of its
    #: representative), ``is_representative``, ``story`` (the id of the first report, where stories
    #: are asked for), ``source`` and ``date`` (Unix seconds).
    clusters: DataFrame
    #: The stories, with ``preset="story"``, by ids: ``story`` (the first report), ``terms``,
    #: ``articles`` (how many), ``texts``, ``by_source``, ``least_sure`` and ``least_event``.
    stories: DataFrame
    #: ``articles``, ``without_text`` (compared with nothing) and ``unread_dates`` (left out).
    counts: dict[str, int]
    #: The directory, which is the caller's to delete.
    work: str


def default_partitions(articles: int) -> int:
    """The number of partitions for a number of articles.

    >>> from newsprint.spark import default_partitions
    >>> default_partitions(1_000), default_partitions(1_000_000_000)
    (4, 40000)
    """
    return max(LEAST_PARTITIONS, -(-articles // ARTICLES_IN_PARTITION))


def dedup(
    df: DataFrame,
    *,
    id: Optional[str] = None,
    text: Optional[str] = None,
    title: Optional[str] = None,
    date: Optional[str] = None,
    source: Optional[str] = None,
    preset: Optional[str] = None,
    threshold: Optional[float] = None,
    work: Optional[str] = None,
    partitions: Optional[int] = None,
    resume: bool = False,
    driver_bytes: Optional[int] = None,
    **options: Any,
) -> Found:
    """Finds the copies in a frame of articles: pairs, clusters and stories.

    :param df: the articles. It is read twice, the first time for its ids; of more than a million
        articles four times, or three with ``partitions``. A frame that takes long to compute should
        be cached or written first.
    :param id: the name of the column of ids, strings or integers, each of which occurs once. Here
        and in the next four the usual name is taken if none is given: ``id``, ``text``, ``title``,
        ``date``, ``source``. The last three may be missing.
    :param text: the column of texts. A missing text is compared with nothing.
    :param title: the column of headlines, which are compared as the first lines of texts.
    :param date: the column of dates: strings in any format that feeds use, integers, dates or
        timestamps. One that cannot be read is left out with a warning.
    :param source: the column of publishers.
    :param preset: see :class:`newsprint.Config`, as for ``threshold`` and further options.
    :param work: a directory that the driver and all workers reach. It may be missing if Spark runs
        on one machine.
    :param partitions: into how many parts the work is cut; see :func:`default_partitions`.
    :param resume: whether to continue the run that the work directory holds, which must be one of
        the same articles.
    :param driver_bytes: a step that reads files of no more bytes is done on the driver, where it
        takes no job of Spark, in several times as much memory. By default that is a 32nd of the
        driver's memory, at most 512 MB.
    :raises InvalidInputError: if a column is missing or of another type, or an id is missing or
        repeated.
    :raises AlreadyExistsError: if the work directory holds another run.
    :raises OtherSettingsError: if that run, which is to be continued, has other options.
    """
    config = {"preset": preset, "threshold": threshold, **options}
    config = {name: value for name, value in config.items() if value is not None}

    def make(partitions: int) -> _steps.Job:
        return _job.Job(partitions, **config)

    columns = {"id": id, "text": text, "title": title, "date": date, "source": source}
    return _run(
        df,
        make,
        columns,
        config,
        work=work,
        partitions=partitions,
        resume=resume,
        driver_bytes=driver_bytes,
    )


def _run(
    df: DataFrame,
    make: Callable[[int], _steps.Job],
    columns: dict[str, Optional[str]],
    options: dict[str, Any],
    *,
    work: Optional[str] = None,
    partitions: Optional[int] = None,
    resume: bool = False,
    driver_bytes: Optional[int] = None,
) -> Found:
    """Runs a job, which `make` begins with a number of partitions."""
    if partitions is not None and partitions < 1:
        raise InvalidInputError(f"partitions is {partitions}, must be at least 1")
    if not hasattr(df, "repartitionById"):
        raise NewsprintError("this pyspark is too old, must be 4.1 or later")
    articles, session = _articles.select(df, columns), df.sparkSession
    directory = Work(session, work or _temporary(session.conf.get("spark.master", "")))
    settings = {
        "version": version("newsprint-articles"),
        "options": {name: repr(value) for name, value in sorted(options.items())},
        "columns": {name: columns.get(name) or name for name in articles.columns},
        "partitions": partitions,
    }
    directory.open(settings, resume)
    begun = directory.told(_steps.SIGN)
    if begun is not None:
        partitions = begun["partitions"]
    ids = None if begun is not None else _articles.few_ids(articles)
    if partitions is None:
        partitions = default_partitions(articles.count() if ids is None else len(ids))
    job = make(partitions)
    if driver_bytes is None:
        driver_bytes = _steps.default_driver_bytes()
    notes = _steps.run(articles, ids, job, partitions, directory, driver_bytes)
    if notes["unread_dates"]:
        warnings.warn(
            f"{notes['unread_dates']} dates cannot be read and are left out; the first is that of "
            + notes["unread_date"],
            stacklevel=3,
        )
    tables = {name: directory.table(name, _steps.spark_schema(job, name)) for name in RESULTS}
    counts = {name: notes[name] for name in ("articles", "without_text", "unread_dates")}
    return Found(**tables, counts=counts, work=directory.path)


def _temporary(master: str) -> str:
    """A directory of this machine, if all of Spark is on it."""
    if not master.startswith("local"):
        raise InvalidInputError(
            f"work is missing; with the master {master!r} it must be a directory that the driver "
            "and all workers reach"
        )
    return tempfile.mkdtemp(prefix="newsprint-")
