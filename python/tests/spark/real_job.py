"""The job of the wheel, which says when and where it maps and reduces a step."""

import os
import time
from pathlib import Path

from newsprint.spark import _job


def signal(folder, what, pause):
    """Leaves a file that says what runs, and on which worker, then takes its time."""
    Path(folder, f"{what}-{os.getpid()}-{time.time_ns()}").write_text(os.getcwd())
    time.sleep(pause)


class Job(_job.Job):
    """It signals one step, into a folder."""

    def __init__(self, partitions, signals, step, pause, **options):
        super().__init__(partitions, **options)
        self.signals, self.step, self.pause = str(signals), step, pause

    def map(self, name, batch):
        if name == self.step:
            signal(self.signals, f"map-{name}", self.pause)
        return super().map(name, batch)

    def reducer(self, name):
        if name == self.step:
            signal(self.signals, f"reduce-{name}", self.pause)
        return super().reducer(name)
