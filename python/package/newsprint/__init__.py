"""Finds copies of news articles.

Articles that were reprinted, cut, extended, edited, garbled by text recognition or rewritten, and
those that report one event: in two texts, in a collection, or in an index of articles that arrive.

>>> import newsprint
>>> river = "The river rose by two metres in a night, and the old bridge was closed at dawn."
>>> newsprint.compare(river, "FLOOD. " + river).relation
'copy'
>>> found = newsprint.dedup([river, "FLOOD. " + river, "A new library opens on Saturday."])
>>> found.kept.to_list()
[False, True, True]
"""

from ._newsprint import (
    Column,
    Comparison,
    Config,
    Dedup,
    Overlap,
    Passage,
    Sketch,
    Sketcher,
    SketchMatrix,
    Table,
    compare,
    dedup,
)
from .errors import (
    AlreadyExistsError,
    CancelledError,
    DamagedError,
    FullError,
    InvalidInputError,
    LockedError,
    MismatchError,
    NewerError,
    NewsprintError,
    NotFoundError,
    OlderError,
    OtherSettingsError,
    StorageError,
    StorageFullError,
)

__all__ = [
    "AlreadyExistsError",
    "CancelledError",
    "Column",
    "Comparison",
    "Config",
    "DamagedError",
    "Dedup",
    "FullError",
    "InvalidInputError",
    "LockedError",
    "MismatchError",
    "NewerError",
    "NewsprintError",
    "NotFoundError",
    "OlderError",
    "OtherSettingsError",
    "Overlap",
    "Passage",
    "Sketch",
    "SketchMatrix",
    "Sketcher",
    "StorageError",
    "StorageFullError",
    "Table",
    "compare",
    "dedup",
]
