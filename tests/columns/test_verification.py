"""Whether learners have verified their identity: the rules of the platform's IDVerificationService, oddities included."""

from __future__ import annotations

import random

import pytest
from django.conf import settings as platform_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lms.djangoapps.verify_student.services import IDVerificationService

from learner_data_plugin.columns import verification
from learner_data_plugin.columns.verification import NOT_ASKED, NOT_VERIFIED, VERIFIED
from learner_data_plugin.platform import api as platform_api
from tests import factories
from tests.factories import days, verify
from tests.reading import batch_of, read_learner, read_learners

pytestmark = pytest.mark.django_db

KINDS = tuple(factories.VERIFICATION_KINDS)
WITH_DEFAULT_EXPIRY = ("photo", "sso", "manual")
GOOD_FOR = platform_settings.VERIFY_STUDENT["DAYS_GOOD_FOR"]
VERIFIED_TRACKS = (
    "verified", "professional", "masters", "executive-education", "paid-executive-education", "paid-bootcamp"
)  # fmt: skip


def status_of(user, mode="verified"):
    """As we decide it, once it is clear that the platform decides the same."""
    course_key = factories.make_course()
    factories.enroll(user, course_key, mode=mode)
    [ours] = verification.statuses(batch_of(course_key, user.id))
    assert ours == IDVerificationService.verification_status_for_user(user, mode)
    return ours


@pytest.fixture
def user():
    return factories.make_user()


@pytest.mark.parametrize("mode", VERIFIED_TRACKS)
def test_tracks_that_ask_for_verification(user, mode):
    assert status_of(user, mode) == NOT_VERIFIED
    verify(user)
    assert status_of(user, mode) == VERIFIED


@pytest.mark.parametrize(
    "mode", ["audit", "honor", "credit", "no-id-professional", "unpaid-executive-education", "unpaid-bootcamp", "", "Verified"]
)
def test_other_tracks_do_not_ask(user, mode):
    verify(user)
    assert status_of(user, mode) == NOT_ASKED


@pytest.mark.parametrize("kind", KINDS)
class TestEachKind:
    def test_approved_and_not_expired(self, user, kind):
        verify(user, kind, expires=days(1))
        assert status_of(user) == VERIFIED

    def test_expired(self, user, kind):
        verify(user, kind, expires=days(-1))
        assert status_of(user) == NOT_VERIFIED

    @pytest.mark.parametrize("status", ["created", "ready", "pending", "submitted", "must_retry", "denied"])
    def test_not_approved(self, user, kind, status):
        verify(user, kind, status=status, expires=days(1))
        assert status_of(user) == NOT_VERIFIED

    def test_touched_last_counts_though_an_older_one_is_valid(self, user, kind):
        for other in KINDS:
            verify(user, other, expires=days(1), updated=days(-2))
        verify(user, kind, expires=days(-1), updated=days(-1))
        assert status_of(user) == NOT_VERIFIED

    def test_touching_the_valid_one_again_turns_it_round(self, user, kind):
        valid = verify(user, kind, expires=days(1), updated=days(-2))
        verify(user, "photo", expires=days(-1), updated=days(-1))
        assert status_of(user) == NOT_VERIFIED
        valid.save()
        assert status_of(user) == VERIFIED

    def test_later_denied_one_changes_nothing(self, user, kind):
        verify(user, "manual", expires=days(1), updated=days(-2))
        verify(user, kind, status="denied", expires=days(1), updated=days(-1))
        assert status_of(user) == VERIFIED


@pytest.mark.parametrize("kind", WITH_DEFAULT_EXPIRY)
class TestKindsThatAreGoodForSomeDays:
    def test_default_expiry(self, user, kind):
        verify(user, kind)
        assert status_of(user) == VERIFIED

    @pytest.mark.parametrize(("age", "expected"), [(0, VERIFIED), (GOOD_FOR - 1, VERIFIED), (GOOD_FOR + 1, NOT_VERIFIED)])
    def test_without_expiry_the_day_of_creation_counts(self, user, kind, age, expected):
        verify(user, kind, expires=None, created=days(-age))
        assert status_of(user) == expected


def test_attempt_without_expiry_counts_as_not_verified(user):
    verify(user, "attempt", expires=None)
    assert status_of(user) == NOT_VERIFIED


def test_attempt_without_expiry_hides_an_earlier_valid_verification(user):
    verify(user, "manual", updated=days(-2))
    verify(user, "attempt", expires=None, updated=days(-1))
    assert status_of(user) == NOT_VERIFIED


@pytest.mark.parametrize("first", [0, 1, 2])
@pytest.mark.parametrize("valid", [True, False])
def test_on_a_tie_the_earlier_kind_counts(user, first, valid):
    moment = days(-1)
    for place, kind in enumerate(KINDS[first:]):
        verify(user, kind, expires=days(1 if valid == (place == 0) else -1), updated=moment)
    assert status_of(user) == (VERIFIED if valid else NOT_VERIFIED)


@pytest.mark.parametrize("kind", KINDS)
def test_on_a_tie_within_a_kind_the_platforms_choice_counts(user, kind):
    moment = days(-1)
    for number in range(6):
        created = days(-2 - number % 3)
        verify(user, kind, expires=days(5 if number % 2 else -0.5), created=created, updated=moment)
        status_of(user)


def test_verifications_of_others_do_not_count(user):
    verify(factories.make_user())
    assert status_of(user) == NOT_VERIFIED


def test_agrees_with_the_platform_for_random_learners(course_key):
    chance = random.Random(20261124)
    moments = [days(-number) for number in range(1, 6)]
    expected = {}
    for _ in range(150):
        mode = chance.choice([*VERIFIED_TRACKS, "audit", "honor"])
        user = factories.make_learner(course_key, mode=mode)
        for _ in range(chance.randrange(5)):
            verify(
                user,
                chance.choice(KINDS),
                status=chance.choice(["approved", "approved", "denied", "submitted"]),
                expires=chance.choice([None, days(-1), days(1)]),
                created=days(-chance.choice([1, GOOD_FOR - 1, GOOD_FOR + 1])),
                updated=chance.choice(moments),
            )
        expected[user.id] = IDVerificationService.verification_status_for_user(user, mode)
    learners = read_learners(course_key, "id", "verification_status", batch_size=40)
    assert {learner["id"]: learner["verification_status"] for learner in learners} == expected
    assert set(expected.values()) == {NOT_ASKED, NOT_VERIFIED, VERIFIED}


@pytest.mark.parametrize("number", [1, 30])
def test_two_queries_for_any_number_of_learners(number):
    course_key = factories.make_course()
    users = [factories.make_learner(course_key, mode="verified") for _ in range(number)]
    for user in users:
        verify(user)
    batch = batch_of(course_key, *[user.id for user in users])
    with CaptureQueriesContext(connection) as queries:
        statuses = verification.statuses(batch)
    assert statuses == [VERIFIED] * number
    assert len(queries) == 2


def test_no_query_where_no_track_asks(user, django_assert_num_queries):
    course_key = factories.make_course()
    factories.enroll(user, course_key, mode="audit")
    batch = batch_of(course_key, user.id)
    with django_assert_num_queries(0):
        assert verification.statuses(batch) == [NOT_ASKED]


def test_tracks_are_the_platforms():
    assert set(VERIFIED_TRACKS) == platform_api.VERIFIED_MODES


def test_status_in_the_report_is_that_of_this_courses_track(course_key, user):
    verify(user)
    factories.enroll(user, course_key, mode="audit")
    factories.enroll(user, factories.make_course(), mode="verified")
    assert read_learner(course_key, "verification_status") == {"verification_status": NOT_ASKED}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", ["expiry", "updated_at", "created_at"])
def test_a_moment_that_no_calendar_has_stops_nothing(course_key, kind, field):
    if connection.settings_dict["ENGINE"] != "lms.sqlite":
        pytest.skip("Other databases do not store such a moment.")
    odd, plain = (factories.make_learner(course_key, mode="verified") for _ in range(2))
    for user in (odd, plain):
        verification_ = verify(user, kind, expires=days(1))
    table = verification_._meta.db_table
    expiry = "expiration_datetime" if kind == "attempt" else "expiration_date"
    with connection.cursor() as cursor:
        column = expiry if field == "expiry" else field
        cursor.execute(f"UPDATE {table} SET {column} = '2026-02-30 00:00:00' WHERE user_id = %s", [odd.id])
    learners = read_learners(course_key, "id", "verification_status")
    statuses = {learner["id"]: learner["verification_status"] for learner in learners}
    assert set(statuses) == {odd.id, plain.id}
    assert statuses[plain.id] == VERIFIED
