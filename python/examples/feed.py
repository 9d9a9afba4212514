"""Reads a feed, `id<TAB>text` on each line, and says of each article what it is a copy of.

tail -f feed.tsv | python feed.py news.index
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import newsprint


def main(lines: Iterable[str], path: str | Path) -> None:
    with newsprint.Index.open_or_create(path) as index:
        for line in lines:
            id, _, text = line.rstrip("\n").partition("\t")
            answer = index.ingest(text, id=id)
            index.commit()  # or after some hundred articles
            for match in answer.matches[:3]:
                print(f"{id} is like {match.id}: {match.relation}")
            if answer.provenance:
                print(f"its text was first seen in {answer.provenance.first}")
            if not answer.matches:
                print(f"{id} is new")


if __name__ == "__main__":
    if len(sys.argv) == 2:
        main(sys.stdin, sys.argv[1])
    else:
        river = "The river rose by two metres in a night, and the old bridge was closed at dawn."
        main([f"a\t{river}\n", f"b\tFLOOD. {river}\n"], Path(tempfile.mkdtemp()) / "news.index")
