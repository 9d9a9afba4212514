"""Finds the copies in a list of texts."""

import newsprint

articles = [
    "The river rose by two metres in a night, and the old bridge was closed at dawn.",
    "FLOOD. The river rose by two metres in a night and the old bridge was closed at dawn, police said.",
    "A new library opens on Saturday with readings, music and a bookbinder at work.",
]
found = newsprint.dedup(articles)
for pair in found.pairs.to_pylist():
    print(f"{pair['left']} and {pair['right']}: {pair['relation']} ({pair['confidence']:.2f})")
print("keep:", [text[:30] for text, is_kept in zip(articles, found.kept) if is_kept])

comparison = newsprint.compare(articles[0], articles[1])
for passage in comparison.passages:
    print("both have:", articles[0][slice(*passage.left)])
