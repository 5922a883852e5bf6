"""Caching for the length of a request, with the platform's import path."""

from __future__ import annotations

import functools
from collections.abc import Callable

from edx_django_utils.cache import RequestCache


def request_cached(namespace: str | None = None) -> Callable:
    """Decorator: answer a repeated call with the same arguments from the request cache.

    As on the platform the cache outlives a test unless something clears it: nothing does so within a Celery task or a
    shell either.
    """

    def decorate(function: Callable) -> Callable:
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            cache = RequestCache(namespace)
            words = [*args, *(word for pair in sorted(kwargs.items()) for word in pair)]
            key = ".".join([function.__module__, function.__name__, *map(str, words)])
            found = cache.get_cached_response(key)
            if found.is_found:
                return found.value
            value = function(*args, **kwargs)
            cache.set(key, value)
            return value

        return wrapper

    return decorate


def get_cache(name: str) -> dict:
    """The dictionary behind the request cache of this name."""
    return RequestCache(name).data
