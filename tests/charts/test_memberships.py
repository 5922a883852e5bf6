"""Who left when, who has not come, and the median age."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from common.djangoapps.student.models import CourseEnrollment, UserProfile
from django.utils import timezone
from freezegun import freeze_time
from lms.djangoapps.course_goals.models import UserActivity

from learner_data_plugin.charts import memberships
from learner_data_plugin.charts.memberships import Memberships
from learner_data_plugin.data import Selection
from tests import factories


def change(user_id, course_key, *, is_active, on):
    with freeze_time(on):
        enrollment = CourseEnrollment.objects.get(user_id=user_id, course_id=course_key)
        enrollment.is_active = is_active
        enrollment.save()


class TestDeparted:
    def test_by_the_day_of_the_last_change_to_not_enrolled(self, course_key):
        with freeze_time("2026-03-01 12:00"):
            stayed, left, came_back, left_twice, touched = (factories.make_learner(course_key).pk for _ in range(5))
        change(left, course_key, is_active=False, on="2026-03-04 23:59")
        change(came_back, course_key, is_active=False, on="2026-03-05")
        change(came_back, course_key, is_active=True, on="2026-03-06")
        change(left_twice, course_key, is_active=False, on="2026-03-05")
        change(left_twice, course_key, is_active=True, on="2026-03-06")
        change(left_twice, course_key, is_active=False, on="2026-03-09")
        change(touched, course_key, is_active=False, on="2026-03-05")
        change(touched, course_key, is_active=False, on="2026-03-20")
        change(stayed, course_key, is_active=True, on="2026-03-07")

        assert memberships.count(course_key).departed == {"2026-03-04": 1, "2026-03-09": 1, "2026-03-05": 1}

    def test_without_a_history_the_day_is_not_known(self, course_key):
        user = factories.make_learner(course_key)
        CourseEnrollment.objects.filter(user_id=user.pk).update(is_active=False)
        CourseEnrollment.history.all().delete()

        assert memberships.count(course_key).departed == {"": 1}

    def test_of_a_track_alone(self, course_key):
        ids = [factories.make_learner(course_key).pk, *factories.make_learners(course_key, 1, mode="verified")]
        for user_id in ids:
            change(user_id, course_key, is_active=False, on="2026-03-04")

        assert memberships.count(course_key, Selection(enrollment_mode="verified")).departed == {"2026-03-04": 1}


class TestActivity:
    def test_as_many_as_the_presets_of_the_table(self, course_key):
        ids = factories.make_learners(course_key, 5)
        UserActivity.objects.create(user_id=ids[0], course_key=course_key, date=date.today())
        UserActivity.objects.create(user_id=ids[1], course_key=course_key, date=date.today() - timedelta(days=20))

        assert memberships.count(course_key).activity == {"never": 3, "inactive_14": 4, "struggling": 0}

    def test_retired_accounts_are_not_listed_and_not_counted(self, course_key):
        factories.make_learners(course_key, 2)
        factories.retire(factories.make_learner(course_key))

        assert memberships.count(course_key).activity["never"] == 2


@pytest.mark.parametrize(
    ("ages", "median"), [([], None), ([20], 20), ([20, 30], 25), ([20, 30, 90], 30), ([18] * 6 + [40] * 6, 29)]
)
def test_median_age(course_key, ages, median):
    ids = factories.make_learners(course_key, len(ages) + 1)
    for user_id, age in zip(ids, ages, strict=False):
        UserProfile.objects.filter(user_id=user_id).update(year_of_birth=datetime.now(UTC).year - age)
    UserProfile.objects.filter(user_id=ids[-1]).update(year_of_birth=1066)

    assert memberships.count(course_key).median_age == median


def test_is_stored_as_it_is(course_key):
    change(factories.make_learner(course_key).pk, course_key, is_active=False, on=timezone.now())
    counted = memberships.count(course_key)
    assert Memberships.from_json(json.loads(json.dumps(counted.as_json()))) == counted
    assert Memberships.from_json(None) is None


def test_within_the_last_days():
    days = {"2026-03-01": 1, "2026-03-02": 2, "2026-03-08": 4, "2026-03-09": 8, "": 16}
    assert memberships.within(days, last=date(2026, 3, 8), number=7) == 6
