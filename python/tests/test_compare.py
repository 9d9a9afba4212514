"""Comparisons, sketches and configurations."""

import html
import json
import pickle
import re

import newsprint
import pytest

RIVER = "The river rose by two metres in a night, and the old bridge was closed at dawn on Monday."


def test_spans_count_characters():
    left = "Élan, 東京 😀: " + RIVER
    right = RIVER.replace("river", "RIVER") + " Niemand wußte davon."
    found = newsprint.compare(left, right)
    passage = found.passages[0]
    in_left, in_right = left[slice(*passage.left)], right[slice(*passage.right)]
    assert in_left.lower() == in_right.lower() and in_left.startswith("The river rose")
    [spans] = json.loads(found.json())["passages"]
    assert (tuple(spans["left"]), tuple(spans["right"])) == (passage.left, passage.right)
    assert passage.runs == [(passage.left, passage.right)]


def test_spans_count_characters_of_long_texts():
    part = "Der Fluß stieg über Nacht um {} Meter, die Brücke wurde früh gesperrt, hieß es. 😀 "
    left = "".join(part.format(i) for i in range(200))
    right = "ÄÖ " + left[3000:9000] + " und so fort"
    found = newsprint.compare(left, right)
    assert max(end for passage in found.passages for end in passage.right) > 5000
    for passage in found.passages:
        for l, r in passage.runs:
            assert left[slice(*l)] == right[slice(*r)]


def test_a_notebook_shows_the_page():
    found = newsprint.compare(RIVER, RIVER + ' "Quoted" & <x>', titles=("agency", "local"))
    page = re.fullmatch(r'<iframe srcdoc="([^"]*)" style="[^"]*"></iframe>', found._repr_html_())
    assert html.unescape(page[1]) == found.html()
    assert "agency" in found.html() and "&lt;x&gt;" in found.html() and "<x>" not in found.html()


def test_lone_surrogates_are_no_error():
    assert newsprint.compare(RIVER + "\ud83d", RIVER).relation == "identical"
    assert len(newsprint.dedup([RIVER + "\ud83d", RIVER]).pairs) == 1


def test_configurations():
    config = newsprint.Config("ocr", slots=512, relations=["copy"], threshold=None)
    again = pickle.loads(pickle.dumps(config))
    assert again == config and repr(again) == repr(config)
    assert config != newsprint.Config("ocr")
    with pytest.raises(newsprint.InvalidInputError, match="number of slots is 100"):
        newsprint.Config(slots=100)
    with pytest.raises(newsprint.InvalidInputError, match="slots"):
        newsprint.Config(slots=-1)
    with pytest.raises(TypeError):
        newsprint.Config(threshold="high")


def test_sketches(articles):
    np = pytest.importorskip("numpy")
    sketcher = newsprint.Sketcher(slots=64)
    texts = [article["text"] for article in articles]
    matrix = sketcher.sketch_all(texts, threads=1)
    slots = np.asarray(matrix)
    assert slots.shape == matrix.shape == (len(texts), 64) and slots.dtype == np.uint32
    assert slots.ctypes.data == matrix.__array_interface__["data"][0]
    assert not slots.flags.writeable
    assert slots[3].tolist() == matrix[3] == sketcher.sketch(texts[3]).slots
    assert pickle.loads(pickle.dumps(matrix)) == matrix
    with pytest.raises(IndexError):
        matrix[len(texts)]

    sketch = sketcher.sketch(texts[0])
    assert pickle.loads(pickle.dumps(sketch)) == sketch
    stored = bytes(sketch)
    with pytest.raises(newsprint.MismatchError, match="slots"):
        newsprint.Sketch.from_bytes(stored, newsprint.Sketcher())
    with pytest.raises(newsprint.DamagedError):
        newsprint.Sketch.from_bytes(stored[:-9] + b"x" + stored[-8:], sketcher)
