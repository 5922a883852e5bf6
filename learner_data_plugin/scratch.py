"""Folders for half-made files, which the next process removes if theirs was killed."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

_PREFIX = "learner_data_"
_LOCK = "in_use"


class ScratchFolder:
    """A temporary folder, ``name``, with learners' data in it until ``cleanup``. It is locked while its process lives."""

    def __init__(self) -> None:
        remove_abandoned()
        self._folder = TemporaryDirectory(prefix=_PREFIX)
        self.name = self._folder.name
        unlocked = Path(self.name, f"{_LOCK}.new")
        self._lock = unlocked.open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        # Under its own name only once it is locked: no other process can take the folder for an abandoned one in between.
        unlocked.rename(Path(self.name, _LOCK))

    def cleanup(self) -> None:
        """Remove the folder and what is in it."""
        self._lock.close()
        self._folder.cleanup()


def remove_abandoned() -> None:
    """Remove the scratch folders of processes that are gone. Those of other accounts are left alone."""
    for folder in Path(gettempdir()).glob(f"{_PREFIX}*"):
        try:
            with (folder / _LOCK).open("r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # in use, not ours, or not locked yet: empty then
            continue
