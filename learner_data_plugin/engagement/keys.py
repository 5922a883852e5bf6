"""Keys of courses and blocks as events name them. Where one is of no use the answer is ''."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeGuard

from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey, UsageKey

MAX_LENGTH = 500
"""Of an item's key in the database."""

_LONGEST_COURSE_ID = 255

_IN_PATH = re.compile(r"(?<![\w-])(?:course|block)-v1:([^/+@\s]+\+[^/+@\s]+\+[^/+@\s]+)")
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # control characters, and halves of surrogate pairs
_SEQUENCE_API = "/api/courseware/sequence/"
_GOTO_POSITION = re.compile(r"/xblock/([^/]+)/handler/goto_position(?:/|$)")
_OLD_COURSEWARE = re.compile(r"/courseware/[^/]+/[^/]+/")


def course_id_in(path: str) -> str:
    """Return the id of the course whose key, or a key of one of its blocks, stands in a path."""
    found = _IN_PATH.search(path)
    return f"course-v1:{found[1]}" if found else ""


def is_course_id(course_id: str) -> bool:
    """Whether this is the key of a course run, not of a library."""
    return len(course_id) <= _LONGEST_COURSE_ID and _is_course_id(course_id)


def subsection_in(path: str, course_id: str) -> str:
    """Return which subsection of the course a request for this path opens: its usage key, or the path of an old page."""
    if path.startswith(_SEQUENCE_API):
        return subsection(path[len(_SEQUENCE_API) :].rstrip("/"), course_id)
    own = f"/courses/{course_id}"
    if not path.startswith(own):
        return ""
    if handler := _GOTO_POSITION.match(path, len(own)):
        return subsection(handler[1], course_id)
    if _OLD_COURSEWARE.match(path, len(own)) and is_fit(path):
        return path
    return ""


def subsection(key: str, course_id: str) -> str:
    """Return a usage key if it is that of a subsection of the course."""
    block = _block(key, course_id) if is_fit(key) else None
    return str(block) if block is not None and block.block_type == "sequential" else ""


def problem(key: str, course_id: str) -> str:
    """Return by which key a problem is counted: '' for one of another course, else any text is a problem of its own."""
    return key if _block(key, course_id) is not None or not _is_usage_key(key) else ""


@lru_cache(maxsize=1024)
def org_of(course_id: str) -> str:
    """Return the organization of a course."""
    return CourseKey.from_string(course_id).org or ""


@lru_cache(maxsize=1024)
def _is_course_id(course_id: str) -> bool:
    try:
        return CourseKey.from_string(course_id).is_course
    except InvalidKeyError:
        return False


@lru_cache(maxsize=4096)
def video(key: str, course_id: str) -> str:
    """Return the block id of a video, which browsers send alone and the mobile app as part of the usage key."""
    if _is_usage_key(key):
        return UsageKey.from_string(key).block_id
    course_key = CourseKey.from_string(course_id)
    # How old courses name it in a page: the usage key with other separators.
    return key.removeprefix(f"i4x-{course_key.org}-{course_key.course}-video-")


def is_usage_key(key: object) -> TypeGuard[str]:
    """Whether this is the key of a block, of whichever course."""
    return is_fit(key) and _is_usage_key(key)


def is_fit(key: object) -> TypeGuard[str]:
    """Whether this is a text that the database can keep, without control characters; browsers send anything."""
    return isinstance(key, str) and 0 < len(key) <= MAX_LENGTH and (key.isprintable() or _UNFIT.search(key) is None)


@lru_cache(maxsize=4096)
def _is_usage_key(key: str) -> bool:
    try:
        UsageKey.from_string(key)
    except InvalidKeyError:
        return False
    return True


@lru_cache(maxsize=4096)
def _block(key: str, course_id: str) -> UsageKey | None:
    """The block of this course with this key. Keys of old courses lack the run."""
    try:
        block, course_key = UsageKey.from_string(key), CourseKey.from_string(course_id)
    except InvalidKeyError:
        return None
    of = block.context_key
    if not isinstance(of, CourseKey) or not of.is_course:  # but a library
        return None
    in_course = block.map_into_course(course_key) if of.run is None else block
    is_own = (in_course.context_key, of.org, of.course) == (course_key, course_key.org, course_key.course)
    return in_course if is_own else None
