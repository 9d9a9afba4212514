"""How much memory this machine, or the container that this process runs in, has."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

#: Where Linux tells a container its limit, in both versions of control groups.
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
#: What is assumed where the system does not tell.
UNKNOWN = 4 << 30


def memory(limits: Iterable[str] = LIMITS) -> int:
    """Bytes of memory: those of the machine, or the limit of its container if that is lower."""
    found = []
    # Windows has no sysconf.
    with suppress(AttributeError, OSError, ValueError):
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for limit in limits:
        # A container without a limit has the word max there.
        with suppress(OSError, ValueError):
            found.append(int(Path(limit).read_text()))
    return min((size for size in found if size > 0), default=UNKNOWN)
