"""Learners answer problems through the platform's own handler; the history has to say what the tracking events say.

Random sequences of what learners, the course team and the platform do to the state of two problems, at any hour of some days.
HISTORIES is how many learners do so, SEEDS which sequences.
"""

from __future__ import annotations

import itertools
import os
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from eventtracking import tracker
from freezegun import freeze_time
from lms.djangoapps.courseware.models import StudentModule
from lms.djangoapps.instructor.enrollment import reset_student_attempts
from lms.djangoapps.instructor_task.api import submit_rescore_problem_for_student
from opaque_keys.edx.keys import CourseKey, UsageKey
from openedx.core.lib.url_utils import quote_slashes
from xmodule.modulestore.tests.factories import BlockFactory, CourseFactory

from learner_data_plugin.engagement import problems
from learner_data_plugin.engagement.periods import DAY, Period, midnight

from .. import factories

SEEDS = [int(seed) for seed in os.environ.get("SEEDS", "1 2 3").split()]
HISTORIES = int(os.environ.get("HISTORIES", 12))
MONDAY = date(2026, 3, 2)
DAYS = 4

_OPTIONS = """
<problem>
  <optionresponse><optioninput options="('yes','no')" correct="yes"/></optionresponse>
  <optionresponse><optioninput options="('yes','no')" correct="no"/></optionresponse>
</problem>"""
_CHOICES = """
<problem>
  <choiceresponse partial_credit="EDC"><checkboxgroup>
    <choice correct="true">one</choice><choice correct="true">two</choice><choice correct="true">three</choice>
    <choice correct="false">four</choice><choice correct="false">five</choice>
  </checkboxgroup></choiceresponse>
</problem>"""
_EMPTY = "<problem><p>Nothing is asked here.</p></problem>"
_ANSWERS = {
    "options": {
        "right": {"2_1": "yes", "3_1": "no"},
        "half": {"2_1": "yes", "3_1": "yes"},
        "wrong": {"2_1": "no", "3_1": "yes"},
        "nothing": {},
    },
    "choices": {
        "right": {"2_1[]": ["choice_0", "choice_1", "choice_2"]},
        "half": {"2_1[]": ["choice_0", "choice_1"]},
        "wrong": {"2_1[]": ["choice_3", "choice_4"]},
        "nothing": {},
    },
    "empty": {"right": {}, "half": {}, "wrong": {}, "nothing": {}},
}
_SUBMISSIONS = ("right", "half", "wrong", "nothing")
_DOINGS = (*_SUBMISSIONS, *_SUBMISSIONS, "twice", "save", "reset", "show", "look", "rescore", "reset attempts", "delete state")
_numbers = itertools.count(1)
"""Of courses. A number of chance might come again: pytest-randomly begins each test with the same ones."""


class Recorder:
    """A backend of event-tracking that keeps the server's own submission events."""

    def __init__(self) -> None:
        self.submissions: list[dict[str, Any]] = []

    def send(self, event: dict[str, Any]) -> None:
        if event["name"] == "problem_check" and event["context"].get("event_source", "server") == "server":
            self.submissions.append(event)

    def forget(self, user_id: int, key: UsageKey) -> None:
        of_learner = (user_id, str(key))
        self.submissions = [
            event for event in self.submissions if (event["context"]["user_id"], event["data"]["problem_id"]) != of_learner
        ]


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """Events of this test."""
    backends = tracker.get_tracker().backends
    backends["recorder"] = Recorder()
    yield backends["recorder"]
    del backends["recorder"]


@pytest.fixture
def course_with_problems(db: Any) -> CourseKey:
    """A course that began long ago, with three problems in a unit."""
    began = datetime(2020, 1, 1, tzinfo=UTC)
    course = CourseFactory.create(org="TestX", number=f"P{next(_numbers)}", run="2026", start=began)
    parent = course
    for category in ("chapter", "sequential", "vertical"):
        parent = BlockFactory.create(parent_location=parent.location, category=category)
    for name, data in (("options", _OPTIONS), ("choices", _CHOICES), ("empty", _EMPTY)):
        BlockFactory.create(
            parent_location=parent.location, category="problem", display_name=name, data=data, max_attempts=None
        )
    return course.id


class Learner:
    """Somebody who answers problems in a browser, and whom the course team helps."""

    def __init__(self, course_key: CourseKey, staff: Any) -> None:
        self.user = factories.make_learner(course_key)
        self.staff = staff
        self.client = Client()

    def do(self, doing: str, key: UsageKey) -> None:
        answers = _ANSWERS[key.block_id.partition("_")[0]]
        if doing in _SUBMISSIONS:
            self._call(key, "problem_check", answers[doing])
        elif doing == "twice":  # at the same second
            self._call(key, "problem_check", answers["wrong"])
            self._call(key, "problem_check", answers["right"])
        elif doing == "save":
            self._call(key, "problem_save", answers["right"])
        elif doing in ("reset", "show", "look"):
            self._call(key, {"reset": "problem_reset", "show": "problem_show", "look": "problem_get"}[doing], {})
        elif StudentModule.objects.filter(student=self.user, module_state_key=key).exists():
            self._have_done(doing, key)

    def _have_done(self, doing: str, key: UsageKey) -> None:
        if doing == "rescore":
            request = RequestFactory().get("/")
            request.user = self.staff
            submit_rescore_problem_for_student(request, key, self.user)
        else:
            reset_student_attempts(key.course_key, self.user, key, self.staff, delete_module=doing == "delete state")

    def _call(self, key: UsageKey, dispatch: str, answers: dict[str, Any]) -> None:
        names = {"course_id": str(key.course_key), "usage_id": quote_slashes(str(key)), "handler": "xmodule_handler"}
        address = reverse("xblock_handler", kwargs={**names, "suffix": dispatch})
        data = {f"input_{key.html_id()}_{name}": answer for name, answer in answers.items()}
        self.client.force_login(self.user, backend="django.contrib.auth.backends.AllowAllUsersModelBackend")
        answer = self.client.post(address, data)
        assert answer.status_code == 200, (dispatch, answer.content[:500])


def moments(chance: random.Random, number: int) -> list[datetime]:
    """Increasing moments of some days, many of them near midnight."""
    found = []
    for _ in range(number):
        day = midnight(MONDAY + chance.randrange(DAYS) * DAY)
        second = chance.choice((chance.random() * 86_400, 86_399.5, 0.25, 86_398))
        found.append(day + timedelta(seconds=second, microseconds=chance.randrange(1000)))
    return sorted(found)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_history_says_what_the_events_say(seed, course_with_problems, recorder):
    chance, course_key = random.Random(seed), course_with_problems
    keys = [module.location for module in _problems(course_key)]
    staff = factories.make_user(is_staff=True)
    with freeze_time(MONDAY - DAY) as clock:
        for _ in range(HISTORIES):
            learner = Learner(course_key, staff)
            for moment in moments(chance, chance.randrange(1, 14)):
                doing, key = chance.choice(_DOINGS), chance.choice(keys)
                clock.move_to(moment)
                learner.do(doing, key)
                if doing == "delete state":
                    # What was submitted before is gone with the state; the events remain.
                    recorder.forget(learner.user.pk, key)
    periods = [Period.day(MONDAY + place * DAY) for place in range(DAYS)] + [Period(MONDAY, MONDAY + 6 * DAY)]
    words = {answer["correctness"] for event in recorder.submissions for answer in event["data"]["correct_map"].values()}
    assert words == {"correct", "incorrect", "partially-correct"}
    for period in periods:
        assert found(course_key, period) == by_events(recorder.submissions, period)


def _problems(course_key: CourseKey) -> list[Any]:
    from xmodule.modulestore.django import modulestore

    return modulestore().get_items(course_key, qualifiers={"category": "problem"})


def found(course_key: CourseKey, period: Period) -> dict[tuple[int, str], tuple[int, bool]]:
    """Learner and problem -> submissions, and whether one was correct: of the history."""
    return {
        (tried.user_id, tried.key): (len(tried.submissions), any(one.is_correct for one in tried.submissions))
        for tried in problems.read_tried(course_key, period)
    }


def by_events(events: list[dict[str, Any]], period: Period) -> dict[tuple[int, str], tuple[int, bool]]:
    """The same of the events."""
    counted: dict[tuple[int, str], list[bool]] = defaultdict(list)
    for event in events:
        if period.start <= event["timestamp"] < period.end:
            name = (event["context"]["user_id"], event["data"]["problem_id"])
            counted[name].append(event["data"]["success"].lower() == "correct")
    return {name: (len(successes), any(successes)) for name, successes in counted.items()}
