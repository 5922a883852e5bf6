"""The anonymized IDs are those the platform gives out, whether it has done so before or not."""

from __future__ import annotations

import pytest
from common.djangoapps.student.models import AnonymousUserId, CourseEnrollment, anonymous_id_for_user
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from learner_data_plugin.learners.anonymous_ids import HEADER, count_ever_enrolled, read_anonymous_ids
from tests import factories
from tests.reading import as_table, build, rows_of

pytestmark = pytest.mark.django_db


def read(course_key, *, batch_size=100):
    return as_table(read_anonymous_ids(course_key, batch_size=batch_size))


def platforms(course_key):
    """What the platform itself answers, asked afresh for each account."""
    enrolled = CourseEnrollment.objects.filter(course_id=course_key).order_by("user_id").values_list("user_id", flat=True)
    accounts = [get_user_model().objects.get(pk=user_id) for user_id in enrolled]
    return [(user.id, anonymous_id_for_user(user, None), anonymous_id_for_user(user, course_key)) for user in accounts]


def stored():
    return sorted(AnonymousUserId.objects.values_list("id", "user_id", "anonymous_user_id", "course_id"))


def give(user, course_key, anonymous_user_id):
    AnonymousUserId.objects.create(user=user, course_id=course_key, anonymous_user_id=anonymous_user_id)


def test_header_is_the_platforms(course_key):
    assert rows_of(build(course_key, report="anonymized_ids")) == [list(HEADER)]
    assert HEADER == ("User ID", "Anonymized User ID", "Course Specific Anonymized User ID")


def test_missing_ids_are_made_as_the_platform_makes_them_and_stored(course_key):
    factories.make_learners(course_key, 7)
    rows = read(course_key)
    assert AnonymousUserId.objects.count() == 14
    before = stored()
    assert rows == platforms(course_key)
    assert stored() == before


def test_ids_the_platform_has_given_out_are_read(course_key):
    factories.make_learners(course_key, 7)
    expected = platforms(course_key)
    before = stored()
    assert read(course_key) == expected
    assert stored() == before


@pytest.mark.parametrize("place", [0, 1])
def test_some_have_an_id_and_some_have_none(course_key, place):
    ids = factories.make_learners(course_key, 9)
    for user in get_user_model().objects.filter(pk__in=ids[::2]):
        anonymous_id_for_user(user, (None, course_key)[place])
    rows = read(course_key, batch_size=4)
    assert rows == platforms(course_key)
    assert AnonymousUserId.objects.count() == 18


def test_second_run_is_identical_and_stores_nothing(course_key):
    factories.make_learners(course_key, 5)
    first, before = read(course_key), stored()
    assert read(course_key, batch_size=2) == first
    assert stored() == before


def test_of_several_the_newest_counts(course_key):
    user = factories.make_learner(course_key)
    for number in (3, 1, 2):
        give(user, course_key, str(number) * 32)
        give(user, None, str(number + 3) * 32)
    assert read(course_key) == [(user.id, "5" * 32, "2" * 32)] == platforms(course_key)


def test_ids_of_another_course_are_not_taken(course_key):
    user = factories.make_learner(course_key)
    give(user, factories.make_course(), "a" * 32)
    [(_, site_wide, for_course)] = read(course_key)
    assert "a" * 32 not in (site_wide, for_course)
    assert site_wide != for_course


def test_ids_survive_a_change_of_the_secret_key(course_key, settings):
    factories.make_learners(course_key, 3)
    before = read(course_key)
    settings.SECRET_KEY = "another key"
    late = factories.make_learner(course_key)
    after = read(course_key)
    assert after[:3] == before
    assert after[3][0] == late.id
    assert after == platforms(course_key)


def test_everyone_who_ever_enrolled_by_user_id(course_key):
    users = [factories.make_user(name) for name in ("zoe", "adam", "left", "team")]
    for user in reversed(users):
        factories.enroll(user, course_key, is_active=user.username != "left")
    factories.give_role(users[3], "instructor", course_key)
    factories.make_learner(factories.make_course())
    assert [row[0] for row in read(course_key)] == [user.id for user in users]
    assert count_ever_enrolled(course_key) == 4


def test_account_without_a_profile_has_ids(course_key):
    factories.make_learner(course_key, profile=None)
    assert read(course_key) == platforms(course_key)


@pytest.mark.parametrize("batch_size", [1, 2, 5, 6, 100])
def test_batches_hold_everybody_once(course_key, batch_size):
    ids = factories.make_learners(course_key, 6)
    assert [row[0] for row in read(course_key, batch_size=batch_size)] == sorted(ids)


def test_another_process_making_the_same_ids_at_the_same_time(course_key):
    """Just before our own rows are inserted, those of another process are."""
    factories.make_learners(course_key, 5)
    arrived = []

    def other_process(execute, sql, params, many, context):
        if sql.startswith("INSERT") and AnonymousUserId._meta.db_table in sql and not arrived:
            arrived.append(True)
            platforms(course_key)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(other_process):
        rows = read(course_key)
    assert arrived
    assert AnonymousUserId.objects.count() == 10
    assert rows == platforms(course_key)


def test_people_who_enroll_between_batches_do_not_disturb(course_key):
    ids = factories.make_learners(course_key, 6)
    seen = []
    for batch in read_anonymous_ids(course_key, batch_size=2):
        seen += batch[0]
        CourseEnrollment.objects.filter(user_id__in=batch[0]).update(is_active=False)
        if len(seen) == 2:
            factories.make_learner(course_key)
    assert seen[:6] == sorted(ids)
    assert len(set(seen)) == len(seen)


def test_queries_do_not_depend_on_the_number_of_people(course_key):
    counts = []
    for number in (3, 60):
        factories.make_learners(course_key, number)
        read(course_key)
        with CaptureQueriesContext(connection) as queries:
            assert read(course_key)
        counts.append(len(queries))
    assert counts == [1, 1]


def test_missing_ids_of_a_batch_cost_two_inserts(course_key):
    factories.make_learners(course_key, 60)
    with CaptureQueriesContext(connection) as queries:
        read(course_key)
    assert sum(query["sql"].startswith("INSERT") for query in queries) == 2


def test_report_is_the_same_rows(course_key):
    factories.make_learners(course_key, 5)
    _header, *rows = rows_of(build(course_key, report="anonymized_ids"))
    assert rows == [[str(cell) for cell in row] for row in platforms(course_key)]
