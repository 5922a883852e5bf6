from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from learner_data_plugin.engagement import coverage
from learner_data_plugin.models import RecordedDay
from tests import factories

MONDAY = date(2026, 3, 2)
WEEK = [MONDAY + timedelta(days=place) for place in range(7)]


@pytest.fixture
def is_on(settings: Any) -> None:
    settings.EVENT_TRACKING_BACKENDS = {"learner_data_plugin": {}}


@pytest.fixture
def is_off(settings: Any) -> None:
    settings.EVENT_TRACKING_BACKENDS = {"tracking_logs": {}}


def sign(*hours: int) -> None:
    """Have recording been seen so many hours after Monday began."""
    for hour in hours:
        coverage.enter_sign(datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hour, minutes=30))


def complete(course_key: Any, first: date = WEEK[0], last: date = WEEK[-1]) -> list[date]:
    return [day for day, known in coverage.known_days(course_key, first=first, last=last).items() if known.is_complete]


@freeze_time("2026-03-20")
class TestRecording:
    @pytest.fixture(autouse=True)
    def _off_now(self, is_off: None) -> None:
        """Nothing is recorded at the moment that the tests ask at, long after."""

    def test_day_is_complete_with_signs_before_and_after_it(self, course_key):
        sign(*range(-1, 25))
        assert complete(course_key) == [WEEK[0]]

    @pytest.mark.parametrize("hours", [range(24), range(25), range(-1, 24)])
    def test_day_is_not_complete_without_a_sign_before_and_after_it(self, hours, course_key):
        sign(*hours)
        assert complete(course_key) == []
        assert coverage.known_days(course_key, first=MONDAY, last=MONDAY) == {MONDAY: (False, True)}

    def test_nightly_jobs_are_enough_signs(self, course_key):
        sign(*range(-21, 24 * 7 + 4, 24))
        assert complete(course_key) == WEEK

    def test_day_is_not_complete_in_which_recording_was_off_for_more_than_a_day(self, course_key):
        sign(-1, *range(30), *range(30 + 26, 24 * 7 + 1))
        assert complete(course_key) == [WEEK[0], *WEEK[3:]]

    def test_day_of_which_something_was_lost_is_not_complete(self, course_key):
        sign(*range(-1, 73))
        coverage.enter_sign(datetime(2026, 3, 3, 5, tzinfo=UTC), lost={WEEK[1]: 3})
        assert complete(course_key) == [WEEK[0], WEEK[2]]
        assert RecordedDay.objects.get(day=WEEK[1]).lost == 3

    def test_losses_are_added_up(self, course_key):
        for _ in range(2):
            coverage.enter_sign(datetime(2026, 3, 3, 5, tzinfo=UTC), lost={WEEK[0]: 3, WEEK[1]: 1})
        assert list(RecordedDay.objects.order_by("day").values_list("hours", "lost")) == [(0, 6), (32, 2)]

    def test_day_on_which_the_site_ran_without_recording_is_not_complete(self, course_key):
        sign(*range(-1, 73))
        coverage.enter_sign(datetime(2026, 3, 3, 5, tzinfo=UTC), was_off=True)
        assert complete(course_key) == [WEEK[0], WEEK[2]]

    def test_a_day_without_any_sign_is_not_recorded(self, course_key):
        assert coverage.known_days(course_key, first=MONDAY, last=MONDAY) == {MONDAY: (False, False)}


@pytest.mark.usefixtures("is_on")
@freeze_time("2026-03-04 00:10:00")
def test_recording_at_this_moment_is_a_sign_too(course_key):
    sign(-1, 23, 47)
    assert complete(course_key) == WEEK[:2]
    assert coverage.known_since(course_key) == MONDAY


@pytest.mark.usefixtures("is_off")
class TestImport:
    @freeze_time("2026-03-20")
    def test_covers_days_of_its_course_or_of_all(self, course_key):
        other = factories.make_course()
        coverage.enter_import(WEEK[0], WEEK[1], course_key=course_key)
        coverage.enter_import(WEEK[3], WEEK[3])
        assert complete(course_key) == [WEEK[0], WEEK[1], WEEK[3]]
        assert complete(other) == [WEEK[3]]

    @freeze_time("2026-03-04 12:00:00")
    def test_never_covers_today(self, course_key):
        coverage.enter_import(WEEK[0], WEEK[6])
        assert complete(course_key) == WEEK[:2]

    @freeze_time("2026-03-05 12:00:00")
    def test_known_since_goes_back_over_all_sources(self, course_key):
        assert coverage.known_since(course_key) is None
        coverage.enter_import(date(2025, 1, 1), WEEK[0])
        assert coverage.known_since(course_key) is None
        sign(23, *range(40, 75))
        assert coverage.known_since(course_key) == date(2025, 1, 1)

    def test_same_import_again_is_kept_once(self, course_key):
        for _ in range(2):
            coverage.enter_import(WEEK[0], WEEK[1], course_key=course_key)
            coverage.enter_import(WEEK[0], WEEK[1])
        assert coverage.ImportedDays.objects.count() == 2
