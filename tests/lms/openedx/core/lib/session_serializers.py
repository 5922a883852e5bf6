"""How sessions are stored."""

from __future__ import annotations

import pickle
from typing import Any


class PickleSerializer:
    """Keeps any object in a session, such as the courses' masquerades."""

    protocol = 4

    def dumps(self, obj: Any) -> bytes:
        return pickle.dumps(obj, self.protocol)

    def loads(self, data: bytes) -> Any:
        return pickle.loads(data)
