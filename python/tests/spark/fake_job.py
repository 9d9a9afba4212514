"""A job that counts words, in the shape of ``newsprint.spark._job.Job``, in plain Python.

    sign      articles                                               -> ARTICLES
    count     ARTICLES, mapped to words; reduced to a count of each  -> WORDS
    total     WORDS, gathered: how often words occur in all          -> COMMON, the word that leads
    then a branch: `rare` if there are many words, `all` if not
    rare/all  WORDS directly, COMMON mapped to every part            -> RESULT

``pairs`` has a word a row, ``clusters`` an article a row, ``stories`` is empty.
"""

import json
import zlib
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import real_job

ARTICLES, WORDS, COMMON, RESULT, TOLD = 0, 1, 2, 3, 4
MANY = 1_000


def blocks(rows):
    """A batch of blocks of JSON. Its columns are in another order, which is allowed."""
    kinds, parts, values = zip(*rows) if rows else ((), (), ())
    return pa.RecordBatch.from_pydict(
        {
            "data": pa.array([json.dumps(value).encode() for value in values], pa.large_binary()),
            "kind": pa.array(kinds, pa.int64()),
            "part": pa.array(parts, pa.int32()),
        }
    )


def opened(batch):
    """The blocks of a batch."""
    assert batch.schema.names == ["kind", "part", "data"]
    return [(row["kind"], row["part"], json.loads(row["data"])) for row in batch.to_pylist()]


class Job:
    def __init__(self, partitions, pause=0.0, signals=None, fails_until=None):
        self.partitions, self.pause, self.signals = partitions, pause, signals
        self.fails_until = fails_until
        self.at, self.total, self.counts = 0, None, {}

    def sign(self, batch):
        assert batch.schema.names == ["number", "id", "text", "date", "source"]
        rows = {}
        for row in batch.to_pylist():
            rows.setdefault(row["number"] % self.partitions, []).append(row)
        return [blocks([(ARTICLES, part, articles) for part, articles in rows.items()])]

    def next(self):
        last = "rare" if self.at == 2 and self.total >= MANY else "all"
        steps = [
            ("count", [ARTICLES], [ARTICLES], False),
            ("total", [WORDS], [], True),
            (last, [WORDS, COMMON], [COMMON], False),
        ]
        if self.at == len(steps):
            return None
        names = ["name", "inputs", "mapped", "gather"]
        return SimpleNamespace(**dict(zip(names, steps[self.at])))

    def done(self, name, counts):
        assert all(number > 0 for number in counts.values())
        self.counts[name] = counts
        self.at += name != "sign"

    def map(self, name, batch):
        self.signal(f"map-{name}")
        for kind, _, value in opened(batch):
            if kind == ARTICLES:
                counts = {}
                for article in value:
                    for word in article["text"].split():
                        part = zlib.crc32(word.encode()) % self.partitions
                        words = counts.setdefault(part, {})
                        words[word] = words.get(word, 0) + 1
                yield blocks([(ARTICLES, part, words) for part, words in counts.items()])
            else:
                yield blocks([(COMMON, part, value) for part in range(self.partitions)])

    def reducer(self, name):
        return Reducer(self, name)

    def gather(self, name):
        return Total(self)

    def kinds(self, name):
        return {"pairs": [RESULT], "clusters": [ARTICLES], "stories": [TOLD]}[name]

    def schema(self, name):
        return pa.schema(
            {
                "pairs": {"word": pa.large_string(), "count": pa.int64(), "share": pa.float64()},
                "clusters": {
                    "number": pa.int64(),
                    "id": pa.string(),
                    "date": pa.int64(),
                    "source": pa.string(),
                    "text": pa.string(),
                },
                "stories": {"story": pa.int64()},
            }[name].items()
        )

    def pairs(self, batch):
        rows = [row for _, _, rows in opened(batch) for row in rows]
        return pa.RecordBatch.from_pylist(rows, self.schema("pairs"))

    def clusters(self, batch):
        rows = [row for _, _, rows in opened(batch) for row in rows]
        return pa.RecordBatch.from_pylist(rows, self.schema("clusters"))

    def signal(self, what):
        """Leaves a file that says what runs, and on which worker, then takes its time."""
        if self.signals:
            real_job.signal(self.signals, what, self.pause)


class Reducer:
    def __init__(self, job, name):
        self.job, self.name, self.words, self.common = job, name, {}, []
        self.parts = set()

    def add(self, batch):
        for kind, part, value in opened(batch):
            self.parts.add(part)
            if kind == COMMON:
                self.common.append(value)
            else:
                for word, count in value.items():
                    self.words[word] = self.words.get(word, 0) + count

    def finish(self):
        self.job.signal(f"reduce-{self.name}")
        waits_for = self.job.fails_until
        if self.name != "count" and waits_for and not Path(waits_for).exists():
            raise RuntimeError("the last step fails")
        assert len(self.parts) == 1, self.parts
        part = self.parts.pop()
        if self.name == "count":
            # Two blocks, if there are two words.
            words = sorted(self.words.items())
            halves = [dict(words[: len(words) // 2]), dict(words[len(words) // 2 :])]
            return [blocks([(WORDS, part, half) for half in halves if half])]
        assert len(self.common) == 1, "every part has the block once"
        least = 2 if self.name == "rare" else 1
        rows = [
            {"word": word, "count": count, "share": count / self.job.total}
            for word, count in self.words.items()
            if count >= least and word != self.common[0]
        ]
        return [blocks([(RESULT, part, rows)])]


class Total:
    """Adds to the job how many words there are, and makes a block of the commonest."""

    def __init__(self, job):
        self.job, self.total, self.best = job, 0, (0, "")

    def add(self, batch):
        for _, _, words in opened(batch):
            self.total += sum(words.values())
            self.best = max([self.best, *((count, word) for word, count in words.items())])

    def finish(self):
        self.job.total = self.total
        return [blocks([(COMMON, 0, self.best[1])])] if self.total else []


def expected(texts):
    """The rows of ``pairs``, counted otherwise."""
    words = [word for text in texts for word in (text or "").split()]
    counts = Counter(words)
    best = max((count, word) for word, count in counts.items())[1] if counts else None
    least = 2 if len(words) >= MANY else 1
    return sorted(
        (word, count, count / len(words))
        for word, count in counts.items()
        if count >= least and word != best
    )
