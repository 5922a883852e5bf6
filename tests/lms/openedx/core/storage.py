"""Storages by class name, one instance for each set of arguments."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.files.storage import Storage
from django.utils.module_loading import import_string


@lru_cache
def get_storage(storage_class: str | None = None, **kwargs: Any) -> Storage:
    """Return a storage of this class, the default one if none is named; the same instance for the same arguments."""
    return import_string(storage_class or settings.STORAGES["default"]["BACKEND"])(**kwargs)
