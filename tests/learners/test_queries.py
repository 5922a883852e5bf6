"""Who is in the report, in which order, and in how many queries."""

from __future__ import annotations

from itertools import count

import pytest
from common.djangoapps.student.models import CourseEnrollment
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from learner_data_plugin.columns.base import CATALOGUE
from learner_data_plugin.columns.catalogue import get_column
from learner_data_plugin.data import Selection
from learner_data_plugin.learners import offered_columns, queries
from tests import factories
from tests.reading import as_table, read_learners

pytestmark = pytest.mark.django_db


def names(course_key, **options):
    return [learner["username"] for learner in read_learners(course_key, "username", **options)]


def written(course_key, *, batch_size, at_step, meanwhile):
    """The usernames of a report's rows; ``meanwhile`` happens after one of its batches, or after each of the first twelve."""
    batches = queries.read_learners(
        course_key, columns=[get_column("username")], selection=Selection(), batch_size=batch_size
    )
    names = []
    for step, [batch] in enumerate(batches):
        names += batch
        if step == at_step or (at_step is None and step < 12):
            meanwhile()
    return names


class TestWho:
    def test_everyone_with_an_active_enrollment_in_this_course(self, course_key):
        factories.make_learner(course_key, "adam")
        factories.make_learner(course_key, "left", is_active=False)
        factories.make_learner(factories.make_course(), "elsewhere")
        factories.make_user("nowhere")
        both = factories.make_learner(course_key, "both", mode="honor")
        factories.enroll(both, factories.make_course(), is_active=False)
        assert names(course_key) == ["adam", "both"]
        assert queries.count_learners(course_key) == 2

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
        assert queries.count_learners(course_key) == 0

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
    def test_batches_hold_everybody_once(self, course_key, number, batch_size):
        ids = factories.make_learners(course_key, number)
        batches = list(
            queries.read_learners(course_key, columns=[get_column("id")], selection=Selection(), batch_size=batch_size)
        )
        assert [user_id for [batch] in batches for user_id in batch] == ids
        assert all(0 < len(batch) <= batch_size for [batch] in batches)

    @pytest.mark.parametrize("batch_size", [1, 3, 40])
    @pytest.mark.parametrize("between", [0, 1, 7, 50])
    def test_enrollments_far_from_each_other_and_in_heaps_are_all_found(self, course_key, batch_size, between):
        elsewhere = factories.make_course()
        expected = []
        for heap in (1, 12, 2):
            expected += factories.make_learners(course_key, heap)
            factories.make_learners(elsewhere, between)
        found = read_learners(course_key, "id", batch_size=batch_size)
        assert sorted(learner["id"] for learner in found) == sorted(expected)


@pytest.mark.parametrize("batch_size", [1, 2, 3])
class TestComingAndGoing:
    """People enroll and leave while a report is made: nobody who stays is dropped or repeated."""

    STAYING = ("h", "b", "n", "d", "l", "f", "p", "j")

    @pytest.fixture(autouse=True)
    def _staying(self, course_key):
        for name in self.STAYING:
            factories.make_learner(course_key, name)

    @pytest.mark.parametrize("step", range(8))
    def test_when_earlier_and_later_ones_enroll(self, course_key, batch_size, step):
        def enroll():
            for letter in "acegikmoq":
                factories.make_learner(course_key, letter)

        seen = written(course_key, batch_size=batch_size, at_step=step, meanwhile=enroll)
        assert [name for name in seen if name in self.STAYING] == sorted(self.STAYING)
        assert seen == sorted(set(seen))

    @pytest.mark.parametrize("step", range(8))
    @pytest.mark.parametrize("deleted", [True, False])
    def test_when_some_leave(self, course_key, batch_size, step, deleted):
        leaving = CourseEnrollment.objects.filter(course_id=course_key, user__username__in="bnp")

        def leave():
            _ = leaving.delete() if deleted else leaving.update(is_active=False)

        seen = written(course_key, batch_size=batch_size, at_step=step, meanwhile=leave)
        assert [name for name in seen if name not in "bnp"] == ["d", "f", "h", "j", "l"]
        assert seen == sorted(set(seen))

    def test_when_many_come_and_go_at_every_step(self, course_key, batch_size):
        step = count()

        def come_and_go():
            CourseEnrollment.objects.exclude(user__username__in=self.STAYING).update(is_active=False)
            for letter in "acegikmoq":
                factories.make_learner(course_key, f"{letter}{next(step)}")

        seen = written(course_key, batch_size=batch_size, at_step=None, meanwhile=come_and_go)
        assert [name for name in seen if name in self.STAYING] == sorted(self.STAYING)
        assert seen == sorted(set(seen))

    @pytest.mark.parametrize("step", range(8))
    def test_when_a_learner_changes_track_meanwhile(self, course_key, batch_size, step):
        def change():
            CourseEnrollment.objects.filter(user__username="n").update(mode="verified")

        seen = written(course_key, batch_size=batch_size, at_step=step, meanwhile=change)
        assert seen == sorted(self.STAYING)

    @pytest.mark.parametrize("step", range(8))
    def test_when_an_account_gets_a_later_name(self, course_key, batch_size, step):
        """As retirement does: its row may stand at either place, and only there."""

        def rename():
            get_user_model().objects.filter(username="d").update(username="retired")

        seen = written(course_key, batch_size=batch_size, at_step=step, meanwhile=rename)
        assert sorted({*seen} - {"d", "retired"}) == sorted({*self.STAYING} - {"d"})
        assert len(seen) == len(set(seen)) == len(self.STAYING)


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
        if not selection.search:  # of which the database knows nothing
            assert queries.count_learners(course_key, selection) == len(expected)

    @pytest.mark.parametrize("search", ["jose", "JOSÉ", "José", "fonseca", "FÓNSECA", "sé"])
    @pytest.mark.parametrize("batch_size", [1, 2, 100])
    def test_case_and_accents_do_not_matter(self, course_key, search, batch_size):
        factories.make_learner(course_key, "jo", profile={"name": "JOSÉ Fonseca"})
        factories.make_learner(course_key, "jd", profile={"name": "Jose\u0301 Fonseca"})  # the accent as a letter of its own
        selection = Selection(search=search)
        assert names(course_key, selection=selection, batch_size=batch_size) == ["jd", "jo"]
        found = queries.read_learners(
            course_key, columns=[get_column("name")], selection=selection, batch_size=200, most=200
        )
        assert as_table(found) == [("Jose\u0301 Fonseca",), ("JOSÉ Fonseca",)]

    @pytest.mark.parametrize(("private", "found"), [(["name"], []), (["email"], ["ada"]), (["name", "email", "username"], [])])
    def test_private_columns_are_not_searched(self, course_key, settings, private, found):
        settings.LEARNER_DATA_PLUGIN = {"PRIVATE_COLUMNS": private, "COLUMNS": ["id"]}
        ids = [learner["id"] for learner in read_learners(course_key, selection=Selection(search="Byron"))]
        assert list(get_user_model().objects.filter(pk__in=ids).values_list("username", flat=True)) == found


STORED_AND_MADE = tuple(key for key, column in CATALOGUE.items() if not column.optional)
"""All columns but those of what learners do, which come with queries of their own."""


class TestQueries:
    """One for what the database answers, and one for the verifications of all, however many there are."""

    @pytest.fixture
    def course_key(self):
        return factories.make_course(cohorts=True, teams=True)

    def fill(self, course_key, number):
        users = [factories.make_learner(course_key, mode="verified") for _ in range(number)]
        if not users:
            return
        factories.make_cohort(course_key, f"Cohort {users[0].id}", users)
        factories.make_team(course_key, f"Team {users[0].id}", users)
        for user in users:
            factories.verify(user)

    def count(self, course_key, *, batch_size, keys):
        columns = [get_column(key) for key in keys]
        with CaptureQueriesContext(connection) as captured:
            list(queries.read_learners(course_key, columns=columns, selection=Selection(), batch_size=batch_size))
        return len(captured)

    @pytest.mark.parametrize(
        ("keys", "expected"), [(STORED_AND_MADE, 3), (("verification_status",), 3), (("id", "name", "city", "cohort"), 1)]
    )
    def test_they_do_not_depend_on_the_number_of_learners_and_batches(self, course_key, keys, expected):
        for number, batch_size in ((3, 100), (40, 100), (0, 7)):
            self.fill(course_key, number)
            assert self.count(course_key, batch_size=batch_size, keys=keys) == expected

    def test_choosing_the_columns_does_not_depend_on_the_number_of_learners(self, course_key):
        counts = []
        for number in (1, 20):
            self.fill(course_key, number)
            with CaptureQueriesContext(connection) as captured:
                offered_columns.choose_columns(course_key, None)
            counts.append(len(captured))
        assert counts[0] == counts[1]
