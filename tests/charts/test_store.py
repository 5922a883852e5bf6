"""The stored numbers of a course, and when they are refreshed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from common.djangoapps.student.models import CourseEnrollment, UserProfile
from django.utils import timezone
from freezegun import freeze_time
from lms.djangoapps.course_goals.models import UserActivity

from learner_data_plugin import api
from learner_data_plugin.charts import aggregates, store
from learner_data_plugin.charts.aggregates import Aggregates
from learner_data_plugin.models import CourseAggregates
from tests import factories


def exact(course_key):
    return store.read(course_key, safe=False).numbers


def shown(course_key):
    stored = store.read(course_key, safe=True)
    return stored.as_of, stored.numbers


def leave(user_ids):
    CourseEnrollment.objects.filter(user_id__in=user_ids).update(is_active=False)


class TestCounting:
    def test_counts_everyone_who_is_enrolled_and_the_days_of_those_who_left(self, course_key):
        ids = factories.make_learners(course_key, 30, mode="verified")
        UserProfile.objects.filter(user_id__in=ids[:12]).update(gender="f", country="FR", year_of_birth=2000)
        CourseEnrollment.objects.filter(user_id__in=ids).update(created=datetime(2026, 3, 4, 23, 59, tzinfo=UTC))
        CourseEnrollment.objects.filter(user_id=ids[0]).update(created=None)
        leave(ids[28:])
        factories.make_learners(factories.make_course(), 7)

        counted, membership = aggregates.count(course_key, after=0)

        assert counted.enrolled == 28
        assert counted.groups["gender"] == {"f": 12, "not_reported": 16}
        assert counted.groups["country"] == {"FR": 12, "not_reported": 16}
        assert counted.groups["enrollment_track"] == {"verified": 28}
        assert sum(counted.groups["age"].values()) == 28
        assert counted.days == {"": 1, "2026-03-04": 27}
        assert counted.left == {"2026-03-04": 2}
        assert (membership.earlier, membership.newer) == (0, 28)
        assert membership.last_enrollment == CourseEnrollment.objects.filter(course_id=course_key).latest("id").pk

    def test_tells_earlier_enrollments_from_newer_ones(self, course_key):
        factories.make_learners(course_key, 5)
        last = CourseEnrollment.objects.latest("id").pk
        leave(factories.make_learners(course_key, 4)[:1])
        _counted, membership = aggregates.count(course_key, after=last)
        assert (membership.earlier, membership.newer) == (5, 3)

    def test_a_course_without_anybody(self, course_key):
        counted, membership = aggregates.count(course_key, after=0)
        assert (counted.enrolled, counted.days, membership.last_enrollment) == (0, {}, 0)

    @pytest.mark.parametrize("learners", [15, 300])
    def test_the_course_is_read_with_few_queries_for_all_charts(self, course_key, django_assert_max_num_queries, learners):
        ids = factories.make_learners(course_key, learners)
        UserActivity.objects.create(user_id=ids[0], course_key=course_key, date=date.today())
        aggregates.count(course_key, after=0)  # counts the weeks, which are kept
        with django_assert_max_num_queries(2 + 10):
            aggregates.count(course_key, after=0)

    def test_is_stored_as_it_is(self, course_key):
        factories.make_learners(course_key, 30)
        counted, _membership = aggregates.count(course_key, after=0)
        assert Aggregates.from_json(json.loads(json.dumps(counted.as_json()))) == counted


class TestRefresh:
    def test_stores_exact_and_shareable_numbers(self, course_key):
        assert store.read(course_key, safe=False) is None
        factories.make_learners(course_key, 30)
        store.refresh(course_key)
        assert exact(course_key).enrolled == 30
        as_of, numbers = shown(course_key)
        assert abs(numbers.enrolled - 30) <= 3
        assert timezone.now() - as_of < timedelta(minutes=1)
        assert store.read(course_key, safe=True).is_refreshing is False

    def test_one_who_joins_changes_the_exact_numbers_alone(self, course_key):
        factories.make_learners(course_key, 150)
        with freeze_time("2026-06-01"):
            store.refresh(course_key)
            before = shown(course_key)
        factories.make_learners(course_key, 1)
        with freeze_time("2026-06-20"):
            store.refresh(course_key)
        assert exact(course_key).enrolled == 151
        assert shown(course_key) == before

    def test_a_learner_who_changes_an_answer_changes_nothing_that_is_shared(self, course_key):
        ids = factories.make_learners(course_key, 150)
        store.refresh(course_key)
        before = shown(course_key)
        UserProfile.objects.filter(user_id__in=ids[:75]).update(gender="f")
        with freeze_time(timezone.now() + timedelta(days=400)):
            store.refresh(course_key)
            assert exact(course_key).groups["gender"]["f"] == 75
            assert shown(course_key) == before

    def test_ten_who_join_or_leave_make_new_numbers_but_not_within_a_day(self, course_key):
        ids = factories.make_learners(course_key, 150)
        with freeze_time("2026-06-01 12:00"):
            store.refresh(course_key)
            before = shown(course_key)
        leave(ids[:5])
        factories.make_learners(course_key, 5)
        with freeze_time("2026-06-02 11:59"):
            store.refresh(course_key)
            assert shown(course_key) == before
        with freeze_time("2026-06-02 12:00"):
            store.refresh(course_key)
            as_of, _numbers = shown(course_key)
            assert as_of == datetime(2026, 6, 2, 12, tzinfo=UTC)

    def test_an_older_count_does_not_replace_a_newer_one(self, course_key):
        factories.make_learners(course_key, 3)
        with freeze_time("2026-06-02"):
            store.refresh(course_key)
        factories.make_learners(course_key, 3)
        with freeze_time("2026-06-01"):
            store.refresh(course_key)
        assert exact(course_key).enrolled == 3

    def test_the_row_holds_only_what_may_be_published_of_the_snapshot(self, course_key):
        ids = factories.make_learners(course_key, 63)
        UserProfile.objects.filter(user_id__in=ids[:3]).update(gender="o")
        store.refresh(course_key)
        stored = CourseAggregates.objects.get(course_id=course_key).shareable
        assert set(stored["numbers"]["groups"]["gender"]) == {"not_reported"}

    @pytest.mark.parametrize("learners", [15, 300])
    def test_takes_few_queries_however_many_learners_there_are(self, course_key, django_assert_max_num_queries, learners):
        factories.make_learners(course_key, learners)
        store.refresh(course_key)
        with django_assert_max_num_queries(27):
            store.refresh(course_key)


class TestAfterAnUpgrade:
    def test_numbers_in_another_format_are_as_if_they_were_not_there(self, course_key):
        factories.make_learners(course_key, 30)
        store.refresh(course_key)
        row = CourseAggregates.objects.get(course_id=course_key)
        before = shown(course_key)
        for field in ("exact", "shareable"):
            setattr(row, field, {"format": 0, "counts": []})
        row.save()
        assert store.read(course_key, safe=False) is store.read(course_key, safe=True) is None
        store.refresh(course_key)
        assert exact(course_key).enrolled == 30
        assert shown(course_key)[1] == before[1]


class TestLargeCourses:
    """What is known of them without reading them; only where it was counted in the last hour."""

    def test_number_of_learners(self, course_key):
        factories.make_learners(course_key, 30)
        assert store.count_in_large_course(course_key, least=30) is None
        store.refresh(course_key)
        assert store.count_in_large_course(course_key, least=30) == 30
        assert store.count_in_large_course(course_key, least=31) is None
        with freeze_time(timezone.now() + timedelta(minutes=61)):
            assert store.count_in_large_course(course_key, least=30) is None

    def test_tracks(self, course_key):
        factories.make_learners(course_key, store.SMALL_COURSE - 1)
        store.refresh(course_key)
        assert store.tracks_of_large_course(course_key) is None
        factories.make_learners(course_key, 1, mode="verified")
        store.refresh(course_key)
        assert set(store.tracks_of_large_course(course_key)) == {"audit", "verified"}
        assert api.list_filters(course_key, columns=["enrollment_mode"]) == {"enrollment_mode": ["audit", "verified"]}
        assert api.list_filters(course_key, columns=["username"]) == {}


class TestClaims:
    def test_one_at_a_time(self, course_key):
        assert store.claim_refresh(course_key)
        assert not store.claim_refresh(course_key)
        store.refresh(course_key)
        assert store.claim_refresh(course_key)
        assert store.read(course_key, safe=False).is_refreshing
        store.release_refresh(course_key)
        assert store.claim_refresh(course_key)

    def test_a_lost_one_does_not_stand_in_the_way(self, course_key):
        store.claim_refresh(course_key)
        with freeze_time(timezone.now() + timedelta(seconds=301)):
            assert store.claim_refresh(course_key)

    def test_numbers_are_old_after_some_minutes(self, course_key):
        store.refresh(course_key)
        assert not store.read(course_key, safe=False).is_old
        with freeze_time(timezone.now() + timedelta(minutes=6)):
            assert store.read(course_key, safe=False).is_old
            assert store.read(course_key, safe=True).is_old
