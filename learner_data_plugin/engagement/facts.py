"""What an event says that a learner did: the rule by which reports count, as one function without side effects."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from typing import Any, NamedTuple

from . import keys


class Kind(IntEnum):
    """What is counted of a learner's day; the value is what the database keeps."""

    PROBLEM_TRIED = 1
    PROBLEM_SOLVED = 2
    VIDEO = 3
    THREAD = 4
    RESPONSE = 5
    COMMENT = 6
    PAGE = 7


PROBLEM_KINDS = (Kind.PROBLEM_TRIED, Kind.PROBLEM_SOLVED)
"""Submissions, those that were not correct and those that were."""

SEQUENCE_EVENTS = frozenset(
    {
        "edx.ui.lms.sequence.next_selected",
        "edx.ui.lms.sequence.previous_selected",
        "edx.ui.lms.sequence.tab_selected",
        # What tracking logs call the same.
        "seq_goto",
        "seq_next",
        "seq_prev",
    }
)

NOT_VISITS = ("/api/instructor/", "/api/instructor_task/", "/instructor_task_status", "/learner_data/")
"""Beginnings of paths by which nobody becomes active; below a course's own address ``/instructor`` is another."""

_POSTS = {
    "edx.forum.thread.created": Kind.THREAD,
    "edx.forum.response.created": Kind.RESPONSE,
    "edx.forum.comment.created": Kind.COMMENT,
}
_VIDEO_EVENTS = ("play_video", "edx.video.played")  # the second is the mobile app's, renamed in tracking logs only
_SCREEN, _THREAD_SCREEN = "edx.bi.app.navigation.screen", "Forum: View Thread"
"""Of the mobile app's screens the platform lets one alone into tracking logs."""

_MOST_AHEAD, _MOST_LATE = timedelta(days=1), timedelta(days=90)
"""So far the moment that a telephone gives may lie after that at which its event was received, and before: clocks go wrong."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Facts(NamedTuple):
    """What an event says: somebody was active in a course, and perhaps did something that is counted, or opened a subsection.

    ``user_id`` None: the account is the one of exactly this ``username``. ``moment`` is in microseconds since 1970, ``day`` its
    day in UTC. ``item`` is a problem or video ('' for what only has a number); ``mark`` tells events of the same item apart
    where each counts. ``subsection`` is a usage key or the path of an old courseware page. ``is_anonymous``: a post marked so,
    by which nobody becomes active unless the site asks for it.
    """

    user_id: int | None
    username: str
    course_id: str
    day: date
    moment: int
    kind: Kind | None = None
    item: str = ""
    mark: int = 0
    subsection: str = ""
    is_anonymous: bool = False


class _NotCounted(Exception):
    """The event is to be left out wholly."""


def facts_of(event: Mapping[str, Any]) -> Facts | None:
    """Return what an event says, as the tracker sends it or as a line of a tracking log holds it; None where it does not count.

    Whatever an event consists of, nothing is raised.
    """
    try:
        return _facts_of(event)
    except (_NotCounted, RecursionError, UnicodeEncodeError):
        return None
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):  # something is of another type than it should
        return None


def names_a_course(event: Mapping[str, Any]) -> bool:
    """Whether an event that the tracker sends may say anything; at the price of a look at its name."""
    try:
        return bool(event["context"].get("course_id")) or "-v1:" in event["name"]
    except (AttributeError, KeyError, TypeError):
        return False


def moment_of(record: Mapping[str, Any]) -> datetime | None:
    """Return when the event of a tracking log happened, in UTC; None where that does not stand there."""
    try:
        return _in_utc(record.get("time"))
    except (_NotCounted, OverflowError, ValueError):
        return None


def digest(course_id: str, key: str) -> int:
    """Return the signed 64 bit number by which an item of a course is found."""
    content = f"{course_id}\0{key}".encode()
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big", signed=True)


def _facts_of(event: Mapping[str, Any]) -> Facts | None:
    context = event["context"]
    is_logged = "event_type" in event
    about = event if is_logged else context
    username = about.get("username")
    if not username or not username.strip():
        return None
    name = event["event_type"] if is_logged else event["name"]
    source = about.get("event_source", "server")
    if source == "task":
        return None
    if name == _SCREEN and not is_logged and context.get("label") != _THREAD_SCREEN:
        return None
    is_visit = name.startswith("/") and source == "server"
    course_id = context.get("course_id") or (keys.course_id_in(name) if is_visit else None)
    if not course_id or not keys.is_course_id(course_id):
        return None
    if is_visit and _is_no_visit(name, course_id):
        return None
    given = event["time"] if is_logged else context.get("timestamp") or event["timestamp"]
    happened = _in_utc(given)
    received = context.get("received_at") or (given if is_logged else event["timestamp"])
    if received is not given and not -_MOST_AHEAD <= _in_utc(received) - happened <= _MOST_LATE:
        return None
    user_id = _account(context.get("user_id"))
    if user_id is None and not username.isprintable():  # which no account is called; the database cannot even be asked for some
        return None
    facts = Facts(user_id, username, course_id, happened.date(), (happened - _EPOCH) // _MICROSECOND)
    if facts.moment < 0:
        return None
    data = event["event"] if is_logged else event["data"]
    if is_visit:
        if not isinstance(data, (str, dict)):
            return None
        return facts._replace(subsection=keys.subsection_in(name, course_id))
    return _of_named_event(facts, name, source, _decoded(data))


def _of_named_event(facts: Facts, name: str, source: str, data: dict[str, Any]) -> Facts:
    if name == "problem_check":
        if source != "server":
            raise _NotCounted
        success = data.get("success") or ""
        kind = Kind.PROBLEM_SOLVED if success.lower() == "correct" else Kind.PROBLEM_TRIED
        problem = keys.problem(_fit(data["problem_id"]), facts.course_id)
        if not problem:
            return facts
        return facts._replace(kind=kind, item=problem, mark=_mark(facts.moment, name, data))
    if name in _VIDEO_EVENTS:
        # The app names the usage key. Tracking logs have its block in place of the id, and nothing of what is no key.
        module = data.get("module_id")
        video = keys.video(module if keys.is_usage_key(module) else _fit(data["id"]), facts.course_id)
        return facts._replace(kind=Kind.VIDEO, item=_fit(video))
    if name in SEQUENCE_EVENTS:
        sequence = data.get("id") or ""
        return facts._replace(subsection=keys.subsection(_fit(sequence), facts.course_id)) if sequence else facts
    if name in _POSTS:
        is_anonymous = data.get("anonymous") is True
        return facts._replace(kind=_POSTS[name], mark=_mark(facts.moment, name, data), is_anonymous=is_anonymous)
    if name == "book":
        return facts._replace(kind=Kind.PAGE, mark=_mark(facts.moment, name, data))
    if name.startswith("edx.forum.") and name.endswith(".voted") and data.get("vote_value") not in ("up", "down"):
        raise _NotCounted
    return facts


def _account(user_id: object) -> int | None:
    number = int(user_id) if isinstance(user_id, str) and user_id.isdecimal() else user_id
    return number if isinstance(number, int) and 0 < number < 2**31 and number is not True else None


def _is_no_visit(path: str, course_id: str) -> bool:
    return path.startswith(NOT_VISITS) or path.startswith(f"/courses/{course_id}/instructor")


def _in_utc(given: object) -> datetime:
    happened = datetime.fromisoformat(given) if isinstance(given, str) else given
    if not isinstance(happened, datetime):
        raise _NotCounted
    if happened.tzinfo is UTC:
        return happened
    return happened.replace(tzinfo=UTC) if happened.tzinfo is None else happened.astimezone(UTC)


def _decoded(data: object) -> dict[str, Any]:
    if isinstance(data, str):
        data = json.loads(data) if data else {}
    if not isinstance(data, dict):
        raise _NotCounted
    return data


def _fit(key: object) -> str:
    if not keys.is_fit(key):
        raise _NotCounted
    return key


def _mark(moment: int, name: str, data: dict[str, Any]) -> int:
    """A signed number of 32 bits that is the same for the same event, sent live or read from a log, and another for another."""
    # Keys that are numbers become texts in a log, which sort differently.
    content = json.loads(_as_in_log(data))
    text = f"{moment} {name} {_sorted_by_keys(content)}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big", signed=True)


def _as_logged(value: object) -> object:
    """A moment or day as event-tracking's logger writes it."""
    if isinstance(value, datetime):
        return _in_utc(value).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


# json.dumps would make an encoder each time.
_as_in_log = json.JSONEncoder(default=_as_logged).encode
_sorted_by_keys = json.JSONEncoder(sort_keys=True).encode
