"""The rule of the engagement report written a second time, for lines of tracking logs: slow, and using nothing of the plugin.

``read`` takes in what a course's learners did, ``cells`` gives the numbers of a row.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

_BLOCK = re.compile(r"^block-v1:([^+@/\s]+\+[^+@/\s]+\+[^+@/\s]+)\+type@([^+@/\s]+)\+block@([^+@/\s]+)$")
_KEY_IN_PATH = re.compile(r"(course|block)-v1:([^/+@\s]+\+[^/+@\s]+\+[^/+@\s]+)")
_COURSE = re.compile(r"^course-v1:[\w.~-]+\+[\w.~-]+\+[\w.~-]+$")
_NOT_VISITS = ("/api/instructor/", "/api/instructor_task/", "/instructor_task_status", "/learner_data/")
_NAVIGATION = {f"seq_{way}" for way in ("goto", "next", "prev")} | {
    f"edx.ui.lms.sequence.{way}_selected" for way in ("next", "previous", "tab")
}
_POSTS = ("edx.forum.thread.created", "edx.forum.response.created", "edx.forum.comment.created")
_LONGEST = 500


@dataclass(frozen=True)
class Event:
    """An event that counts, and what it says."""

    user_id: int
    moment: datetime
    name: str
    data: str
    problem: str = ""
    is_correct: bool = False
    video: str = ""
    subsection: str = ""


@dataclass
class Site:
    """The accounts by name, the address of the LMS and that of the learning MFE."""

    accounts: Mapping[str, int]
    lms: str
    mfe: str
    counts_anonymous: bool = False
    events: set[Event] = field(default_factory=set)

    def read(self, lines: Iterable[bytes], course_id: str) -> None:
        """Take in what the lines say of a course; the same event again is the same."""
        for line in lines:
            event = self._event(line, course_id)
            if event is not None:
                self.events.add(event)

    def cells(self, user_id: int, first: date, last: date) -> list[int | str]:
        """Active, problems (attempted, attempts, correct), videos, threads, responses, comments, pages, last subsection."""
        mine = [event for event in self.events if event.user_id == user_id and first <= event.moment.date() <= last]
        checks = [event for event in mine if event.problem]
        opened = [event for event in mine if event.subsection]
        latest = max((event.moment for event in opened), default=None)
        addresses = sorted(event.subsection for event in opened if event.moment == latest)
        return [
            len({event.moment.date() for event in mine}),
            len({event.problem for event in checks}),
            len(checks),
            len({event.problem for event in checks if event.is_correct}),
            len({event.video for event in mine if event.video}),
            *(sum(event.name == name for event in mine) for name in (*_POSTS, "book")),
            addresses[0] if addresses else "",
        ]

    def address(self, subsection: str, course_id: str) -> str:
        """What is printed for a subsection."""
        if not subsection or subsection.startswith("/"):
            return subsection and self.lms + subsection
        return f"{self.mfe}/course/{course_id}/{subsection}"

    def _event(self, line: bytes, course_id: str) -> Event | None:
        try:
            event = json.loads(line[line.index(b"{") :].decode())
            context, name, username = event["context"], event["event_type"], event["username"]
            source = event.get("event_source", "server")
            if not isinstance(name, str) or not isinstance(username, str) or not username.strip() or source == "task":
                return None
            is_request = source == "server" and name.startswith("/")
            if not self._is_of(course_id, context.get("course_id"), name if is_request else ""):
                return None
            moment = datetime.fromisoformat(event["time"])
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
            user_id = self._account(context.get("user_id"), username)
            if user_id is None:
                return None
            if is_request:
                return self._request(user_id, moment, name, event["event"], course_id)
            data = event["event"]
            data = (json.loads(data) if data else {}) if isinstance(data, str) else data
            if not isinstance(data, dict):
                return None
            return self._named(Event(user_id, moment, name, json.dumps(data, sort_keys=True)), source, data, course_id)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def _is_of(self, course_id: str, told: Any, path: str) -> bool:
        if told:
            return isinstance(told, str) and bool(_COURSE.match(told)) and told == course_id
        found = _KEY_IN_PATH.search(path)
        return bool(found) and f"course-v1:{found[2]}" == course_id

    def _account(self, number: Any, username: str) -> int | None:
        if isinstance(number, str) and number.isdecimal():
            number = int(number)
        if isinstance(number, int) and not isinstance(number, bool) and number > 0:
            return number if number in self.accounts.values() else None
        return self.accounts.get(username)

    def _request(self, user_id: int, moment: datetime, path: str, data: Any, course_id: str) -> Event | None:
        own = f"/courses/{course_id}/"
        if path.startswith(_NOT_VISITS) or path.startswith(own + "instructor") or not isinstance(data, str | dict):
            return None
        subsection = ""
        parts = path.split("/")
        if path.startswith("/api/courseware/sequence/"):
            subsection = self._sequential(path.removeprefix("/api/courseware/sequence/").rstrip("/"), course_id)
        elif path.startswith(own) and parts[3] == "xblock" and parts[5:7] == ["handler", "goto_position"]:
            subsection = self._sequential(parts[4], course_id)
        elif path.startswith(own + "courseware/") and len(parts) > 6 and parts[4] and parts[5] and len(path) <= _LONGEST:
            subsection = path
        return Event(user_id, moment, path, "", subsection=subsection)

    def _named(self, event: Event, source: str, data: dict[str, Any], course_id: str) -> Event | None:
        values = {**event.__dict__}
        if event.name == "problem_check":
            problem, success = data["problem_id"], data.get("success") or ""
            if source != "server" or not self._is_text(problem):
                return None
            is_correct, block = success.lower() == "correct", _BLOCK.match(problem)
            if block and f"course-v1:{block[1]}" != course_id:
                return event
            return Event(**{**values, "problem": problem, "is_correct": is_correct})
        if event.name in ("play_video", "edx.video.played"):
            module = data.get("module_id")
            video = module if self._is_text(module) and _BLOCK.match(module) else data["id"]
            if not self._is_text(video):
                return None
            block = _BLOCK.match(video)
            return Event(**{**values, "video": block[3] if block else video})
        if event.name in _NAVIGATION:
            key = data.get("id")
            if key and not self._is_text(key):
                return None
            return Event(**{**values, "subsection": self._sequential(key, course_id) if key else ""})
        if event.name in _POSTS and data.get("anonymous") is True and not self.counts_anonymous:
            return None
        if event.name.endswith(".voted") and event.name.startswith("edx.forum."):
            return event if data.get("vote_value") in ("up", "down") else None
        return event

    @staticmethod
    def _is_text(key: Any) -> bool:
        if not isinstance(key, str) or not 0 < len(key) <= _LONGEST:
            return False
        return {unicodedata.category(character) for character in key}.isdisjoint({"Cc", "Cs"})

    @staticmethod
    def _sequential(key: str, course_id: str) -> str:
        block = _BLOCK.match(key)
        return key if block and block[2] == "sequential" and f"course-v1:{block[1]}" == course_id else ""


@dataclass
class Enrollment:
    """When somebody came to a course and left it, as moments in order with what was so from then on."""

    changes: list[tuple[datetime, bool]]

    def is_there_after(self, day: date) -> bool:
        """Whether the account was enrolled at the end of a day."""
        end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
        states = [is_active for moment, is_active in self.changes if moment < end]
        return bool(states) and states[-1]
