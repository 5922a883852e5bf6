"""Addresses of the REST API, spelled out: they must not change."""

from __future__ import annotations

from typing import Any


def api_path(course_key: Any, call: str) -> str:
    """The path of a call, such as ``learners/``."""
    return f"/learner_data/api/v1/courses/{course_key}/{call}"
