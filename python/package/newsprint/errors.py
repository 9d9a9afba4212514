"""The exceptions: one for each kind of error, all of them a ``NewsprintError``.

The message is for people: it names the value and the limit, and for an index its directory or
file. The class is for programs.

>>> from newsprint import NewsprintError, dedup
>>> try:
...     dedup(["a text"], threshold=2)
... except NewsprintError as error:
...     print(type(error).__name__, "-", error)
InvalidInputError - threshold is 2, must be above 0 and at most 1
"""


class NewsprintError(Exception):
    """Why a call was refused."""


class InvalidInputError(NewsprintError, ValueError):
    """A value is out of its range. The same call fails again."""


class MismatchError(NewsprintError, ValueError):
    """Two things were made differently and cannot be compared."""


class NotFoundError(NewsprintError):
    """There is no index in the directory."""


class AlreadyExistsError(NewsprintError):
    """There is an index or an article already where one is to be made."""


class LockedError(NewsprintError):
    """Another writer has the index open. The same call may succeed later."""


class NewerError(NewsprintError):
    """The index, or the stored sketch, was made by a newer version, which reads it."""


class OlderError(NewsprintError):
    """The index, or the stored sketch, is too old to be read: make it anew from the texts."""


class OtherSettingsError(NewsprintError):
    """The index was made with other settings than those given."""


class DamagedError(NewsprintError):
    """A file of the index is damaged or missing, or stored bytes are damaged."""


class StorageError(NewsprintError):
    """The operating system refused to read or write."""


class StorageFullError(StorageError):
    """The disk is full. Nothing is lost, and the same call may succeed when there is space."""


class FullError(NewsprintError):
    """An index holds as much as it can."""


class CancelledError(NewsprintError):
    """The caller ended the work, by what its progress callback returned."""
