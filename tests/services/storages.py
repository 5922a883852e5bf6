"""Report storages with the slowness of a far one."""

from __future__ import annotations

import os
import time
from typing import Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage


class SlowStorage(FileSystemStorage):
    """Takes UPLOAD_SECONDS for every file, the half of which is there after half the time."""

    def _save(self, name: str, content: Any) -> str:
        return super()._save(name, _SlowFile(content, float(os.environ["UPLOAD_SECONDS"])))


class _SlowFile(File):
    def __init__(self, content: Any, seconds: float) -> None:
        super().__init__(content)
        self.seconds = seconds

    def chunks(self, chunk_size: int | None = None) -> Any:
        whole = self.file.read()
        pieces = 20
        for piece in range(pieces):
            yield whole[piece * len(whole) // pieces : (piece + 1) * len(whole) // pieces]
            time.sleep(self.seconds / pieces)
