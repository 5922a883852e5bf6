"""Celery's messages as files in a directory: a broker without a server, for web server and worker of the demo.

Kombu's own file transport writes a message under its final name, where a worker may read half of it. This one renames the
message once it is whole, and takes one by renaming it, so that exactly one worker gets it.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from queue import Empty
from time import time_ns
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

LONGEST_WAIT = 0.5
"""Seconds."""


class Channel(filesystem.Channel):
    """A channel whose messages appear and disappear as wholes."""

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:
        directory = Path(self.data_folder_out)
        name = f"{time_ns()}_{uuid.uuid4().hex}.{queue}.msg"
        draft = directory / f"{name}.draft"
        draft.write_text(dumps(payload), encoding="utf-8")
        draft.rename(directory / name)

    def _get(self, queue: str) -> dict[str, Any]:
        for path in sorted(Path(self.data_folder_in).glob(f"*.{queue}.msg")):
            taken = path.with_suffix(f".{uuid.uuid4().hex}.taken")
            try:
                path.rename(taken)
            except FileNotFoundError:
                continue
            content = taken.read_text(encoding="utf-8")
            taken.unlink()
            return loads(content)
        raise Empty


class Transport(filesystem.Transport):
    """Kombu's file transport with such channels."""

    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        """Wait for messages, but not for long: a worker notices only in between that it is to end."""
        super().drain_events(connection, timeout=min(timeout or LONGEST_WAIT, LONGEST_WAIT))
