"""Who is in the report, in which order, and in how many queries."""

from __future__ import annotations

import pytest
from common.djangoapps.student.models import CourseEnrollment
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from learner_data_plugin import column_choice, learners
from learner_data_plugin.columns import CATALOGUE, get_column
from learner_data_plugin.data import Selection

from . import factories
from .reading import read_learners

pytestmark = pytest.mark.django_db


def names(course_key, **options):
    return [learner["username"] for learner in read_learners(course_key, "username", **options)]


def reading(course_key, *, batch_size):
    """The usernames of each batch, read as they are asked for."""
    batches = learners.read_learners(
        course_key, columns=[get_column("username")], selection=Selection(), batch_size=batch_size
    )
    return (list(batch[0]) for batch in batches)


class TestWho:
    def test_everyone_with_an_active_enrollment_in_this_course(self, course_key):
        factories.make_learner(course_key, "adam")
        factories.make_learner(course_key, "left", is_active=False)
        factories.make_learner(factories.make_course(), "elsewhere")
        factories.make_user("nowhere")
        both = factories.make_learner(course_key, "both", mode="honor")
        factories.enroll(both, factories.make_course(), is_active=False)
        assert names(course_key) == ["adam", "both"]
        assert learners.count_learners(course_key) == 2

    @pytest.mark.parametrize("role", ["instructor", "staff", "data_researcher", "beta_testers"])
    def test_course_team_members_who_are_enrolled(self, course_key, role):
        member = factories.make_team_member(role, course_key)
        assert names(course_key) == []
        factories.enroll(member, course_key)
        assert names(course_key) == [member.username]

    def test_accounts_that_are_disabled_or_staff_of_the_site(self, course_key):
        factories.make_learner(course_key, "disabled", is_active=True).__class__.objects.filter(username="disabled").update(
            is_active=False
        )
        user = factories.make_user("global", is_staff=True)
        factories.enroll(user, course_key)
        assert names(course_key) == ["disabled", "global"]

    def test_nobody(self, course_key):
        assert read_learners(course_key) == []
        assert learners.count_learners(course_key) == 0

    def test_somebody_who_comes_back(self, course_key):
        user = factories.make_learner(course_key, "adam", is_active=False)
        assert names(course_key) == []
        CourseEnrollment.objects.filter(user=user).update(is_active=True)
        assert names(course_key) == ["adam"]


class TestOrder:
    def test_by_username_as_the_database_sorts(self, course_key):
        for name in ("zoe", "Amy", "bob", "adam", "_x", "10", "9", "a-b", "a.b", "a_b", "aab", "ÿlva"):
            factories.make_learner(course_key, name)
        expected = list(get_user_model().objects.order_by("username").values_list("username", flat=True))
        for batch_size in (1, 2, 5, 100):
            assert names(course_key, batch_size=batch_size) == expected

    @pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6, 7, 12])
    @pytest.mark.parametrize("batch_size", [1, 2, 3, 5, 12, 13])
    def test_batches_hold_everybody_once(self, course_key, monkeypatch, number, batch_size):
        """Sizes on both sides of the ends of a batch, and of the slice whose order one query settles."""
        monkeypatch.setattr(learners, "ORDER_SLICE", 6)
        ids = factories.make_learners(course_key, number)
        batches = list(
            learners.read_learners(course_key, columns=[get_column("id")], selection=Selection(), batch_size=batch_size)
        )
        assert [user_id for [batch] in batches for user_id in batch] == ids
        assert all(0 < len(batch) <= batch_size for [batch] in batches)

    def test_read_in_small_slices_is_as_read_at_once(self, course_key, monkeypatch):
        factories.make_learners(course_key, 23)
        at_once = read_learners(course_key)
        monkeypatch.setattr(learners, "ORDER_SLICE", 5)
        assert read_learners(course_key, batch_size=2) == at_once


@pytest.mark.parametrize("order_slice", [2, 4, 6, 100])
@pytest.mark.parametrize("batch_size", [1, 2, 3])
class TestComingAndGoing:
    """People enroll and leave between batches: nobody who stays is dropped or repeated."""

    STAYING = ("b", "d", "f", "h", "j", "l", "n", "p")

    @pytest.fixture(autouse=True)
    def _slices(self, monkeypatch, order_slice):
        monkeypatch.setattr(learners, "ORDER_SLICE", order_slice)

    @pytest.fixture
    def users(self, course_key):
        return {name: factories.make_learner(course_key, name) for name in self.STAYING}

    def test_when_earlier_and_later_ones_enroll(self, course_key, users, batch_size):
        seen = []
        for place, batch in enumerate(reading(course_key, batch_size=batch_size)):
            seen += batch
            for letter in "acegikmo" if place < 4 else "":
                factories.make_learner(course_key, f"{letter}{place}")
        assert [name for name in seen if name in users] == list(users)
        assert len(set(seen)) == len(seen)
        assert seen == sorted(seen)

    def test_when_those_already_read_leave(self, course_key, users, batch_size):
        seen = []
        for batch in reading(course_key, batch_size=batch_size):
            seen += batch
            CourseEnrollment.objects.filter(user__username__in=batch).update(is_active=False)
        assert seen == list(users)

    def test_when_those_already_read_are_deleted(self, course_key, users, batch_size):
        seen = []
        for batch in reading(course_key, batch_size=batch_size):
            seen += batch
            CourseEnrollment.objects.filter(user__username__in=batch).delete()
        assert seen == list(users)

    @pytest.mark.parametrize("deleted", [True, False])
    def test_when_one_not_yet_read_leaves(self, course_key, users, batch_size, deleted):
        seen = []
        for batch in reading(course_key, batch_size=batch_size):
            seen += batch
            leaving = CourseEnrollment.objects.filter(user=users["n"])
            _ = leaving.delete() if deleted else leaving.update(is_active=False)
        assert seen == [name for name in users if name != "n"]

    def test_when_many_come_and_go_at_once(self, course_key, users, batch_size):
        seen = []
        for place, batch in enumerate(reading(course_key, batch_size=batch_size)):
            seen += batch
            CourseEnrollment.objects.exclude(user__username__in=self.STAYING).update(is_active=False)
            for letter in "acegikmoq" if place < 4 else "":
                factories.make_learner(course_key, f"{letter}{place}")
        assert [name for name in seen if name in users] == list(users)
        assert len(set(seen)) == len(seen)

    def test_when_a_learner_changes_track_meanwhile(self, course_key, users, batch_size):
        seen = []
        for batch in reading(course_key, batch_size=batch_size):
            seen += batch
            CourseEnrollment.objects.filter(user=users["p"]).update(mode="verified")
        assert seen == list(users)


class TestSelection:
    @pytest.fixture
    def course_key(self):
        course_key = factories.make_course(cohorts=True, teams=True)
        ada = factories.make_learner(course_key, "ada", mode="verified", profile={"name": "Ada Byron"})
        bob = factories.make_learner(course_key, "bob", email="bob@lovelace.example", profile={"name": "Bob"})
        factories.make_learner(course_key, "cy", profile=None)
        factories.make_cohort(course_key, "Red", [ada])
        factories.make_team(course_key, "Kites", [bob])
        other = factories.make_course(cohorts=True)
        factories.make_cohort(other, "Red", [bob])
        factories.make_team(other, "Kites", [ada])
        return course_key

    @pytest.mark.parametrize(
        ("chosen", "expected"),
        [
            ({"search": "BYRON"}, ["ada"]),
            ({"search": "lovelace"}, ["bob"]),
            ({"search": "b"}, ["ada", "bob"]),
            ({"search": "%"}, []),
            ({"enrollment_mode": "verified"}, ["ada"]),
            ({"cohort": "Red"}, ["ada"]),
            ({"cohort": "[unassigned]"}, ["bob", "cy"]),
            ({"team": "Kites"}, ["bob"]),
            ({"team": "[unavailable]"}, ["ada", "cy"]),
            ({"cohort": "[unassigned]", "team": "[unavailable]"}, ["cy"]),
            ({"search": "a", "cohort": "Red", "enrollment_mode": "verified"}, ["ada"]),
        ],
    )
    def test_holds_those_who_match(self, course_key, chosen, expected):
        selection = Selection(**chosen)
        assert names(course_key, selection=selection) == expected
        assert learners.count_learners(course_key, selection) == len(expected)

    @pytest.mark.parametrize(("private", "found"), [(["name"], []), (["email"], ["ada"]), (["name", "email", "username"], [])])
    def test_private_columns_are_not_searched(self, course_key, settings, private, found):
        settings.LEARNER_DATA_PLUGIN = {"PRIVATE_COLUMNS": private, "COLUMNS": ["id"]}
        ids = [learner["id"] for learner in read_learners(course_key, selection=Selection(search="Byron"))]
        assert list(get_user_model().objects.filter(pk__in=ids).values_list("username", flat=True)) == found


class TestQueries:
    """A number of queries for each batch, whoever is in it."""

    MOST_A_BATCH = 8  # stored values, four kinds of verification, cohort, team, program

    @pytest.fixture
    def course_key(self):
        return factories.make_course(cohorts=True, teams=True)

    def fill(self, course_key, number):
        users = [factories.make_learner(course_key, mode="verified") for _ in range(number)]
        factories.make_cohort(course_key, f"Cohort {users[0].id}", users)
        factories.make_team(course_key, f"Team {users[0].id}", users)
        for user in users:
            factories.verify(user)

    def count(self, course_key, *, batch_size, keys):
        columns = [get_column(key) for key in keys]
        with CaptureQueriesContext(connection) as queries:
            for _ in learners.read_learners(course_key, columns=columns, selection=Selection(), batch_size=batch_size):
                pass
        return len(queries)

    @pytest.mark.parametrize(
        ("keys", "expected"), [(tuple(CATALOGUE), MOST_A_BATCH), (("id", "name", "city"), 1), (("cohort",), 2)]
    )
    def test_one_batch_costs_the_same_at_any_size(self, course_key, keys, expected):
        self.fill(course_key, 3)
        assert self.count(course_key, batch_size=100, keys=keys) == 1 + expected
        self.fill(course_key, 40)
        assert self.count(course_key, batch_size=100, keys=keys) == 1 + expected

    def test_each_batch_costs_the_same(self, course_key):
        self.fill(course_key, 40)
        for batch_size, batches in ((40, 1), (20, 2), (10, 4), (7, 6)):
            assert self.count(course_key, batch_size=batch_size, keys=CATALOGUE) == 1 + batches * self.MOST_A_BATCH

    def test_a_slice_costs_one_more(self, course_key, monkeypatch):
        self.fill(course_key, 12)
        monkeypatch.setattr(learners, "ORDER_SLICE", 6)
        assert self.count(course_key, batch_size=6, keys=["id"]) == 3 + 2

    def test_choosing_the_columns_does_not_depend_on_the_number_of_learners(self, course_key):
        counts = []
        for number in (1, 20):
            self.fill(course_key, number)
            with CaptureQueriesContext(connection) as queries:
                column_choice.choose_columns(course_key, None)
            counts.append(len(queries))
        assert counts[0] == counts[1]
