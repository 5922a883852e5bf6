"""What the demo's learners did: in both courses, of every kind, the same at each seeding."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from common.djangoapps.student.models import CourseEnrollment
from completion.models import BlockCompletion
from django.apps import apps
from django.contrib.auth.models import User
from django.utils import timezone
from edx_django_utils.cache import RequestCache
from freezegun import freeze_time
from lms.djangoapps.courseware.models import StudentModule, StudentModuleHistory
from lms.djangoapps.demo import seeding
from lms.djangoapps.demo.courses import LARGE, SMALL

from learner_data_plugin.engagement import problems, store
from learner_data_plugin.engagement.periods import DAY, Period, monday_of
from learner_data_plugin.engagement.presets import ACTIVITY, filter_by_activity
from learner_data_plugin.engagement.weeks import SERIES, read_weeks
from learner_data_plugin.models import LastAnswers, LearnerDay, LearnerDayItem

LEARNERS = 120
BOTH = [SMALL.key, LARGE.key]


def seed(learners=LEARNERS):
    seeded = seeding.seed(learners=learners, on_progress=lambda _course, _number: None)
    RequestCache.clear_all_namespaces()
    return seeded


def everything():
    """Every row of every table, but for sessions and the like, which no seeding touches."""
    return {model._meta.label: sorted(map(repr, model._default_manager.values())) for model in apps.get_models()}


@pytest.fixture
def seeded(db):
    """A demo that is seeded now."""
    seed()


@pytest.fixture
def extended():
    return apps.get_model("coursewarehistoryextended", "StudentModuleHistoryExtended")


@pytest.mark.parametrize("course_key", BOTH, ids=["small", "large"])
class TestThreeMonths:
    def test_every_week_has_learners_of_each_series(self, seeded, course_key):
        weeks = read_weeks(course_key, seconds=None)
        *earlier, first = [week for week in weeks if week.is_complete][:-10]
        for week in [week for week in weeks if week.is_complete][-11:]:
            assert all(week.counts[name] for name in SERIES if name != "discussed"), week
            assert {week.known_since[name] for name in SERIES if name != "discussed"} == {first.monday}
        assert {week.counts["active"] for week in earlier} == {None}, "before the plugin was there"
        assert sum(week.counts["discussed"] for week in weeks) > 3

    def test_each_preset_finds_some_and_not_all(self, seeded, course_key):
        enrollments = CourseEnrollment.objects.filter(course_id=course_key, is_active=True)
        found = {preset: filter_by_activity(enrollments, course_key, preset).count() for preset in ACTIVITY}
        assert all(0 < number < enrollments.count() for number in found.values()), found
        assert found["never"] < found["inactive_14"] < found["inactive_7"], "some fade"

    def test_some_are_there_nearly_every_day(self, seeded, course_key):
        days = Counter(LearnerDay.objects.filter(course__course_id=course_key).values_list("user_id", flat=True))
        assert max(days.values()) > 25

    def test_saved_answers_say_what_the_events_say(self, seeded, course_key):
        today = timezone.now().date()
        period = Period(monday_of(today) - 77 * DAY, today)
        events = defaultdict(lambda: [0, False])
        for told in store.problems(course_key, first=period.first, last=period.last):
            events[told.user_id, told.key][0] += told.attempts
            events[told.user_id, told.key][1] |= told.is_correct
        saved = {
            (tried.user_id, tried.key): [len(tried.submissions), any(one.is_correct for one in tried.submissions)]
            for tried in problems.read_tried(course_key, period)
        }
        assert saved == events
        assert len(saved) > 50


def test_both_tables_of_the_history_are_used(seeded, extended):
    older, newer = StudentModuleHistory.objects.order_by("-created").first(), extended.objects.order_by("created").first()
    assert older.created < newer.created


def test_seeding_again_changes_nothing_on_any_day(db):
    with freeze_time("2026-06-10 12:00"):
        seed()
    before = everything()
    with freeze_time("2026-06-12 09:00"):
        assert seed() == seeding.Seeded(added=0, removed=0)
    assert everything() == before


def test_days_count_back_from_the_first_seeding(db):
    with freeze_time("2026-06-10 12:00"):  # a Wednesday
        seed()
        last = LearnerDay.objects.order_by("-day").values_list("day", flat=True)[0]
        first = LearnerDay.objects.order_by("day").values_list("day", flat=True)[0]
    assert str(last) == "2026-06-09"
    assert timedelta(0) <= first - monday_of(last) + timedelta(weeks=11) < timedelta(days=7)


def test_of_learners_that_are_taken_out_nothing_remains(seeded, extended):
    before = set(User.objects.values_list("pk", flat=True))
    seed(LEARNERS - 60)
    gone = before - set(User.objects.values_list("pk", flat=True))
    assert len(gone) > 50
    modules = set(StudentModule.objects.values_list("pk", flat=True))
    assert not StudentModule.objects.filter(student_id__in=gone).exists()
    for history in (StudentModuleHistory, extended):
        assert set(history.objects.values_list("student_module_id", flat=True)) <= modules
    assert not BlockCompletion.objects.filter(user_id__in=gone).exists()
    for model in (LearnerDay, LearnerDayItem, LastAnswers):
        assert not model.objects.filter(user_id__in=gone).exists()
