"""Tracking logs of a week, of all that stands in them: what counts, what does not, what is broken, what comes twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

Named = tuple[str, str, Any]
"""Name, source and data of an event."""

_JUNK: tuple[Any, ...] = (
    None, "", " ", 0, 7, -3, True, [], {}, ["x"], "x" * 10_000, "nul\0", "half \ud800", "<script>", "=1+1", 1e300,
)  # fmt: skip
_BROKEN = (
    b"", b"   ", b"no event", b"{", b'{"event": ', b"[1, 2]", b'"{}"', b"\xff\xfe{", b"{}", b'{"a": ' + b"[" * 20_000,
)  # fmt: skip
_MOMENTS = ("00:00:00", "23:59:59.999999", "12:00:00", "12:00:00.000001", "00:00:00.000001")


class RandomLog:
    """Makes lines about some courses of which the first are on this site, and about some accounts by name."""

    def __init__(self, chance: Random, *, monday: datetime, course_ids: Sequence[str], accounts: dict[str, int]) -> None:
        self._chance = chance
        self._monday = monday
        self._course_ids = course_ids
        self._accounts = accounts

    def lines(self, number: int) -> list[bytes]:
        """So many lines and some more, in no order."""
        made = [self._line() for _ in range(number)]
        made += self._chance.choices(made, k=number // 10)  # delivered twice
        self._chance.shuffle(made)
        return made

    def _line(self) -> bytes:
        if self._chance.random() < 0.04:
            return self._chance.choice(_BROKEN)
        event = self._event()
        if self._chance.random() < 0.12:
            self._spoil(event)
        text = json.dumps(event)
        if self._chance.random() < 0.05:
            text = f"Mar  2 10:20:30 ip-10-0-0-1 [service_variant=lms][tracking] INFO - {text}"
        return text.encode()

    def _event(self) -> dict[str, Any]:
        chance, course_id = self._chance, self._chance.choice(self._course_ids)
        username = chance.choice([*self._accounts, "nobody"])
        name, source, data = self._something(course_id)
        number = self._accounts.get(username, 2_000_000_000)
        user_id = chance.choice([number] * 8 + [str(number), None, "", "seven"])
        told = course_id
        if name.startswith("/") and chance.random() < 0.4:
            told = chance.choice(["", None])
        return {
            "name": name,
            "context": {"user_id": user_id, "course_id": told, "org_id": "TestX", "path": "/event"},
            # The number says whose the event is; names change.
            "username": username if number != user_id or chance.random() < 0.9 else "old_name",
            "session": f"{chance.getrandbits(64):016x}",
            "event": json.dumps(data) if source == "browser" and isinstance(data, dict) else data,
            "time": self._time(),
            "event_type": name,
            "event_source": source,
            "page": None,
        }

    def _time(self) -> str:
        chance = self._chance
        moment = self._monday + timedelta(days=chance.randrange(-1, 8))
        if chance.random() < 0.5:
            # Few moments, so that many events share one.
            hour, minute, second = chance.choice(_MOMENTS).split(":")
            moment += timedelta(hours=int(hour), minutes=int(minute), seconds=float(second))
        else:
            moment += timedelta(seconds=chance.random() * 86_400)
        style = chance.random()
        if style < 0.1:
            return moment.astimezone(timezone(timedelta(hours=chance.choice([-11, -5, 1, 14])))).isoformat()
        if style < 0.2:
            return moment.replace(tzinfo=None).isoformat()
        return moment.isoformat()

    def _something(self, course_id: str) -> Named:
        chance = self._chance
        usage = course_id.replace("course-v1", "block-v1")
        makers: list[tuple[int, Callable[[str, str], Named]]] = [
            (5, self._check), (4, self._play), (4, self._navigate), (4, self._request), (3, self._post), (2, self._other),
        ]  # fmt: skip
        [maker] = chance.choices([maker for _, maker in makers], [weight for weight, _ in makers])
        return maker(course_id, usage)

    def _check(self, _course_id: str, usage: str) -> Named:
        chance = self._chance
        elsewhere = "block-v1:TestX+Elsewhere+2026+type@problem+block@p1"
        ids = [f"{usage}+type@problem+block@p{n}" for n in range(4)] + ["p1", "p2", elsewhere]
        problem = chance.choices(ids, [6, 6, 6, 6, 1, 1, 1])[0]
        success = chance.choice(["correct", "incorrect", "incorrect", "Correct", "", None])
        data: dict[str, Any] = {"problem_id": problem, "success": success, "attempts": chance.randint(1, 3)}
        source = chance.choice(["server"] * 9 + ["browser"])
        if source == "browser":
            return "problem_check", source, "input_p1_2_1=choice_1"
        if chance.random() < 0.05:
            del data["problem_id"]
        return "problem_check", source, data

    def _play(self, _course_id: str, usage: str) -> Named:
        chance, block = self._chance, f"v{self._chance.randrange(3)}"
        name = chance.choice(["play_video"] * 3 + ["edx.video.played", "pause_video", "load_video"])
        key = f"{usage}+type@video+block@{block}"
        data = chance.choice([{"id": block}, {"id": block, "code": "html5"}, {"id": key}, {"module_id": key}, {}])
        if name != "edx.video.played" and "module_id" in data:
            data = {"id": block}
        return name, chance.choice(["browser", "mobile"]), dict(data)

    def _navigate(self, course_id: str, usage: str) -> Named:
        chance = self._chance
        key = f"{usage}+type@{chance.choice(['sequential'] * 6 + ['vertical'])}+block@s{chance.randrange(4)}"
        paths = [
            f"/api/courseware/sequence/{key}",
            f"/courses/{course_id}/xblock/{key}/handler/goto_position",
            f"/courses/{course_id}/courseware/chapter{chance.randrange(2)}/section{chance.randrange(3)}/",
            f"/courses/{course_id}/courseware/chapter/",
            f"/courses/{course_id}/courseware/chapter/section/{chance.randrange(3)}",
        ]
        if chance.random() < 0.5:
            return chance.choice(paths), "server", '{"GET": {}, "POST": {}}'
        names = ["seq_next", "seq_prev", "seq_goto", "edx.ui.lms.sequence.next_selected", "edx.ui.lms.sequence.tab_selected"]
        data = {"id": chance.choice([key] * 8 + ["", "s1"]), "current_tab": 1, "old": 1, "new": 2}
        return chance.choice(names), "browser", data

    def _request(self, course_id: str, usage: str) -> Named:
        key = f"{usage}+type@problem+block@p1"
        paths = [
            f"/courses/{course_id}/progress",
            f"/courses/{course_id}/gradebook",
            f"/xblock/{key}",
            f"/api/course_home/outline/{course_id}",
            f"/courses/{course_id}/xblock/{key}/handler/xmodule_handler/problem_check",
            f"/courses/{course_id}/instructor",
            f"/courses/{course_id}/instructor/api/list_report_downloads",
            f"/courses/{course_id}/instructor_task_status",
            f"/api/instructor/v1/tasks/{course_id}",
            f"/api/instructor_task/v1/{course_id}/",
            f"/learner_data/courses/{course_id}/",
            "/dashboard",
        ]
        cut = json.dumps({"GET": {}, "POST": {"input": ["x" * 600]}})[:512]
        return self._chance.choice(paths), "server", self._chance.choice([cut, '{"GET": {}, "POST": {}}', {}, ""])

    def _post(self, _course_id: str, _usage: str) -> Named:
        chance, thing = self._chance, self._chance.choice(["thread", "response", "comment"])
        if chance.random() < 0.25:
            data = {"id": "x", "vote_value": chance.choice(["up", "down", "sideways"]), "target_username": "somebody"}
            return f"edx.forum.{thing}.voted", "server", data
        data = {"id": f"{chance.randrange(10**6)}", "body": "=1+1 é", "anonymous_to_peers": chance.random() < 0.2}
        if thing == "thread":
            data["anonymous"] = chance.random() < 0.2
        return f"edx.forum.{thing}.created", "server", data

    def _other(self, _course_id: str, _usage: str) -> Named:
        chance = self._chance
        return chance.choice(
            [
                ("book", chance.choice(["browser", "server"]), {"type": "gotopage", "new": chance.randrange(5)}),
                ("page_close", "browser", ""),
                ("edx.course.enrollment.activated", "server", {"mode": "audit"}),
                ("edx.grades.problem.submitted", "task", {}),
                ("showanswer", "server", {"problem_id": "p1"}),
            ]
        )

    def _spoil(self, event: dict[str, Any]) -> None:
        """Change something so that it is of another kind or missing."""
        chance = self._chance
        field = chance.choice(["username", "event", "time", "event_type", "context", "course_id", "id"])
        junk = chance.choice(_JUNK)
        if field == "course_id":
            event["context"]["course_id"] = chance.choice([junk, "no course", "library-v1:TestX+L", "course-v1:A+B"])
        elif field == "id":
            text = event["event"]
            data = json.loads(text) if isinstance(text, str) and text[:1] == "{" and text[-1:] == "}" else text
            if isinstance(data, dict):
                for key in ("id", "problem_id", "success", "vote_value"):
                    if key in data:
                        data[key] = junk
                event["event"] = json.dumps(data) if isinstance(event["event"], str) else data
        elif chance.random() < 0.3:
            del event[field]
        else:
            event[field] = junk
