"""People who use the site: signed in, asking for one thing after another, with a moment between."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from .site import PASSWORD, LoadedCourse

TIMEOUT_SECONDS = 30
PAUSE_SECONDS = (0.5, 2.0)


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


class Person(threading.Thread):
    """Signs in, then until the end asks for pages, lists and files of the courses in an order of its own."""

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
        form = {"username": self.name, "password": PASSWORD, "csrfmiddlewaretoken": self.cookies["csrftoken"]}
        status, _headers, _body = self._fetch("POST", "/login", urlencode(form))
        if status != 302 or "sessionid" not in self.cookies:
            raise SystemExit(f"{self.name} could not sign in: {status}")

    def run(self) -> None:
        """Ask until ``until``."""
        time.sleep(self.random.uniform(0, PAUSE_SECONDS[1]))
        while time.monotonic() < self.until:
            self._visit(self.random.choice(self.courses))

    def _visit(self, course: LoadedCourse) -> None:
        """Open a course's page, with what the page asks for itself, and perhaps a table or a file."""
        api = f"/learner_data/api/v1/courses/{quote(course.key)}"
        page = self.random.choice([f"/learner_data/courses/{quote(course.key)}/", f"/courses/{quote(course.key)}/instructor"])
        self._ask("page", page)
        self._ask("tasks", f"{api}/tasks/")
        reports = json.loads(self._ask("reports", f"{api}/reports/") or b"{}").get("reports", [])
        if self.random.random() < 0.3:
            self._ask("statistics", f"{api}/statistics/")
        if course.has_table:
            self._ask("learners", f"{api}/learners/")
        if reports:
            report = self.random.choice(reports)
            self._ask("file", quote(report["url"]), size=report["size_bytes"])

    def _ask(self, kind: str, path: str, *, size: int | None = None) -> bytes | None:
        if time.monotonic() >= self.until:
            return None
        began = time.perf_counter()
        body, error = None, ""
        try:
            status, _headers, body = self._fetch("GET", path)
            if status != 200:
                error = f"status {status}"
            elif size is not None and len(body) != size:
                error = "a file of another size"
            elif not body:
                error = "nothing in it"
        except (OSError, http.client.HTTPException) as failure:
            error = type(failure).__name__
        self.answers.add(kind, (time.perf_counter() - began) * 1000, error)
        time.sleep(self.random.uniform(*PAUSE_SECONDS))
        return None if error else body

    def _fetch(self, method: str, path: str, form: str | None = None) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Accept": "*/*"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, form, headers)
            response = connection.getresponse()
            body = response.read()
            for cookie in response.headers.get_all("Set-Cookie", []):
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return response.status, response.headers, body
        finally:
            connection.close()
