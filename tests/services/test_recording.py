"""What learners do is recorded on MariaDB: beside locks, lost connections, other processes, and imports that are killed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from common.djangoapps.student.models import UserProfile
from django.db import OperationalError, connection, transaction
from eventtracking import tracker
from eventtracking.tracker import Tracker

from learner_data_plugin.engagement import store
from learner_data_plugin.engagement.backend import EngagementBackend
from learner_data_plugin.engagement.facts import Kind
from learner_data_plugin.models import LastAnswers, LearnerDay, LearnerDayItem, RecordedDay
from learner_data_plugin.settings.tracking import NAME
from tests import factories
from tests.engagement.events import tracker_made_anew

from .processes import environment

MOST_SECONDS = 3.0
"""A learner may wait: for a lock a second, twice after a deadlock."""


@pytest.fixture
def backend() -> Iterator[EngagementBackend]:
    with tracker_made_anew() as backend:
        yield backend


@pytest.fixture
def learner(course: Any) -> Any:
    return factories.make_learner(course.key)


@pytest.fixture
def client(learner: Any, sign_in: Callable[..., Any], settings: Any) -> Any:
    settings.ROOT_URLCONF = "tests.engagement.site"
    client = sign_in(learner)
    client.raise_request_exception = False
    return client


def lose_connection() -> None:
    """Have the database end the test's connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT connection_id()")
        (number,) = cursor.fetchone()
    other = connect()
    with other.cursor() as cursor:
        cursor.execute("KILL %s", [number])
    other.close()


def answer_address(course: Any, view: str = "answer") -> str:
    return f"/courses/{course.key}/xblock/{course.key.make_usage_key('problem', 'p1')}/handler/{view}"


def event(course: Any, user_id: int, name: str = "play_video", data: Any = None, **values: Any) -> dict[str, Any]:
    context = {"course_id": str(course.key), "user_id": user_id, "username": f"user{user_id}"}
    return {"name": name, "timestamp": datetime.now(UTC), "data": data or {"id": "v1"}, "context": context, **values}


def connect() -> Any:
    """A connection of somebody else."""
    other = connection.copy()
    other.connect()
    return other


@contextmanager
def locked_tables() -> Iterator[None]:
    """Somebody else, such as a migration or a backup, has locked the tables and does not let go."""
    other = connect()
    with other.cursor() as cursor:
        cursor.execute(f"LOCK TABLES {LearnerDay._meta.db_table} WRITE, {LearnerDayItem._meta.db_table} WRITE")
        yield
        cursor.execute("UNLOCK TABLES")
    other.close()


@contextmanager
def locked_rows(course: Any) -> Iterator[None]:
    """Somebody else is in the midst of a long transaction over the same rows."""
    other = connect()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f"SELECT * FROM {LearnerDay._meta.db_table} FOR UPDATE")
        cursor.execute(f"SELECT * FROM {LearnerDayItem._meta.db_table} FOR UPDATE")
        yield
        cursor.execute("ROLLBACK")
    other.close()


def goals(learner: Any) -> str:
    return UserProfile.objects.get(user=learner).goals or ""


@pytest.mark.parametrize("is_mariadb", [True, False], ids=["mariadb", "as on MySQL"])
@pytest.mark.parametrize("lock", ["tables", "rows"])
def test_locks_of_others_cost_a_learner_seconds_and_nothing_else(
    lock, is_mariadb, backend, course, learner, client, monkeypatch
):
    monkeypatch.setattr(connection, "mysql_is_mariadb", is_mariadb)
    LearnerDay.objects.create(course_id=1, day=date(2020, 1, 1), user_id=1)
    with locked_tables() if lock == "tables" else locked_rows(course):
        for view, status in (("answer", 200), ("answer_and_fail", 500)):
            started = time.monotonic()
            assert client.post(answer_address(course, view)).status_code == status
            assert time.monotonic() - started < 2 * MOST_SECONDS  # the request itself is a visit, and then there is the answer
        assert goals(learner) == "answered"
        assert sum(backend.outages.lost.values()) >= 2
    with connection.cursor() as cursor:  # what the session waited for before, it waits for again
        cursor.execute("SELECT @@SESSION.lock_wait_timeout > 100, @@SESSION.innodb_lock_wait_timeout > 20")
        assert cursor.fetchone() == (1, 1)
    LearnerDay.objects.filter(course_id=1, day=date(2020, 1, 1)).delete()


def test_connection_lost_after_the_commit_changes_nothing(backend, course, learner):
    with transaction.atomic():
        UserProfile.objects.filter(user=learner).update(goals="kept")
        transaction.on_commit(lose_connection)
        backend.send(event(course, learner.pk))
    assert sum(backend.outages.lost.values()) == 1
    connection.close()
    assert goals(learner) == "kept"
    backend.send(event(course, learner.pk))
    assert not backend.outages.lost
    assert LearnerDay.objects.filter(user_id=learner.pk).count() == 1


def test_events_are_counted_as_lost_while_the_database_is_away(backend, course, learner, monkeypatch):
    """As for the request's own event, which comes before any transaction."""
    connection.close()
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "PORT", "1")
        for _ in range(5):
            backend.send(event(course, learner.pk))
        assert backend.outages.is_pausing
        assert sum(backend.outages.lost.values()) == 5
        with pytest.raises(OperationalError):
            LearnerDay.objects.exists()
    assert not LearnerDay.objects.filter(user_id=learner.pk).exists()


def test_request_on_a_lost_connection_ends_as_without_us(backend, course, client):
    def status_on_a_lost_connection() -> int:
        lose_connection()
        status: int = client.get(f"/courses/{course.key}/nowhere").status_code
        connection.close()
        return status

    ours = tracker.get_tracker()
    with_us = status_on_a_lost_connection()
    others = {name: backend for name, backend in ours.backends.items() if name != NAME}
    tracker.register_tracker(Tracker(others, ours.context_locator))
    assert status_on_a_lost_connection() == with_us


def test_many_at_once_lose_nothing(course):
    """Each thread is a process of the LMS: its own backend, its own connection; all of them see the same learners."""
    learners, errors, backends = range(9_000_000, 9_000_040), [], []
    RecordedDay.objects.all().delete()

    def serve(number: int) -> None:
        backend = EngagementBackend()
        backends.append(backend)
        try:
            for round_ in range(5):
                for user_id in learners if number % 2 else reversed(learners):
                    backend.send(event(course, user_id, data={"id": f"v{round_}"}))
                    page = {"new": round_, "by": number}
                    backend.send(event(course, user_id, "book", page))
                    answer = {"problem_id": f"p{round_}", "success": ("incorrect", "correct")[number % 2], "by": number}
                    backend.send(event(course, user_id, "problem_check", answer))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=serve, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert errors == []
    lost = sum(sum(backend.outages.lost.values()) for backend in backends) + sum(
        RecordedDay.objects.values_list("lost", flat=True)
    )
    today = datetime.now(UTC).date()
    rows = list(store.counts(course.key, first=today - timedelta(days=1), last=today, users=range(9_000_000, 9_000_040)))
    assert lost == 0
    assert {(row.videos, row.pages, row.problem_attempts, row.problems_correct) for row in rows} == {(5, 30, 30, 5)}
    assert len(rows) == len(learners)
    latest = LastAnswers.objects.filter(user_id__in=learners).values_list("user_id", "tried", "solved")
    assert all(today - tried <= timedelta(days=1) and today - solved <= timedelta(days=1) for _user_id, tried, solved in latest)
    assert len(latest) == len(learners)


@pytest.fixture
def log(course: Any, tmp_path: Path) -> Path:
    """A tracking log of 60,000 pages that learners turned, each of which counts."""
    ids = [factories.make_learner(course.key).pk for _ in range(20)]
    start = datetime(2026, 1, 5, tzinfo=UTC)
    path = tmp_path / "tracking.log"
    with path.open("w") as file:
        for number in range(60_000):
            context = {"course_id": str(course.key), "user_id": ids[number % len(ids)]}
            time_ = (start + timedelta(seconds=number * 20)).isoformat()
            made = {"event_type": "book", "event": f'{{"new": {number}}}', "username": "x", "time": time_, "context": context}
            file.write(json.dumps(made) + "\n")
    return path


def pages(course: Any) -> int:
    return LearnerDayItem.objects.filter(course__course_id=course.key, kind=Kind.PAGE).count()


def start_import(log: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "django", "learner_data_import_tracking_log", str(log), "--verbosity", "2"]
    return subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True)


def test_import_that_is_killed_loses_nothing_that_it_reported(course, log):
    reported = 0
    with start_import(log) as process:
        for line in process.stdout or ():
            if told := re.search(r": ([\d,]+) lines imported", line):
                reported = int(told[1].replace(",", ""))
                break
        process.kill()
    assert 0 < reported < 60_000
    assert reported <= pages(course) < 60_000

    with start_import(log) as process:
        output, _nothing = process.communicate(timeout=120)
    assert "60,000 lines, 60,000 events that count, 0 broken lines." in output
    assert pages(course) == 60_000


def test_item_takes_at_most_110_bytes(course, log):
    with start_import(log) as process:
        process.communicate(timeout=120)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE TABLE {LearnerDayItem._meta.db_table}")
        cursor.fetchall()
        cursor.execute(
            "SELECT data_length + index_length FROM information_schema.tables "
            "WHERE table_schema = DATABASE() AND table_name = %s",
            [LearnerDayItem._meta.db_table],
        )
        (size,) = cursor.fetchone()
    extents = 2 * 2**20  # rows and index each grow by a megabyte, of which the last is not filled
    assert (size - extents) / LearnerDayItem.objects.count() <= 110
