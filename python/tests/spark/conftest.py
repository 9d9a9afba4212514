"""Fixtures of the tests on Spark, which are skipped where there is no pyspark or no Java."""

import importlib.util
import random
import shutil

import pytest
import spark_clusters

NEEDED = ["pyspark", "pyarrow", "pandas"]


def pytest_collection_modifyitems(items):
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    missing += [] if shutil.which("java") else ["java"]
    if missing:
        reason = f"the tests on Spark need {' and '.join(missing)}, which is not installed"
        for item in items:
            if "spark" in item.path.parts:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    with spark_clusters.session("local[2]", tmp_path_factory.mktemp("local")) as spark:
        yield spark


@pytest.fixture(scope="session")
def rows():
    """Articles with all that they may have, in no order."""
    draw = random.Random(5)
    words = [f"word{i}" for i in range(400)]
    rows = [
        {
            "id": f"a{i}",
            "text": " ".join(draw.choices(words, k=draw.randint(5, 40))),
            "source": draw.choice(["Post", "Times", None]),
            "date": draw.choice(["2018-07-16", "Mon, 16 Jul 2018 09:10:56 +0200", None]),
        }
        for i in range(600)
    ]
    draw.shuffle(rows)
    return rows
