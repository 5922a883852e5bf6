"""Making what learners did, as the platform stores it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

from completion.models import BlockCompletion
from django.apps import apps
from lms.djangoapps.courseware.models import StudentModule, StudentModuleHistory
from opaque_keys.edx.keys import CourseKey, UsageKey

from learner_data_plugin.engagement.batch import Batch
from learner_data_plugin.engagement.facts import facts_of
from learner_data_plugin.engagement.writing import Writer

_numbers = count(1)


def at(day: date | str, clock: str = "12:00:00") -> datetime:
    """A moment of a day, UTC."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime.combine(day, time.fromisoformat(clock), UTC)


def block(course_key: CourseKey, block_type: str = "problem", name: str = "") -> UsageKey:
    """The key of a block of a course."""
    return course_key.make_usage_key(block_type, name or f"{block_type}{next(_numbers)}")


def make_module(user: Any, key: UsageKey, *, created: datetime, modified: datetime | None = None, state: str = "{}") -> Any:
    """A learner's state in a block, without history."""
    [module] = StudentModule.objects.bulk_create(
        [
            StudentModule(
                student=user, course_id=key.course_key, module_state_key=key, module_type=key.block_type, state=state
            )
        ]
    )
    module = StudentModule.objects.get(student=user, module_state_key=key)
    StudentModule.objects.filter(pk=module.pk).update(created=created, modified=modified or created)
    return StudentModule.objects.get(pk=module.pk)


def state_of(attempts: int | None, moment: datetime | None, words: Any = ("correct",), **values: Any) -> str:
    """The state of a problem after so many attempts, as the platform writes it."""
    state: dict[str, Any] = {"seed": 1, "input_state": {"i1": {}}, **values}
    if attempts is not None:
        state["attempts"] = attempts
    if moment is not None:
        state["last_submission_time"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    if words is not None:
        state["correct_map"] = {f"i{place}": {"correctness": word} for place, word in enumerate(words)}
    return json.dumps(state)


def add_history(module: Any, created: datetime, state: str | None, *, extended: bool = False) -> None:
    """One more row of the history of a state, in either table; the state has changed at that moment."""
    model = apps.get_model("coursewarehistoryextended", "StudentModuleHistoryExtended") if extended else StudentModuleHistory
    model.objects.create(student_module_id=module.pk, created=created, state=state)
    StudentModule.objects.filter(pk=module.pk, modified__lt=created).update(modified=created)


def submit(
    user: Any, key: UsageKey, moments: list[datetime], words: Any = ("correct",), *, extended: bool = False
) -> Any:
    """Have a learner submit answers at these moments; all of them get these words of the grader."""
    module = StudentModule.objects.filter(student=user, module_state_key=key).first()
    module = module or make_module(user, key, created=moments[0])
    for attempts, moment in enumerate(moments, 1):
        add_history(module, moment + timedelta(milliseconds=300), state_of(attempts, moment, words), extended=extended)
    return module


def complete(user: Any, key: UsageKey, created: datetime, modified: datetime | None = None) -> None:
    """Have a learner complete a block."""
    completion = BlockCompletion.objects.create(
        user=user, context_key=key.course_key, block_key=key, block_type=key.block_type, completion=1.0
    )
    BlockCompletion.objects.filter(pk=completion.pk).update(created=created, modified=modified or created)


def log_line(user: Any, course_key: CourseKey, moment: datetime, name: str, data: Any = None, **values: Any) -> dict[str, Any]:
    """An event as a tracking log has it, after it was read."""
    return {
        "username": user.username,
        "event_type": name,
        "event_source": "server",
        "time": moment.isoformat(),
        "event": {} if data is None else data,
        "context": {"course_id": str(course_key), "user_id": user.pk},
        **values,
    }


def record(events: Iterable[dict[str, Any]]) -> None:
    """Enter events as they are recorded or imported."""
    batch = Batch()
    for event in events:
        if (facts := facts_of(event)) is not None:
            batch.add(facts)
    Writer().write(batch)
