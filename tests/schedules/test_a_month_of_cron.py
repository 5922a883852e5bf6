"""A month of cron as it is: late, twice, missed, on two hosts; each due time is made once, and told once."""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from common.djangoapps.student.models import CourseEnrollment
from django.core import mail

from learner_data_plugin import api
from learner_data_plugin.data import Actor
from learner_data_plugin.models import ReportFile, ScheduleOccurrence
from learner_data_plugin.reports import report_store

from .. import factories

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


def days_of(schedule, *states):
    return list(schedule.occurrences.filter(state__in=states).order_by("day").values_list("day", flat=True))


def all_days():
    return [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]


def download_all(course_key, instructor):
    """So that nothing is paused for want of readers."""
    by = Actor(instructor.pk, instructor.username)
    for report in api.list_reports(course_key)[:1]:
        api.open_report(course_key, report.name, by=by)[1].close()


def hours_of_cron(seed):
    """Thrice a day, some late, some twice, and some left out: among them two whole days."""
    chance = random.Random(seed)
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    while moment < datetime(2026, 4, 1, tzinfo=UTC):
        if moment.date() not in (date(2026, 3, 10), date(2026, 3, 11)) and chance.random() > 0.3:
            late = moment + timedelta(minutes=chance.choice([0, 0, 0, 1, 59]))
            yield from [late] * chance.choice([1, 1, 2])
        moment += timedelta(hours=8)


@pytest.mark.parametrize("seed", [1])
def test_each_due_day_of_a_report_of_days_is_made_once_also_those_that_were_missed(
    course_key, instructor, add_schedule, at, seed
):
    factories.make_learner(course_key)
    CourseEnrollment.history.update(history_date=datetime(2026, 1, 1, tzinfo=UTC))
    daily = add_schedule("engagement_daily")

    for moment in sorted(hours_of_cron(seed)):
        at(moment, partial(download_all, course_key, instructor))
    at(datetime(2026, 3, 31, 23, tzinfo=UTC))

    assert days_of(daily, "done") == all_days() == days_of(daily, "done", "missed", "failed", "waiting")
    dates = []
    for file in ReportFile.objects.filter(course_id=course_key):
        with report_store.open_file(file) as content:
            dates += [row["Date"] for row in csv.DictReader(io.StringIO(content.read().decode()))]
    assert sorted(dates) == [str(day - timedelta(days=1)) for day in all_days()]
    assert len(mail.outbox) == 31


@pytest.mark.parametrize("seed", [3])
def test_of_a_report_as_of_now_one_is_made_for_the_days_that_were_missed(course_key, instructor, add_schedule, at, seed):
    factories.make_learner(course_key)
    daily = add_schedule("profile")

    for moment in sorted(hours_of_cron(seed)):
        at(moment, partial(download_all, course_key, instructor))
    at(datetime(2026, 3, 31, 23, tzinfo=UTC))

    assert days_of(daily, "done", "missed") == all_days()
    assert {date(2026, 3, 10), date(2026, 3, 11)} >= set(days_of(daily, "missed")) - set(days_of(daily, "done"))
    assert date(2026, 3, 10) in days_of(daily, "missed")
    made = len(days_of(daily, "done"))
    assert made == ReportFile.objects.filter(course_id=course_key).count() == len(mail.outbox)


def test_weekly_and_monthly_ones_are_made_on_mondays_and_on_the_first(course_key, instructor, add_schedule, at):
    weekly, monthly = add_schedule("engagement_weekly", "week"), add_schedule("profile", "month", changes=True)

    for day in [*all_days(), date(2026, 4, 1)]:
        at(datetime(day.year, day.month, day.day, 5, tzinfo=UTC))

    assert days_of(weekly, "done") == [date(2026, 3, day) for day in (2, 9, 16, 23, 30)]
    assert days_of(monthly, "done") == [FIRST, date(2026, 4, 1)]
    names = sorted(file.name[-14:-4] for file in ReportFile.objects.filter(run__report="engagement_weekly"))
    assert names == ["2026-03-01", "2026-03-08", "2026-03-15", "2026-03-22", "2026-03-29"]
    [difference] = ReportFile.objects.filter(run__report="changes")
    assert difference.numbers == {"joined": 0, "left": 0, "changed": 0}


def test_two_schedules_of_one_report_take_turns_in_its_place(course_key, instructor, add_schedule, at):
    one, other = add_schedule("profile"), add_schedule("profile", selection={"enrollment_mode": "verified"}, file_format="xlsx")

    at(datetime(2026, 3, 1, 5, tzinfo=UTC))

    assert days_of(one, "done") == days_of(other, "done") == [FIRST]
    assert {file.run.file_format for file in ReportFile.objects.select_related("run")} == {"csv", "xlsx"}


def test_nothing_is_due_before_its_hour(course_key, add_schedule, at):
    daily = add_schedule("profile")

    at(datetime(2026, 3, 1, 3, 59, tzinfo=UTC))
    assert not ScheduleOccurrence.objects.exists()

    at(datetime(2026, 3, 1, 4, 0, tzinfo=UTC))
    assert days_of(daily, "done") == [FIRST]
