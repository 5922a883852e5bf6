"""Doing a transaction again that the database ended in favor of another one."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, OperationalError, transaction

from learner_data_plugin.charts import store
from learner_data_plugin.models import CourseAggregates, EngagementWeek
from learner_data_plugin.platform import deadlocks
from learner_data_plugin.platform.deadlocks import retry_on_deadlock
from tests import factories

DEADLOCKS = [
    OperationalError(1213, "Deadlock found when trying to get lock; try restarting transaction"),
    OperationalError(1205, "Lock wait timeout exceeded; try restarting transaction"),
    OperationalError("database is locked"),
    OperationalError("database table is locked: x"),
]


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    waited = []
    monkeypatch.setattr(deadlocks.time, "sleep", waited.append)
    return waited


def failing(error, times):
    tried = []

    def work():
        tried.append(True)
        if len(tried) <= times:
            raise error
        return "done"

    work.tried = tried
    return work


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("error", DEADLOCKS)
@pytest.mark.parametrize("times", [0, 1, 7])
def test_is_tried_again_until_it_succeeds(error, times, waits):
    work = failing(error, times)
    assert retry_on_deadlock(work) == "done"
    assert len(work.tried) == times + 1
    assert len(waits) == times


def test_is_given_up_after_eight_times():
    work = failing(DEADLOCKS[0], 100)
    with pytest.raises(OperationalError):
        retry_on_deadlock(work)
    assert len(work.tried) == 8


@pytest.mark.parametrize(
    "error",
    [
        OperationalError(2006, "MySQL server has gone away"),
        OperationalError("no such table: x"),
        OperationalError(),
        IntegrityError(1213),
    ],
)
def test_other_errors_are_raised_at_once(error):
    work = failing(error, 1)
    with pytest.raises(type(error)):
        retry_on_deadlock(work)
    assert len(work.tried) == 1


def test_nothing_is_tried_again_inside_another_transaction():
    work = failing(DEADLOCKS[0], 1)
    with pytest.raises(OperationalError), transaction.atomic():
        retry_on_deadlock(work)
    assert len(work.tried) == 1


def test_waits_grow_and_differ(waits):
    retry_on_deadlock(failing(DEADLOCKS[0], 7))
    assert all(0 <= wait <= 0.02 * 2**attempt for attempt, wait in enumerate(waits, 1))
    assert len(set(waits)) == len(waits)


def broken_once(monkeypatch, model, method):
    """Have the first call of a model's ``save`` end in a deadlock; returns the calls."""
    original, calls = getattr(model, method), []

    def once(self, *args, **kwargs):
        calls.append(self)
        if len(calls) == 1:
            raise DEADLOCKS[0]
        return original(self, *args, **kwargs)

    monkeypatch.setattr(model, method, once)
    return calls


@pytest.mark.parametrize("model", [EngagementWeek, CourseAggregates])
def test_counting_a_course_is_stored_again_after_a_deadlock(monkeypatch, model):
    course_key = factories.make_course()
    factories.make_learners(course_key, 3)
    store.refresh(course_key)
    EngagementWeek.objects.all().delete()
    calls = broken_once(monkeypatch, model, "save")
    store.refresh(course_key)
    assert len(calls) == 2
    assert EngagementWeek.objects.count() == 1
    assert CourseAggregates.objects.get(course_id=course_key).learners == 3
