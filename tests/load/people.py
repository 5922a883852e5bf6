"""People who use the site: course teams who ask for one thing after another, and learners whose browsers tell what they do."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from .site import PASSWORD, LoadedCourse

TIMEOUT_SECONDS = 30
PAUSE_SECONDS = (0.5, 2.0)
TABLE_PAGES = (
    {},
    {"page": 2},
    {"sort": "email"},
    {"activity": "never"},
    {"activity": "inactive_14"},
    {"search": "load"},
)
"""What is asked of the table: as it opens, further on, sorted, by presets, searched."""
VIDEOS = 40


@dataclass
class Answers:
    """What came back: how long each request took in milliseconds, by kind, and what went wrong."""

    milliseconds: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, milliseconds: float, error: str = "") -> None:
        """Count one request."""
        with self.lock:
            self.milliseconds.setdefault(kind, []).append(milliseconds)
            if error:
                self.errors[f"{kind}: {error}"] += 1

    def forget_times(self) -> None:
        """Count anew; errors stay."""
        with self.lock:
            self.milliseconds.clear()

    def all(self) -> list[float]:
        """Every request's time."""
        return [value for values in self.milliseconds.values() for value in values]


class Visitor(threading.Thread):
    """Somebody who is signed in, until ``until``."""

    def __init__(self, name: str, port: int, courses: list[LoadedCourse], answers: Answers) -> None:
        super().__init__(name=name, daemon=True)
        self.port = port
        self.courses = courses
        self.answers = answers
        self.random = random.Random(name)
        self.cookies: dict[str, str] = {}
        self.until = 0.0

    def sign_in(self) -> None:
        """Sign in through the form, as a browser does."""
        self._fetch("GET", "/login")
        status, _headers, _body = self._fetch("POST", "/login", {"username": self.name, "password": PASSWORD})
        if status != 302 or "sessionid" not in self.cookies:
            raise SystemExit(f"{self.name} could not sign in: {status}")

    def _ask(
        self, kind: str, path: str, body: dict[str, Any] | None = None, *, size: int | None = None, as_json: bool = True
    ) -> bytes | None:
        """Ask once and count it; returns the answer, None if there is something wrong with it."""
        if time.monotonic() >= self.until:
            return None
        began = time.perf_counter()
        answer, error = None, ""
        try:
            method = "GET" if body is None else "POST"
            status, _headers, answer = self._fetch(method, path, body, as_json=as_json)
            if status != 200:
                error = f"status {status}"
            elif size is not None and len(answer) != size:
                error = "a file of another size"
            elif not answer:
                error = "nothing in it"
        except (OSError, http.client.HTTPException) as failure:
            error = type(failure).__name__
        self.answers.add(kind, (time.perf_counter() - began) * 1000, error)
        return None if error else answer

    def _fetch(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, as_json: bool = False
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Accept": "*/*"}
        sent = None
        if body is not None:
            headers["X-CSRFToken"] = self.cookies["csrftoken"]
            headers["Content-Type"] = "application/json" if as_json else "application/x-www-form-urlencoded"
            sent = json.dumps(body) if as_json else urlencode(body)
        try:
            connection.request(method, path, sent, headers)
            response = connection.getresponse()
            answer = response.read()
            for cookie in response.headers.get_all("Set-Cookie", []):
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return response.status, response.headers, answer
        finally:
            connection.close()


class Person(Visitor):
    """One of a course team, who asks for pages, numbers, lists and files of the courses in an order of their own."""

    def run(self) -> None:
        """Ask until ``until``."""
        time.sleep(self.random.uniform(0, PAUSE_SECONDS[1]))
        while time.monotonic() < self.until:
            self._visit(self.random.choice(self.courses))

    def _visit(self, course: LoadedCourse) -> None:
        """Open a course's page, with what each of its tabs asks for, and perhaps charts as files have them or a file."""
        api = f"/learner_data/api/v1/courses/{quote(course.key)}"
        page = self.random.choice([f"/learner_data/courses/{quote(course.key)}/", f"/courses/{quote(course.key)}/instructor"])
        self._look("page", page)
        self._look("overview", f"{api}/overview/")
        self._look("tasks", f"{api}/tasks/")
        if self.random.random() < 0.3:
            self._look("statistics", f"{api}/statistics/")
        asked = {**self.random.choice(TABLE_PAGES), "words": True}
        self._look("table", f"{api}/learners/", {"page": 1, **asked})
        reports = json.loads(self._look("reports", f"{api}/reports/") or b"{}").get("reports", [])
        if reports:
            report = self.random.choice(reports)
            self._look("file", quote(report["url"]), size=report["size_bytes"])

    def _look(self, *asked: Any, **options: Any) -> bytes | None:
        """Ask, and read the answer for a moment."""
        answer = self._ask(*asked, **options)
        time.sleep(self.random.uniform(*PAUSE_SECONDS) if time.monotonic() < self.until else 0)
        return answer


class Learner(Visitor):
    """A learner whose browser tells of a video each time one begins to play, at a steady rate."""

    seconds_between = 0.25

    def run(self) -> None:
        """Tell until ``until``; who is late catches up."""
        due = time.monotonic() + self.random.uniform(0, self.seconds_between)
        while (now := time.monotonic()) < self.until:
            time.sleep(max(0.0, due - now))
            due += self.seconds_between
            course = self.random.choice(self.courses)
            video = course.key.replace("course-v1", "block-v1") + f"+type@video+block@{self.random.randrange(VIDEOS)}"
            event = {"id": video, "code": "html5", "currentTime": 0}
            told = {"event_type": "play_video", "event": json.dumps(event), "page": f"http://lms/courses/{course.key}/"}
            self._ask("event", "/event", told, as_json=False)
