"""newsprint beside rensa and datasketch: raw text to signatures, and a Parquet file to pairs at 0.7.

    pip install rensa datasketch pyarrow numpy
    python bench.py [ARTICLES [PROGRAM]]

All in one run, on made-up articles (100,000, some 350 MB; a fifth of them copies with up to a tenth
of their words changed, cut or extended). Signatures have 128 slots over shingles of three words; the
bands of all three find a pair at 0.7 with a probability above 0.999; every pair is verified exactly.
The true pairs are counted apart, among the articles of each original. PROGRAM is the Rust program,
built with the feature `parquet`, for its time on the same file.

Signatures are timed by the time of the processor, which includes that of all threads and leaves out
what other programs take; pairs by the clock, too. The least time counts: of three runs on
signatures, of seven of newsprint's on pairs; the others', which take minutes, run once. Prints Markdown.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from importlib.metadata import version
from itertools import combinations
from pathlib import Path

import newsprint
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

THRESHOLD = 0.7
SLOTS = 128
# P(found at 0.7) = 1 - (1 - 0.7^4)^32 = 0.9998.
BANDS, ROWS = 32, 4
# Of the signatures, so many articles are enough for the others.
SAMPLE = 2_000
BATCH = 1_000


def make_file(path, number):
    """Articles of 150 to 1,000 words, drawn as words of a language are, and copies of them."""
    draw = np.random.default_rng(7)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    vocabulary = np.array(
        list({"".join(draw.choice(letters, draw.integers(2, 9))) for _ in range(60_000)})
    )
    vocabulary.sort()
    draw.shuffle(vocabulary)
    weights = 1 / (np.arange(len(vocabulary)) + 3.0)
    ends = np.cumsum(weights / weights.sum())

    def words(count):
        return vocabulary[
            np.minimum(np.searchsorted(ends, draw.random(count)), len(vocabulary) - 1)
        ]

    originals, texts, families = [], [], []
    for _ in range(number):
        if originals and draw.random() < 0.2:
            family = int(draw.integers(len(originals)))
            article = originals[family].copy()
            changed = draw.random(len(article)) < draw.random() * 0.1
            article[changed] = words(int(changed.sum()))
            cut = int(len(article) * draw.random() * 0.2)
            article = (
                article[cut:] if draw.random() < 0.5 else np.concatenate([words(cut), article])
            )
        else:
            family = len(originals)
            article = words(int(draw.integers(150, 1000)))
            originals.append(article)
        families.append(family)
        texts.append(" ".join(article))
    table = pa.table({"id": [str(i) for i in range(number)], "text": texts, "family": families})
    pq.write_table(table, path, compression="zstd")


def shingles(text):
    words = text.lower().split()
    return {f"{a} {b} {c}" for a, b, c in zip(words, words[1:], words[2:])}


def jaccard(a, b):
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared)


def true_pairs(texts, families):
    members = defaultdict(list)
    for i, family in enumerate(families):
        members[family].append(i)
    pairs = set()
    for family in members.values():
        sets = {i: shingles(texts[i]) for i in family} if len(family) > 1 else {}
        pairs |= {
            (a, b) for a, b in combinations(family, 2) if jaccard(sets[a], sets[b]) >= THRESHOLD
        }
    return pairs


def verified(candidates, texts):
    """The candidates whose shingles are similar enough."""
    cache, pairs = {}, set()
    for a, b in sorted(candidates):
        for i in (a, b):
            if i not in cache:
                if len(cache) > 10_000:
                    cache.clear()
                cache[i] = shingles(texts[i])
        if a in cache and b in cache and jaccard(cache[a], cache[b]) >= THRESHOLD:
            pairs.add((a, b))
    return pairs


def batches(texts):
    return (texts[i : i + BATCH] for i in range(0, len(texts), BATCH))


class Newsprint:
    name = f"newsprint {version('newsprint-articles')}"
    sample, runs = None, 7

    def sign(self, texts):
        return newsprint.Sketcher(slots=SLOTS).sketch_all(texts, threads=1)

    def pairs(self, path):
        table = pq.read_table(path, columns=["id", "text"])
        found = newsprint.dedup(table, threshold=THRESHOLD, with_relation=False).pairs
        return set(zip(found["left"].to_list(), found["right"].to_list()))


class Rensa:
    sample, runs = SAMPLE, 1

    def __init__(self):
        import rensa

        self.rensa, self.name = rensa, f"rensa {version('rensa')}"

    def sign(self, texts):
        for batch in batches(texts):
            self.rensa.RMinHash.digest_matrix_from_token_sets(
                [shingles(text) for text in batch], SLOTS, 42
            )

    def pairs(self, path):
        texts = pq.read_table(path, columns=["id", "text"])["text"].to_pylist()
        index = self.rensa.RMinHashLSH(THRESHOLD, SLOTS, BANDS)
        signatures = []
        for batch in batches(texts):
            signed = self.rensa.RMinHash.from_token_sets(
                [shingles(text) for text in batch], SLOTS, 42
            )
            index.insert_many(signed, len(signatures))
            signatures.extend(signed)
        found = enumerate(index.query_all(signatures))
        return verified(
            {(min(i, j), max(i, j)) for i, keys in found for j in keys if i != j}, texts
        )


class Datasketch:
    sample, runs = SAMPLE, 1

    def __init__(self):
        import datasketch

        self.datasketch, self.name = datasketch, f"datasketch {version('datasketch')}"

    def signatures(self, texts):
        sets = ([shingle.encode() for shingle in shingles(text)] for text in texts)
        return self.datasketch.MinHash.generator(sets, num_perm=SLOTS)

    def sign(self, texts):
        for _ in self.signatures(texts):
            pass

    def pairs(self, path):
        texts = pq.read_table(path, columns=["id", "text"])["text"].to_pylist()
        index = self.datasketch.MinHashLSH(num_perm=SLOTS, params=(BANDS, ROWS))
        candidates = set()
        for i, signature in enumerate(self.signatures(texts)):
            candidates.update((j, i) for j in index.query(signature))
            index.insert(i, signature)
        return verified(candidates, texts)


def timed(work, runs=1):
    """The least seconds by the clock and of the processor, and the last result."""
    times, result = [], None
    for _ in range(runs):
        del result
        clock, processor = time.perf_counter(), time.process_time()
        result = work()
        times.append((time.perf_counter() - clock, time.process_time() - processor))
    return *map(min, zip(*times)), result


def process(command):
    """The seconds of a process, by the clock and of the processor: the least of seven runs."""
    times = []
    for _ in range(7):
        clock, before = time.perf_counter(), os.times()
        subprocess.run(command, check=True, capture_output=True)
        after = os.times()
        spent = (
            after.children_user
            + after.children_system
            - before.children_user
            - before.children_system
        )
        times.append((time.perf_counter() - clock, spent))
    return tuple(map(min, zip(*times)))


SCRIPT = """
import sys, pyarrow as pa, pyarrow.parquet as pq, newsprint
table = pq.read_table(sys.argv[1], columns=["id", "text"])
pq.write_table(pa.table(newsprint.dedup(table, threshold=0.7).pairs), sys.argv[2])
"""


def main(number, program):
    path = Path(tempfile.gettempdir()) / f"newsprint-bench-{number}.parquet"
    if not path.exists():
        make_file(path, number)
    table = pq.read_table(path)
    column, texts = table["text"], table["text"].to_pylist()
    megabytes = sum(map(len, texts)) / 1e6
    truth = true_pairs(texts, table["family"].to_pylist())
    print(
        f"{number:,} articles, {megabytes:.0f} MB, {len(truth):,} pairs at {THRESHOLD}; "
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n",
        flush=True,
    )

    print(
        "| | signatures, µs an article (processor) | times | file to pairs, s (clock) | times | s (processor) | recall | wrong |"
    )
    print("|---|---|---|---|---|---|---|---|", flush=True)
    first = None
    for peer in [Newsprint(), Rensa(), Datasketch()]:
        sample = column if peer.sample is None else texts[: peer.sample]
        _, signing, _ = timed(lambda: peer.sign(sample), 3)
        signing *= 1e6 / len(sample)
        clock, processor, pairs = timed(lambda: peer.pairs(path), peer.runs)
        first = first or (signing, clock)
        recall, wrong = len(pairs & truth) / len(truth), len(pairs - truth)
        print(
            f"| {peer.name} | {signing:.1f} | {signing / first[0]:.1f} | {clock:.2f} | {clock / first[1]:.1f} "
            f"| {processor:.2f} | {recall:.4f} | {wrong} |",
            flush=True,
        )

    _, making, _ = timed(lambda: [shingles(text) for text in texts[:SAMPLE]], 3)
    print(
        f"\nof the signatures of the other two, making shingles in Python: {making * 1e6 / SAMPLE:.0f} µs an article"
    )

    with tempfile.TemporaryDirectory() as folder:
        script = [sys.executable, "-c", SCRIPT, path, f"{folder}/a.parquet"]
        importing = process([sys.executable, "-c", SCRIPT.split("\n")[1]])
        wheel = process(script)
        print(
            f"\nfile to file of pairs with relations, a whole process: wheel {wheel[0]:.2f} s (processor {wheel[1]:.2f}), "
            f"of which Python and its imports {importing[0]:.2f} ({importing[1]:.2f})"
        )
        if program:
            rust = process(
                [program, "dedup", path, "--threshold", "0.7", "--pairs", f"{folder}/b.parquet"]
            )
            print(f"the Rust program: {rust[0]:.2f} s (processor {rust[1]:.2f})")
    print(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 100_000,
        sys.argv[2] if len(sys.argv) > 2 else None,
    )
