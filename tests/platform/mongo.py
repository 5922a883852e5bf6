"""Stands in for a MongoDB server, which the platform keeps its courses in, where none is there."""

from __future__ import annotations

import os
import socket
from typing import Any

_HOST = os.environ.get("EDXAPP_TEST_MONGO_HOST", "localhost")
_PORT = int(os.environ.get("EDXAPP_TEST_MONGO_PORT", "27017"))
_UNDERSTOOD = ("host", "port", "tz_aware", "document_class")


def server_answers() -> bool:
    """Whether something listens where the platform's test settings expect MongoDB."""
    try:
        socket.create_connection((_HOST, _PORT), timeout=2).close()
    except OSError:
        return False
    return True


def stand_in_if_needed() -> None:
    """Replace ``pymongo.MongoClient`` by mongomock's if no server answers; to be called before Django loads.

    Every client of this process at one address sees the same data.
    """
    if server_answers():
        return
    import mongomock
    import mongomock.database
    import pymongo
    from mongomock.gridfs import enable_gridfs_integration
    from mongomock.store import ServerStore

    stores: dict[Any, Any] = {}

    class Client(mongomock.MongoClient):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **{name: options[name] for name in _UNDERSTOOD if name in options})
            self._store = stores.setdefault(self.address, ServerStore())

    enable_gridfs_integration()
    mongomock.database.Database.command = lambda *_args, **_options: {"ok": 1.0}
    pymongo.MongoClient = pymongo.mongo_client.MongoClient = Client
