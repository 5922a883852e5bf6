from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from learner_data_plugin.engagement import coverage, forgetting
from learner_data_plugin.engagement.batch import Batch
from learner_data_plugin.engagement.facts import Facts, Kind
from learner_data_plugin.engagement.writing import Writer
from learner_data_plugin.models import NEVER, EngagementCourse, LastAnswers, LearnerDay, LearnerDayItem
from learner_data_plugin.privacy import retention
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
LIMIT = date(2026, 3, 1)


@pytest.fixture
def org(course_key: Any) -> str:
    """Its site keeps what learners did for 30 days."""
    factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"ENGAGEMENT_RETENTION_DAYS": 30})
    return course_key.org


def write(course_key: Any, *days: date, users: Any = (7,), kind: Kind = Kind.VIDEO) -> None:
    batch = Batch()
    for day in days:
        for user_id in users:
            batch.add(Facts(user_id, "x", str(course_key), day, 1, kind, "v"))
    Writer().write(batch)


def left(model: Any) -> list[Any]:
    return sorted(model.objects.values_list("course__course_id", "day", "user_id"))


@pytest.mark.usefixtures("org")
def test_days_older_than_the_site_keeps_them_go(course_key):
    other = factories.make_course(org="ElsewhereX")
    days = [LIMIT - timedelta(days=1), LIMIT, NOW.date()]
    for course in (course_key, other):
        write(course, *days, users=(7, 8))
    assert forgetting.forget_old_days(NOW) == 1
    kept = sorted(
        [(course_key, day, user) for day in days[1:] for user in (7, 8)]
        + [(other, day, user) for day in days for user in (7, 8)]
    )
    assert left(LearnerDay) == left(LearnerDayItem) == kept
    assert forgetting.forget_old_days(NOW) == 0


@pytest.mark.usefixtures("org")
def test_days_that_went_are_not_known_any_more(course_key):
    write(course_key, LIMIT)
    coverage.enter_import(LIMIT - timedelta(days=2), LIMIT + timedelta(days=1))
    forgetting.forget_old_days(NOW)
    known = coverage.known_days(course_key, first=LIMIT - timedelta(days=2), last=LIMIT + timedelta(days=1))
    assert [day for day, known in known.items() if known.is_complete] == [LIMIT, LIMIT + timedelta(days=1)]


@freeze_time(NOW)
def test_last_answers_of_a_learner_are_forgotten(course_key):
    write(course_key, NOW.date(), users=(7, 8), kind=Kind.PROBLEM_TRIED)
    forgetting.forget_learner(7)
    assert [row.user_id for row in LastAnswers.objects.all()] == [8]


def test_last_answers_go_when_nobody_asks_for_them_any_more(course_key):
    with freeze_time(NOW):
        for user_id, tried, solved in ((7, 13, 13), (8, 13, 12), (9, 12, 13)):
            write(course_key, NOW.date() - timedelta(days=tried), users=[user_id], kind=Kind.PROBLEM_TRIED)
            write(course_key, NOW.date() - timedelta(days=solved), users=[user_id], kind=Kind.PROBLEM_SOLVED)
        retention.remove_expired(now=NOW)
        assert LastAnswers.objects.count() == 3
    with freeze_time(NOW + timedelta(days=1)):
        retention.remove_expired(now=NOW)
    assert sorted(LastAnswers.objects.values_list("user_id", flat=True)) == [8, 9]


@freeze_time(NOW)
def test_last_answers_are_kept_no_longer_than_the_rest(course_key):
    factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"ENGAGEMENT_RETENTION_DAYS": 5})
    today = NOW.date()
    for user_id, tried, solved in ((7, 5, 6), (8, 6, 5), (9, 6, 6)):
        write(course_key, today - timedelta(days=tried), users=[user_id], kind=Kind.PROBLEM_TRIED)
        write(course_key, today - timedelta(days=solved), users=[user_id], kind=Kind.PROBLEM_SOLVED)
    forgetting.forget_old_days(NOW)
    kept = today - timedelta(days=5)
    rows = LastAnswers.objects.order_by("user_id").values_list("user_id", "tried", "solved")
    assert list(rows) == [(7, kept, NEVER), (8, NEVER, kept)]


def test_nothing_goes_where_it_is_kept_for_ever(course_key):
    factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"ENGAGEMENT_RETENTION_DAYS": 0})
    write(course_key, date(2001, 1, 1))
    assert forgetting.forget_old_days(NOW) == 0
    assert EngagementCourse.objects.get().forgotten_before is None


def test_retention_is_part_of_the_nightly_job(course_key):
    write(course_key, date(2001, 1, 1), NOW.date())
    assert retention.remove_expired(now=NOW).learner_days == 1
    assert LearnerDay.objects.count() == 1


def test_nightly_job_is_a_sign_that_recording_runs(settings):
    retention.remove_expired()
    assert coverage.RecordedDay.objects.get().hours
    coverage.RecordedDay.objects.all().delete()
    settings.EVENT_TRACKING_BACKENDS = {}
    retention.remove_expired()
    assert not coverage.RecordedDay.objects.exists()


def test_learner_is_forgotten_in_all_courses(course_key):
    other = factories.make_course()
    days = [NOW.date() - timedelta(days=place) for place in range(250)]
    for course in (course_key, other):
        write(course, *days, users=(7, 8))
    assert forgetting.forget_learner(7) == 500
    assert {user for _course, _day, user in left(LearnerDay) + left(LearnerDayItem)} == {8}
    assert LearnerDayItem.objects.count() == 500
    assert forgetting.forget_learner(7) == 0
