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
    Answer,
    Column,
    Comparison,
    Config,
    Dedup,
    Index,
    Match,
    Overlap,
    Passage,
    Provenance,
    SharedPassage,
    SharedPassages,
    Sketch,
    Sketcher,
    SketchMatrix,
    Snapshot,
    Stored,
    Table,
    compare,
    dedup,
    passages,
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
    "Answer",
    "CancelledError",
    "Column",
    "Comparison",
    "Config",
    "DamagedError",
    "Dedup",
    "FullError",
    "Index",
    "InvalidInputError",
    "LockedError",
    "Match",
    "MismatchError",
    "NewerError",
    "NewsprintError",
    "NotFoundError",
    "OlderError",
    "OtherSettingsError",
    "Overlap",
    "Passage",
    "Provenance",
    "SharedPassage",
    "SharedPassages",
    "Sketch",
    "SketchMatrix",
    "Sketcher",
    "Snapshot",
    "StorageError",
    "StorageFullError",
    "Stored",
    "Table",
    "compare",
    "dedup",
    "passages",
]
