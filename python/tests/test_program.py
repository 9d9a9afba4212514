"""The wheel finds what the program finds."""

import json
import math
import subprocess
from pathlib import Path

import newsprint
import pytest

PROGRAM = Path(__file__).parents[2] / "target/release/newsprint"
FIGURES = "jaccard containment score confidence left_containment right_containment".split()


def run(articles, tmp_path, *options):
    """The rows of pairs and clusters that the program writes."""
    lines = tmp_path / "articles.jsonl"
    lines.write_text("".join(json.dumps(article) + "\n" for article in articles))
    pairs, clusters = tmp_path / "pairs.tsv", tmp_path / "clusters.tsv"
    command = [PROGRAM, "dedup", lines, "--pairs", pairs, "--clusters", clusters, *options]
    subprocess.run(command, check=True, capture_output=True)
    return [rows(pairs), rows(clusters)]


def rows(path):
    names, *rows = [line.split("\t") for line in path.read_text().splitlines()]
    return [dict(zip(names, row)) for row in rows]


def cut(figure):
    return f"{math.floor(figure * 10_000 + 1e-9) / 10_000:.4f}"


@pytest.mark.skipif(not PROGRAM.exists(), reason="the program is not built")
@pytest.mark.parametrize(
    "options",
    [{}, {"threshold": 0.7}, {"preset": "story"}, {"preset": "strict"}, {"across_sources": True}],
)
def test_pairs_and_clusters_are_those_of_the_program(articles, tmp_path, options):
    names = {"across_sources": ["--not-same-source"]}
    flags = [names.get(name, [f"--{name}", str(value)]) for name, value in options.items()]
    pairs, clusters = run(articles, tmp_path, *sum(flags, []))
    assert len(pairs) > 50

    table = {
        name: [article.get(name) for article in articles]
        for name in ["id", "text", "title", "source", "date"]
    }
    found = newsprint.dedup(table, **options)
    ours = found.pairs.to_pylist()
    assert len(ours) == len(pairs)
    for mine, row in zip(ours, pairs):
        same = {"left": "left_id", "right": "right_id", "relation": "relation", "first": "first"}
        same |= {"left_source": "left_source", "right_source": "right_source"}
        assert {name: mine[key] or "" for name, key in same.items()} == {
            name: row[name] for name in same
        }
        assert {name: cut(mine[name]) for name in FIGURES} == {name: row[name] for name in FIGURES}

    roles = {True: "representative", False: "member"}
    ours = [
        (it["id"], it["cluster_id"], roles[it["is_representative"]])
        for it in found.clusters.to_pylist()
    ]
    assert ours == [(row["id"], row["cluster"], row["role"]) for row in clusters]
    kept = [row["id"] for row in clusters if row["role"] == "member"]
    assert [a["id"] for a, keep in zip(articles, found.kept) if not keep] == sorted(
        kept, key=lambda it: int(it[1:])
    )
