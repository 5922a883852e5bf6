"""Addresses of the REST API, spelled out: they must not change."""

from __future__ import annotations

from typing import Any

from django.core.signals import request_finished
from django.db import close_old_connections
from django.test import Client


def api_path(course_key: Any, call: str) -> str:
    """The path of a call, such as ``learners/``."""
    return f"/learner_data/api/v1/courses/{course_key}/{call}"


def status_of(client: Client, path: str) -> int:
    """The status of an answer, which is let go of, as a file's has to be."""
    answer = client.get(path)
    let_go(answer)
    return answer.status_code


def let_go(answer: Any) -> None:
    """Close an answer as a web server does, but for the connection to the database, in whose transaction the test goes on."""
    request_finished.disconnect(close_old_connections)
    try:
        answer.close()
    finally:
        request_finished.connect(close_old_connections)
