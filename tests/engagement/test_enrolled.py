"""Who was enrolled at the end of a day."""

from __future__ import annotations

import os
import uuid
from datetime import date, timedelta

import pytest
from common.djangoapps.student.models import CourseEnrollment
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from learner_data_plugin.engagement.enrolled import user_ids_enrolled
from learner_data_plugin.engagement.periods import DAY, midnight

from .. import factories
from .making import at

TUESDAY = date(2026, 3, 3)
EXAMPLES = int(os.environ.get("EXAMPLES", 100))


def make_enrollment(course_key, changes, *, is_active=True, created="2026-01-01", user=None):
    """An enrollment with these rows of history (moment, kind, active) and no others; returns the account's number."""
    user = user or factories.make_user()
    enrollment = factories.enroll(user, course_key, is_active=is_active)
    CourseEnrollment.objects.filter(pk=enrollment.pk).update(created=at(created) if created else None)
    history = CourseEnrollment.history.model
    history.objects.filter(id=enrollment.pk).delete()
    history.objects.bulk_create(
        history(
            history_id=uuid.uuid4(), id=enrollment.pk, user_id=user.pk, course_id=course_key, mode="audit",
            is_active=was_active, history_date=moment, history_type=kind, created=at(created or "2026-01-01"),
        )
        for moment, kind, was_active in changes
    )  # fmt: skip
    return user.pk


def enrolled_on(course_key, day, batch_size=100):
    return list(user_ids_enrolled(course_key, before=midnight(day + DAY), batch_size=batch_size))


def test_the_last_change_until_the_end_of_the_day_counts(course_key):
    """Somebody who left on Tuesday is in Monday's report and not in Tuesday's."""
    joined, left = (at("2026-02-01"), "+", True), (at("2026-03-03", "18:00:00"), "~", False)
    learner = make_enrollment(course_key, [joined, left], is_active=False)
    assert enrolled_on(course_key, TUESDAY - DAY) == [learner]
    assert enrolled_on(course_key, TUESDAY) == []


def test_leaving_at_midnight_belongs_to_the_next_day(course_key):
    changes = [(at("2026-02-01"), "+", True), (at("2026-03-04", "00:00:00"), "~", False)]
    learner = make_enrollment(course_key, changes, is_active=False)
    assert enrolled_on(course_key, TUESDAY) == [learner]
    assert enrolled_on(course_key, TUESDAY + DAY) == []


def test_who_joins_later_is_not_there_yet(course_key):
    learner = make_enrollment(course_key, [(at("2026-03-04"), "+", False), (at("2026-03-04"), "~", True)], created="2026-03-04")
    assert enrolled_on(course_key, TUESDAY) == []
    assert enrolled_on(course_key, TUESDAY + DAY) == [learner]


def test_who_comes_back_is_there_again(course_key):
    changes = [(at("2026-02-01"), "+", True), (at("2026-02-02"), "~", False), (at("2026-03-03"), "~", True)]
    learner = make_enrollment(course_key, changes)
    assert enrolled_on(course_key, TUESDAY - DAY) == []
    assert enrolled_on(course_key, TUESDAY) == [learner]


def test_an_active_enrollment_without_history_counts_from_its_creation(course_key):
    learner = make_enrollment(course_key, [], created="2026-03-03")
    without_date = make_enrollment(course_key, [], created=None)
    make_enrollment(course_key, [], created="2026-01-01", is_active=False)
    assert enrolled_on(course_key, TUESDAY) == [learner, without_date]
    assert enrolled_on(course_key, TUESDAY - DAY) == [without_date]


def test_where_the_earlier_history_was_removed_an_enrollment_counts_from_its_creation(course_key):
    learner = make_enrollment(course_key, [(at("2026-04-01"), "~", False)], is_active=False, created="2026-03-03")
    assert enrolled_on(course_key, TUESDAY) == [learner]
    assert enrolled_on(course_key, TUESDAY - DAY) == []


def test_of_changes_at_one_moment_the_row_of_today_says_which_was_the_last(course_key):
    """As where tests or imports stop the clock."""
    moment = at("2026-03-03")
    changes = [(moment, "+", False), (moment, "~", True), (moment, "~", False)]
    make_enrollment(course_key, changes, is_active=False)
    learner = make_enrollment(course_key, changes[:2], is_active=True)
    assert enrolled_on(course_key, TUESDAY) == [learner]


def test_the_course_team_and_deactivated_accounts_are_among_them(course_key):
    member = factories.make_team_member("staff", course_key)
    user = factories.make_user(is_active=False)
    found = [make_enrollment(course_key, [(at("2026-02-01"), "+", True)], user=one) for one in (member, user)]
    assert enrolled_on(course_key, TUESDAY) == found


def test_what_the_platform_itself_stores_is_read(course_key):
    user = factories.make_user()
    now = factories.timezone.now()
    CourseEnrollment.enroll(user, course_key)
    other_course = factories.make_course()
    factories.make_learner(other_course)
    assert list(user_ids_enrolled(course_key, before=now - DAY, batch_size=10)) == []
    assert list(user_ids_enrolled(course_key, before=now + DAY, batch_size=10)) == [user.pk]
    CourseEnrollment.unenroll(user, course_key)
    assert list(user_ids_enrolled(course_key, before=now + DAY, batch_size=10)) == []


def test_accounts_come_in_order_in_batches_of_any_size(course_key, django_assert_max_num_queries):
    users = [factories.make_user() for _ in range(25)]
    for user in reversed(users):
        make_enrollment(course_key, [(at("2026-02-01"), "+", True)], user=user)
    expected = sorted(user.pk for user in users)
    with django_assert_max_num_queries(3 + 2 * 4):
        assert enrolled_on(course_key, TUESDAY, batch_size=10) == expected
    assert enrolled_on(course_key, TUESDAY, batch_size=1000) == expected


def reference(changes, is_active, created, moment):
    """The rule, one change after another."""
    state = None
    for when, _kind, was_active in changes:
        if when < moment:
            state = was_active
    if state is not None:
        return state
    later = [kind for when, kind, _ in changes if when >= moment]
    if later:
        return later[0] != "+" and created < moment
    return is_active and created < moment


@pytest.mark.fuzz
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    enrollments=st.lists(
        st.tuples(st.lists(st.tuples(st.integers(1, 60), st.booleans()), max_size=6), st.booleans(), st.booleans()), max_size=5
    ),
    hours=st.integers(0, 240),
)
def test_random_histories_of_enrollments(db, enrollments, hours):
    course_key = factories.make_course()
    start = midnight(date(2026, 3, 1))
    moment = start + timedelta(hours=hours)
    expected = []
    for steps, was_pruned, is_active in enrollments:
        when, changes = start, []
        for place, (later, state) in enumerate(steps):
            when += timedelta(hours=later)
            changes.append((when, "+" if place == 0 else "~", state))
        created = changes[0][0] if changes else start
        kept = changes[1:] if was_pruned else changes
        is_active_now = changes[-1][2] if changes else is_active
        user_id = make_enrollment(course_key, kept, is_active=is_active_now)
        CourseEnrollment.objects.filter(user_id=user_id).update(created=created)
        if reference(kept, is_active_now, created, moment):
            expected.append(user_id)
    assert list(user_ids_enrolled(course_key, before=moment, batch_size=3)) == expected
