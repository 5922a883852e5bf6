"""What the demo's learners do on the days on which they are there, as events and as rows of the platform's own tables.

The days come from ``presence``: some learners are there nearly every day, many less and less, many never. Whoever is there
works on the lesson of the week. Events become facts as while learners learn: by the function of the plugin, from what the
tracker sends. The same learner always does the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from completion.models import BlockCompletion
from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import CharField
from django.db.models.functions import Cast
from forum.backends.mysql.models import Comment, CommentThread
from xmodule.capa_block import ProblemBlock, State

from learner_data_plugin.engagement.batch import Batch
from learner_data_plugin.engagement.facts import facts_of
from learner_data_plugin.engagement.writing import Writer
from learner_data_plugin.models import LastAnswers, LearnerDay, LearnerDayItem, RecordedDay
from lms.djangoapps.courseware.models import StudentModule, StudentModuleHistory

from . import presence
from .courses import DemoCourse
from .dates import insert, insert_values
from .lessons import Lesson, lessons_of
from .people import SEED

_SHARE_STRUGGLING = 0.12
"""Of those who are there at all: they try, and nothing they submit is correct."""

_EVERY_HOUR = (1 << 24) - 1
_WEEKS_IN_EXTENDED_HISTORY = 6
"""The site has kept the history of problems' states in the table that has more room for so long."""

_SAVED_AFTER = timedelta(milliseconds=300)
_POSTS = ("What is the difference to the last lesson?", "Thank you!", "=1+1 gives 2 😀", "هل يمكن لأحد أن يشرح هذا؟")


class Learning:
    """What some learners of a course did, until it is stored."""

    def __init__(self, course: DemoCourse, today: date) -> None:
        self._course_id = str(course.key)
        self._course_key = course.key
        self._first = presence.first_monday(today)
        self._lessons = lessons_of(course.key)
        self._extended_since = datetime.combine(today - timedelta(weeks=_WEEKS_IN_EXTENDED_HISTORY), time(), UTC)
        self._batch = Batch()
        self._states: dict[tuple[int, str], list[tuple[datetime, State]]] = {}
        self._completed: dict[tuple[int, str, str], datetime] = {}
        self._posts: list[tuple[User, datetime, str, bool]] = []

    def add(self, user: User, days: Iterable[date]) -> None:
        """Take in what an account does on these days."""
        chance = Random(f"{SEED}:learning:{self._course_id}:{user.username}")
        skill = 0.0 if chance.random() < _SHARE_STRUGGLING else chance.uniform(0.45, 0.95)
        for day in days:
            begins = datetime.combine(day, time(6), UTC) + timedelta(seconds=chance.random() * 57_600)
            lesson = self._lessons[min((day - self._first).days // 7, len(self._lessons) - 1)]
            self._study(chance, skill, user, begins, lesson)

    def store(self) -> None:
        """Store it all, in a few queries for each table."""
        Writer().write(self._batch)
        self._store_states()
        completions = [
            (user_id, self._course_id, name, kind, 1.0, moment, moment)
            for (user_id, name, kind), moment in self._completed.items()
        ]
        fields = ("user", "context_key", "block_key", "block_type", "completion", "created", "modified")
        insert_values(BlockCompletion, fields, completions)
        self._store_posts()

    def _study(self, chance: Random, skill: float, user: User, moment: datetime, lesson: Lesson) -> None:
        self._tell(user, moment, lesson.path, '{"GET": {}, "POST": {}}')
        if chance.random() < 0.7:
            moment += timedelta(seconds=20)
            video = {"id": lesson.video.block_id, "code": "html5", "currentTime": 0, "duration": 300}
            self._tell(user, moment, "play_video", video, source="browser")
            self._completed.setdefault((user.pk, str(lesson.video), "video"), moment + timedelta(minutes=5))
        for problem in lesson.problems:
            if chance.random() < 0.45:
                moment += timedelta(seconds=330)
                self._answer(chance, skill, user, moment, problem)
        if chance.random() < 0.05:
            self._write(chance, user, moment + timedelta(minutes=3))

    def _answer(self, chance: Random, skill: float, user: User, moment: datetime, problem: ProblemBlock) -> None:
        """Submit answers until one is right or patience is over; whoever has it right already leaves it."""
        name = str(problem.location)
        saved = self._states.setdefault((user.pk, name), [])
        state = saved[-1][1] if saved else {}
        if state.get("score", {}).get("raw_earned"):
            return
        for _attempt in range(chance.choice((1, 1, 2, 3))):
            is_right = chance.random() < skill
            answer = problem.right_answer if is_right else chance.choice(problem.wrong_answers)
            state, event = problem.submit_problem(state, answer, moment)
            self._tell(user, moment, "problem_check", event)
            saved.append((moment + _SAVED_AFTER, state))
            self._completed.setdefault((user.pk, name, "problem"), moment)
            if is_right:
                return
            moment += timedelta(seconds=40)

    def _write(self, chance: Random, user: User, moment: datetime) -> None:
        kind, is_anonymous = chance.choice(("thread", "response", "response", "comment")), chance.random() < 0.1
        self._posts.append((user, moment, kind, is_anonymous))
        data = {"id": f"{user.pk}-{moment:%Y%m%d%H%M%S}", "anonymous": is_anonymous, "anonymous_to_peers": False}
        self._tell(user, moment, f"edx.forum.{kind}.created", data)

    def _tell(self, user: User, moment: datetime, name: str, data: Any, *, source: str = "server") -> None:
        context = {
            "user_id": user.pk,
            "username": user.username,
            "course_id": self._course_id,
            "org_id": self._course_key.org,
            "path": "/event" if source == "browser" else name,
            "event_source": source,
        }
        facts = facts_of({"name": name, "timestamp": moment, "data": data, "context": context})
        if facts is None:
            raise ValueError(f"The event {name} of the demo counts for nothing.")
        if not facts.is_anonymous:
            self._batch.add(facts)

    def _store_states(self) -> None:
        """The states of problems, and each that was there before in one of the two tables of their history."""
        modules = []
        for (user_id, name), saved in self._states.items():
            (created, _first), (modified, state) = saved[0], saved[-1]
            grade = state["score"]["raw_earned"]
            modules.append((user_id, self._course_id, "problem", name, json.dumps(state), grade, 1, "na", created, modified))
        fields = ("student", "course_id", "module_type", "module_state_key", "state", "grade", "max_grade", "done")
        insert_values(StudentModule, (*fields, "created", "modified"), modules)
        users = {user_id for user_id, _name in self._states}
        stored = StudentModule.objects.filter(student_id__in=users, course_id=self._course_key, module_type="problem")
        key = Cast("module_state_key", CharField(max_length=255))
        numbers = {(user_id, name): number for number, user_id, name in stored.values_list("id", "student_id", key)}
        extended = _extended_history()
        rows: dict[type[Any], list[Any]] = {}
        for place, saved in self._states.items():
            for created, state in saved:
                model = extended if extended is not None and created >= self._extended_since else StudentModuleHistory
                row = (numbers[place], created, json.dumps(state), state["score"]["raw_earned"], 1)
                rows.setdefault(model, []).append(row)
        for model, of_model in rows.items():
            insert_values(model, ("student_module", "created", "state", "grade", "max_grade"), of_model)

    def _store_posts(self) -> None:
        """Threads, and below the first of them everything else."""
        posts = sorted(self._posts, key=lambda post: post[1])
        if not posts:
            return
        common = [
            {
                "author": user,
                "course_id": self._course_id,
                "body": _POSTS[place % len(_POSTS)],
                "anonymous": is_anonymous,
                "created_at": moment,
                "updated_at": moment,
            }
            for place, (user, moment, _kind, is_anonymous) in enumerate(posts)
        ]
        of_kind: dict[str, list[dict[str, Any]]] = {"thread": [], "response": [], "comment": []}
        for (_user, _moment, kind, _is_anonymous), values in zip(posts, common, strict=True):
            of_kind[kind].append(values)
        insert(CommentThread, [CommentThread(title="Question", **values) for values in of_kind["thread"]])
        first = CommentThread.objects.filter(course_id=self._course_id).order_by("id").first()
        if first is None:  # nobody has asked anything that could be answered
            return
        insert(Comment, [Comment(comment_thread=first, **values) for values in of_kind["response"]])
        response = Comment.objects.filter(course_id=self._course_id, parent=None).order_by("id").first()
        if response is not None:
            insert(Comment, [Comment(comment_thread=first, parent=response, **values) for values in of_kind["comment"]])


def take_out(course: DemoCourse, user_ids: Iterable[int]) -> None:
    """Delete all that ``store`` stored of these accounts for this course."""
    user_ids = list(user_ids)
    StudentModule.objects.filter(course_id=course.key, student_id__in=user_ids).delete()
    BlockCompletion.objects.filter(context_key=course.key, user_id__in=user_ids).delete()
    for model in (Comment, CommentThread):
        model.objects.filter(course_id=str(course.key), author_id__in=user_ids).delete()
    for model in (LastAnswers, LearnerDayItem, LearnerDay):
        model.objects.filter(course__course_id=course.key, user_id__in=user_ids).delete()


def ensure_recorded(today: date) -> None:
    """Have what was done recorded without a gap, as if the plugin had been there from the day before the first one on."""
    if RecordedDay.objects.filter(day__lt=today).exists():
        return
    first = presence.first_monday(today) - timedelta(days=1)
    days = [first + timedelta(days=place) for place in range((today - first).days)]
    RecordedDay.objects.bulk_create([RecordedDay(day=day, hours=_EVERY_HOUR) for day in days], ignore_conflicts=True)


def _extended_history() -> type[Any] | None:
    name = "lms.djangoapps.coursewarehistoryextended"
    return apps.get_model("coursewarehistoryextended", "StudentModuleHistoryExtended") if apps.is_installed(name) else None
