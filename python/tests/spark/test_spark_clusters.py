"""Several workers, and what happens if one of them is lost."""

import functools
import os
import threading
import time
from pathlib import Path

import pytest
import spark_clusters
import real_job
from fake_job import Job, expected
from newsprint import spark as on_spark
from newsprint.spark import _job
from test_spark_dedup import SCHEMA, articles, in_memory, on_engine

#: How often each worker is killed. In the checks once.
KILLS = int(os.environ.get("NEWSPRINT_KILLS", "1"))


def run(df, work, partitions, **job):
    found = on_spark._run(
        df,
        lambda parts: Job(parts, **job),
        {},
        {},
        work=str(work),
        partitions=partitions,
        driver_bytes=0,
    )
    return sorted(tuple(row) for row in found.pairs.collect())


def executors(signals, prefix):
    """The working directories of the executors that ran something, one for each time."""
    return [path.read_text() for path in Path(signals).glob(f"{prefix}-*")]


@pytest.fixture
def frame_of(rows):
    return lambda spark: spark.createDataFrame(
        rows, "id string, text string, source string, date string"
    ).repartition(4)


def test_two_processes_in_a_local_cluster(rows, frame_of, tmp_path):
    signals = tmp_path / "signals"
    signals.mkdir()
    # So that both have something to do.
    job = {"signals": str(signals), "pause": 0.2}
    with spark_clusters.session("local-cluster[2,1,1024]", tmp_path) as spark:
        counts = run(frame_of(spark), tmp_path / "work", 4, **job)
    assert counts == expected(row["text"] for row in rows)
    assert len(set(executors(signals, "reduce-count"))) == 2


@pytest.fixture(scope="module")
def standalone(tmp_path_factory):
    cluster = spark_clusters.Standalone(tmp_path_factory.mktemp("standalone"))
    yield cluster
    assert cluster.stop() == []


@pytest.mark.parametrize("stage", ["map", "reduce"])
@pytest.mark.parametrize("time_", range(KILLS))
def test_a_killed_worker_changes_nothing(
    stage, time_, standalone, tmp_path, monkeypatch
):
    signals = tmp_path / "signals"
    signals.mkdir()
    rows, options = articles(300, 7), {"preset": "wire"}
    telling = functools.partial(real_job.Job, signals=signals, step="buckets", pause=0.5)
    monkeypatch.setattr(_job, "Job", telling)
    victim = str(standalone.folder / "one")
    mapped = lambda: executors(signals, "map-buckets")  # noqa: E731
    killed = []

    def kill():
        """Kills a worker in the middle of a stage, after it mapped something."""
        until = time.monotonic() + 180
        while time.monotonic() < until:
            is_there = any(it.startswith(victim) for it in mapped())
            if is_there and executors(signals, f"{stage}-buckets"):
                standalone.kill_worker("one")
                killed.append(len(mapped()))
                return
            time.sleep(0.05)

    with spark_clusters.session(standalone.master, tmp_path) as spark:
        watch = threading.Thread(target=kill)
        watch.start()
        frame = spark.createDataFrame(rows, SCHEMA).repartition(4)
        try:
            # The larger steps run on the workers, that of the signals among them.
            found = on_spark.dedup(
                frame, work=str(tmp_path / "work"), partitions=8, driver_bytes=50_000, **options
            )
            found = on_engine(found)
        finally:
            watch.join()
            standalone.start_worker("one")
    assert found == in_memory(rows, options)
    assert killed, "no worker was killed"
    # What the worker had mapped was lost with it, and was mapped again elsewhere.
    again = mapped()
    assert len(again) > killed[0] if stage == "reduce" else len(again) >= killed[0]
    assert not all(it.startswith(victim) for it in again)
