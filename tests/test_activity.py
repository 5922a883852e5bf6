"""When learners joined, and how many were active."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from common.djangoapps.student.models import CourseEnrollment
from completion.models import BlockCompletion
from freezegun import freeze_time
from lms.djangoapps.course_goals.models import UserActivity
from lms.djangoapps.courseware.models import StudentModule

from learner_data_plugin import activity

from . import factories

# A Wednesday; its week began on the 15th.
TODAY = "2026-06-17 12:00:00"


def note_activity(course_key: Any, user_ids: Sequence[int], day: date) -> None:
    UserActivity.objects.bulk_create(UserActivity(user_id=pk, course_key=course_key, date=day) for pk in user_ids)


def complete_block(course_key: Any, user_ids: Sequence[int], moment: datetime, block: str = "one") -> None:
    key = course_key.make_usage_key("html", block)
    BlockCompletion.objects.bulk_create(
        BlockCompletion(user_id=pk, context_key=course_key, block_key=key, block_type="html", completion=1) for pk in user_ids
    )
    BlockCompletion.objects.filter(block_key=key).update(modified=moment)


def answer_problem(course_key: Any, user_ids: Sequence[int], moment: datetime) -> None:
    key = course_key.make_usage_key("problem", "one")
    StudentModule.objects.bulk_create(
        StudentModule(student_id=pk, course_id=course_key, module_state_key=key, module_type="problem") for pk in user_ids
    )
    StudentModule.objects.filter(module_state_key=key).update(modified=moment)


def enroll_on(course_key: Any, number: int, moment: datetime | None) -> None:
    ids = factories.make_learners(course_key, number)
    CourseEnrollment.objects.filter(user_id__in=ids).update(created=moment)


def weekly_counts(chart: Any) -> dict[str, int | None]:
    return {row.key: row.count for row in chart.rows}


@freeze_time(TODAY)
class TestActiveLearners:
    def test_counts_each_learner_once_a_week(self, course_key):
        ids = factories.make_learners(course_key, 40)
        for day in (1, 2, 7):
            note_activity(course_key, ids[:25], date(2026, 6, day))
        note_activity(course_key, ids[:15], date(2026, 6, 8))

        chart = activity.read_active_chart(course_key, minimum=10)

        assert len(chart.rows) == 12
        assert chart.rows[0].key == "2026-03-30"
        assert chart.rows[-1].key == "2026-06-15"
        assert weekly_counts(chart)["2026-06-01"] == 25
        assert weekly_counts(chart)["2026-06-08"] == 15
        assert chart.rows[-3].share == 25 / 40
        assert "course goals" in chart.description
        assert chart.rows[-1].label == "June 15, 2026 (so far)"

    def test_few_and_none_look_alike(self, course_key):
        ids = factories.make_learners(course_key, 40)
        note_activity(course_key, ids[:25], date(2026, 6, 1))
        note_activity(course_key, ids[:9], date(2026, 6, 8))
        few, none = activity.read_active_chart(course_key, minimum=10).rows[-2:]
        assert (few.count, few.share, few.mark, few.drawn) == (None, None, "<10", 0)
        assert (none.count, none.mark, none.drawn) == (None, "<10", 0)

    def test_few_who_were_not_active_are_not_told_either(self, course_key):
        ids = factories.make_learners(course_key, 40)
        note_activity(course_key, ids[:37], date(2026, 6, 8))
        row = activity.read_active_chart(course_key, minimum=10).rows[-2]
        assert (row.count, row.mark, row.drawn) == (None, ">30", 40)

    def test_only_those_enrolled_now_count(self, course_key):
        ids = factories.make_learners(course_key, 40)
        note_activity(course_key, ids[:25], date(2026, 6, 8))
        CourseEnrollment.objects.filter(user_id__in=ids[:5]).update(is_active=False)
        elsewhere = factories.make_course()
        note_activity(elsewhere, factories.make_learners(elsewhere, 30), date(2026, 6, 8))
        assert weekly_counts(activity.read_active_chart(course_key, minimum=10))["2026-06-08"] == 20

    def test_completion_counts_where_no_days_were_recorded(self, course_key):
        ids = factories.make_learners(course_key, 40)
        complete_block(course_key, ids[:20], datetime(2026, 6, 7, 23, 59, 59, tzinfo=UTC))
        complete_block(course_key, ids[:30], datetime(2026, 6, 8, tzinfo=UTC), "two")
        answer_problem(course_key, ids, datetime(2026, 6, 8, tzinfo=UTC))
        chart = activity.read_active_chart(course_key, minimum=10)
        assert weekly_counts(chart)["2026-06-01"] == 20
        assert weekly_counts(chart)["2026-06-08"] == 30
        assert "completion" in chart.description

    def test_saved_answers_count_where_nothing_else_was_recorded(self, course_key):
        ids = factories.make_learners(course_key, 40)
        answer_problem(course_key, ids[:20], datetime(2026, 6, 8, tzinfo=UTC))
        chart = activity.read_active_chart(course_key, minimum=10)
        assert weekly_counts(chart)["2026-06-08"] == 20
        assert "only the last change is kept" in chart.description

    def test_nothing_recorded(self, course_key):
        ids = factories.make_learners(course_key, 40)
        note_activity(course_key, ids, date(2026, 3, 29))
        chart = activity.read_active_chart(course_key, minimum=10)
        assert chart.rows == ()
        assert chart.note == "No activity was recorded in the last 12 weeks."

    @pytest.mark.parametrize("learners", [30, 400])
    def test_the_number_of_queries_does_not_depend_on_size(self, course_key, django_assert_num_queries, learners):
        ids = factories.make_learners(course_key, learners)
        note_activity(course_key, ids[: learners // 2], date(2026, 6, 8))
        activity.read_active_chart(course_key, minimum=10)
        with django_assert_num_queries(2):
            activity.read_active_chart(course_key, minimum=10)


class TestEnrollments:
    def test_weeks_add_up_to_those_enrolled(self, course_key):
        enroll_on(course_key, 20, datetime(2026, 3, 4, tzinfo=UTC))
        enroll_on(course_key, 12, datetime(2026, 3, 15, 23, 59, tzinfo=UTC))
        enroll_on(course_key, 15, datetime(2026, 3, 16, tzinfo=UTC))
        rows = activity.read_enrollments_chart(course_key, minimum=10).rows
        assert [(row.key, row.count, row.drawn) for row in rows] == [
            ("2026-03-02/2026-03-08", 20, 20),
            ("2026-03-09/2026-03-15", 12, 32),
            ("2026-03-16/2026-03-22", 15, 47),
        ]
        assert rows[0].label == "March 2, 2026 – March 8, 2026"
        assert rows[-1].place == 1
        assert sum(row.share for row in rows) == pytest.approx(1)

    def test_weeks_with_few_enrollments_are_joined(self, course_key):
        enroll_on(course_key, 20, datetime(2026, 3, 4, tzinfo=UTC))
        enroll_on(course_key, 4, datetime(2026, 3, 10, tzinfo=UTC))
        enroll_on(course_key, 6, datetime(2026, 3, 25, tzinfo=UTC))
        enroll_on(course_key, 3, datetime(2026, 4, 25, tzinfo=UTC))
        rows = activity.read_enrollments_chart(course_key, minimum=10).rows
        assert [(row.key, row.count) for row in rows] == [
            ("2026-03-02/2026-03-08", 20),
            ("2026-03-09/2026-04-26", 13),
        ]

    def test_years_are_shown_by_month(self, course_key):
        enroll_on(course_key, 20, datetime(2024, 12, 4, tzinfo=UTC))
        enroll_on(course_key, 30, datetime(2026, 2, 28, tzinfo=UTC))
        rows = activity.read_enrollments_chart(course_key, minimum=10).rows
        assert [(row.key, row.count) for row in rows] == [
            ("2024-12-01/2024-12-31", 20),
            ("2025-01-01/2026-02-28", 30),
        ]

    def test_enrollments_without_a_date_count_from_the_start(self, course_key):
        enroll_on(course_key, 5, None)
        enroll_on(course_key, 20, datetime(2026, 3, 4, tzinfo=UTC))
        [row] = activity.read_enrollments_chart(course_key, minimum=10).rows
        assert row.count == 25

    def test_too_few_or_no_dates(self, course_key):
        assert activity.read_enrollments_chart(course_key, minimum=10).rows == ()
        enroll_on(course_key, 30, None)
        assert activity.read_enrollments_chart(course_key, minimum=10).note.startswith("Not shown")

    def test_those_who_left_are_not_among_them(self, course_key):
        enroll_on(course_key, 20, datetime(2026, 3, 4, tzinfo=UTC))
        factories.make_learner(course_key, is_active=False)
        [row] = activity.read_enrollments_chart(course_key, minimum=10).rows
        assert row.count == 20

    @pytest.mark.parametrize("days", [10, 200])
    def test_one_query_however_long(self, course_key, django_assert_num_queries, days):
        ids = factories.make_learners(course_key, days)
        for place, pk in enumerate(ids):
            CourseEnrollment.objects.filter(user_id=pk).update(created=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=place))
        activity.read_enrollments_chart(course_key, minimum=10)
        with django_assert_num_queries(1):
            activity.read_enrollments_chart(course_key, minimum=10)
