"""The overview: its numbers, weeks, and who joined and left."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from common.djangoapps.student.models import CourseEnrollment, UserProfile
from lms.djangoapps.course_goals.models import UserActivity

from learner_data_plugin import api
from learner_data_plugin.charts import overview, store
from learner_data_plugin.data import Chart, ChartKind, ChartRow, Selection
from learner_data_plugin.exceptions import ChartNotFound, InvalidSelection
from tests import factories


def read(course_key, **options):
    store.refresh(course_key)
    return api.read_overview(course_key, **options)[1]


def monday(weeks_ago):
    today = datetime.now(UTC).date()
    return today - timedelta(days=today.weekday(), weeks=weeks_ago)


def join(ids, day):
    CourseEnrollment.objects.filter(user_id__in=ids).update(created=datetime.combine(day, datetime.min.time(), UTC))


def leave(ids, day):
    for enrollment in CourseEnrollment.objects.filter(user_id__in=ids):
        enrollment.is_active = False
        enrollment.save()
    CourseEnrollment.history.filter(user_id__in=ids, is_active=False).update(
        history_date=datetime.combine(day, datetime.min.time(), UTC)
    )


class TestNumbers:
    def test_at_a_glance(self, course_key):
        today = datetime.now(UTC).date()
        old, new, gone = (factories.make_learners(course_key, number) for number in (20, 5, 3))
        verified = factories.make_learners(course_key, 2, mode="verified")
        join([*old, *gone, *verified], today - timedelta(days=20))
        join(new, today - timedelta(days=2))
        leave(gone[:1], today - timedelta(days=1))
        leave(gone[1:], today - timedelta(days=15))
        for user_id, weeks in ((old[0], 1), (old[1], 1), (old[0], 2)):
            UserActivity.objects.create(user_id=user_id, course_key=course_key, date=monday(weeks))

        found = read(course_key)

        assert found.numbers == {
            "enrolled": 27, "ever_enrolled": 30, "joined_7": 5, "joined_30": 30, "left_7": 1, "left_30": 3,
            "active": 2, "active_before": 1, "verified": 2, "never": 25, "inactive_14": 25, "struggling": 0,
            "median_age": None,
        }  # fmt: skip
        assert found.week == monday(1).isoformat()
        assert [week.counts["active"] for week in found.weeks[-3:]] == [1, 2, None]
        assert [week.is_complete for week in found.weeks[-2:]] == [True, False]

    def test_of_a_course_without_anybody(self, course_key):
        found = read(course_key)
        assert (found.numbers["enrolled"], found.numbers["active"], found.members) == (0, None, ())

    def test_what_is_safe_to_share_has_only_what_is_published_elsewhere(self, course_key):
        factories.make_learners(course_key, 60)
        factories.make_learners(course_key, 30, mode="verified")
        found = read(course_key, safe=True)
        assert set(found.numbers) == {"enrolled", "active", "active_before", "verified"}
        shareable = store.read(course_key, safe=True).numbers
        assert found.numbers["enrolled"] == shareable.enrolled
        assert found.numbers["verified"] == shareable.groups["enrollment_track"]["verified"]
        assert [(period.joined, period.left, period.enrolled) for period in found.members] == [
            (period.count, None, period.total) for period in shareable.periods
        ]

    def test_private_columns_have_no_numbers(self, course_key):
        factories.make_learners(course_key, 5, mode="verified")
        private = ["enrollment_mode", "enrollment_date", "year_of_birth"]
        factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"PRIVATE_COLUMNS": private})
        found = read(course_key)
        assert found.numbers["verified"] is None
        assert not {"joined_7", "left_7", "ever_enrolled", "median_age"} & set(found.numbers)
        assert found.members == ()

    @pytest.mark.parametrize(
        ("private", "kept"), [("last_active", set()), ("problems_tried", {"never", "inactive_14"})]
    )
    def test_nor_are_those_counted_whom_a_private_column_would_tell(self, course_key, private, kept):
        factories.make_learners(course_key, 5)
        assert {"never", "inactive_14", "struggling"} <= set(read(course_key).numbers)
        factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"PRIVATE_COLUMNS": [private]})
        assert set(read(course_key).numbers) & {"never", "inactive_14", "struggling"} == kept

    def test_numbers_of_an_earlier_release_are_counted_anew(self, course_key, settings):
        factories.make_learners(course_key, 5)
        store.refresh(course_key)
        row = store.CourseAggregates.objects.get(course_id=course_key)
        del row.exact["memberships"]
        row.save()
        stored = store.read(course_key, safe=False)
        assert (stored.is_old, stored.memberships) == (True, None)
        assert overview.describe(course_key, stored).numbers["enrolled"] == 5


class TestMembers:
    def test_who_joined_left_and_was_there_at_the_end_of_each_week(self, course_key):
        first, second = factories.make_learners(course_key, 10), factories.make_learners(course_key, 4)
        join(first, date(2026, 3, 2))
        join(second, date(2026, 3, 11))
        leave(first[:3], date(2026, 3, 12))
        leave(second[:1], date(2026, 3, 23))

        weeks = [(week.first, week.joined, week.left, week.enrolled) for week in read(course_key).members]

        assert weeks == [
            ("2026-03-02", 10, 0, 10), ("2026-03-09", 4, 3, 11), ("2026-03-16", 0, 0, 11), ("2026-03-23", 0, 1, 10),
        ]  # fmt: skip

    def test_ends_at_the_number_enrolled_also_where_it_is_not_known_when_some_left(self, course_key):
        ids = factories.make_learners(course_key, 10)
        join(ids[:8], date(2026, 3, 2))
        join(ids[8:], date(2026, 3, 9))
        CourseEnrollment.objects.filter(user_id__in=ids[:2]).update(is_active=False)
        CourseEnrollment.history.filter(user_id__in=ids[:2]).delete()
        found = read(course_key)
        assert found.left_unknown == 2
        assert [week.enrolled for week in found.members] == [6, 8]


class TestSelection:
    @pytest.mark.django_db
    def test_counts_a_cohort(self):
        course_key = factories.make_course(cohorts=True)
        users = [factories.make_learner(course_key) for _ in range(6)]
        factories.make_cohort(course_key, "Blue", users[:4])
        found = read(course_key, selection=Selection(cohort="Blue"))
        assert (found.numbers["enrolled"], found.numbers["never"], found.weeks) == (4, 4, ())

    def test_counts_a_track_with_those_who_left_it(self, course_key):
        factories.make_learners(course_key, 3)
        ids = factories.make_learners(course_key, 5, mode="verified")
        leave(ids[:2], datetime.now(UTC).date())
        found = read(course_key, selection=Selection(enrollment_mode="verified"))
        assert (found.numbers["enrolled"], found.numbers["left_7"], found.numbers["ever_enrolled"]) == (3, 2, 5)

    def test_not_in_very_large_courses(self, course_key, monkeypatch):
        monkeypatch.setattr(api, "COUNTED_ON_REQUEST", 3)
        factories.make_learners(course_key, 4)
        with pytest.raises(InvalidSelection):
            read(course_key, selection=Selection(cohort="Blue"))

    def test_by_no_private_column(self, course_key):
        factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"PRIVATE_COLUMNS": ["cohort"]})
        factories.make_learners(course_key, 4)
        with pytest.raises(InvalidSelection):
            read(course_key, selection=Selection(cohort="Blue"))


class TestFiles:
    def test_weeks_and_members(self, course_key):
        ids = factories.make_learners(course_key, 4)
        join(ids, date(2026, 3, 2))
        UserActivity.objects.create(user_id=ids[0], course_key=course_key, date=monday(1))
        store.refresh(course_key)
        assert rows(course_key, "joined_and_left") == [
            ["first_day", "last_day", "joined", "left", "enrolled"], ["2026-03-02", "2026-03-08", "4", "0", "4"],
        ]  # fmt: skip
        header, *weeks = rows(course_key, "weekly_activity")
        assert header == ["week", "active", "watched_video", "tried_problem", "discussed"]
        assert [monday(1).isoformat(), "1", "", "", "0"] in [[*week[:2], *week[2:4], week[4] or "0"] for week in weeks]

    def test_a_course_without_anybody(self, course_key):
        assert rows(course_key, "joined_and_left") == [["first_day", "last_day", "joined", "left", "enrolled"]]

    @pytest.mark.django_db
    def test_of_a_cohort(self):
        course_key = factories.make_course(cohorts=True)
        users = [factories.make_learner(course_key) for _ in range(6)]
        factories.make_cohort(course_key, "Blue", users[:4])
        selection = Selection(cohort="Blue")
        assert rows(course_key, "joined_and_left", selection=selection)[1][2:] == ["4", "0", "4"]
        assert rows(course_key, "gender", selection=selection)[1][2] == "4"

    def test_not_of_a_private_column(self, course_key):
        factories.make_learners(course_key, 4)
        factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"PRIVATE_COLUMNS": ["enrollment_date"]})
        with pytest.raises(ChartNotFound):
            rows(course_key, "joined_and_left")


def rows(course_key, name, **options):
    content = api.open_overview_csv(course_key, name, **options).read().decode()
    return list(csv.reader(io.StringIO(content, newline="")))


@pytest.mark.parametrize(
    ("counts", "median"), [([], ""), ([5], "a"), ([1, 5], "b"), ([3, 3, 1], "b"), ([4, 1, 1], "a"), ([2, 2], "a")]
)
def test_median_band(counts, median):
    groups = [ChartRow(label, label, count, None) for label, count in zip("abc", counts, strict=False)]
    unanswered = ChartRow("not_reported", "Not reported", 90, None, muted=True)
    assert overview.median_band(Chart("age", "", "", ChartKind.BARS, (*groups, unanswered))) == median


def test_ages_are_told_by_their_groups(course_key):
    ids = factories.make_learners(course_key, 3)
    UserProfile.objects.filter(user_id__in=ids).update(year_of_birth=datetime.now(UTC).year - 30)
    assert read(course_key).numbers["median_age"] == 30
