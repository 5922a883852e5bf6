"""Who is in the report, in which order, and in how many queries."""

from __future__ import annotations

import io
from itertools import count

import pytest
from common.djangoapps.student.models import CourseEnrollment
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from learner_data_plugin import column_choice, learners, row_order
from learner_data_plugin.columns import CATALOGUE, get_column
from learner_data_plugin.data import Selection
from learner_data_plugin.row_order import write_in_order
from learner_data_plugin.spreadsheets import CsvWriter

from . import factories
from .reading import csv_rows, read_learners

pytestmark = pytest.mark.django_db


def names(course_key, **options):
    return [learner["username"] for learner in read_learners(course_key, "username", **options)]


def written(course_key, *, batch_size, at_step, meanwhile):
    """The usernames of a report's rows; ``meanwhile`` happens after one of its steps, or after each of the first twelve."""
    steps = count()

    def on_rows(_read, _written):
        step = next(steps)
        if step == at_step or (at_step is None and step < 12):
            meanwhile()

    file = io.BytesIO()
    rows = write_in_order(
        CsvWriter(file, ["username"]),
        batches=learners.read_learners(
            course_key, columns=[get_column("username")], selection=Selection(), batch_size=batch_size, expected=8
        ),
        on_rows=on_rows,
    )
    names = [name for [name] in csv_rows(file.getvalue())[1:]]
    assert rows == len(names)
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
    def test_batches_hold_everybody_once(self, course_key, number, batch_size):
        ids = factories.make_learners(course_key, number)
        batches = list(
            learners.read_learners(
                course_key, columns=[get_column("id")], selection=Selection(), batch_size=batch_size, expected=number
            )
        )
        assert [user_id for _, [batch] in batches for user_id in batch] == ids
        assert all(0 < len(keys) == len(batch) <= batch_size for keys, [batch] in batches)

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


@pytest.mark.parametrize("run_bytes", [1, 12, 1_000_000])
@pytest.mark.parametrize("batch_size", [1, 2, 3])
class TestComingAndGoing:
    """People enroll and leave while a report is made: nobody who stays is dropped or repeated."""

    STAYING = ("h", "b", "n", "d", "l", "f", "p", "j")

    @pytest.fixture(autouse=True)
    def _runs(self, monkeypatch, run_bytes):
        monkeypatch.setattr(row_order, "RUN_BYTES", run_bytes)

    @pytest.fixture(autouse=True)
    def _staying(self, course_key):
        for name in self.STAYING:
            factories.make_learner(course_key, name)

    @pytest.mark.parametrize("step", range(12))
    def test_when_earlier_and_later_ones_enroll(self, course_key, batch_size, step):
        def enroll():
            for letter in "acegikmoq":
                factories.make_learner(course_key, letter)

        seen = written(course_key, batch_size=batch_size, at_step=step, meanwhile=enroll)
        assert [name for name in seen if name in self.STAYING] == sorted(self.STAYING)
        assert seen == sorted(set(seen))

    @pytest.mark.parametrize("step", range(12))
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

    @pytest.mark.parametrize("step", range(12))
    def test_when_a_learner_changes_track_meanwhile(self, course_key, batch_size, step):
        def change():
            CourseEnrollment.objects.filter(user__username="n").update(mode="verified")

        seen = written(course_key, batch_size=batch_size, at_step=step, meanwhile=change)
        assert seen == sorted(self.STAYING)

    @pytest.mark.parametrize("step", range(12))
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
            assert learners.count_learners(course_key, selection) == len(expected)

    @pytest.mark.parametrize("search", ["jose", "JOSÉ", "José", "fonseca", "FÓNSECA", "sé"])
    @pytest.mark.parametrize("batch_size", [1, 2, 100])
    def test_case_and_accents_do_not_matter(self, course_key, search, batch_size):
        factories.make_learner(course_key, "jo", profile={"name": "JOSÉ Fonseca"})
        factories.make_learner(course_key, "jd", profile={"name": "Jose\u0301 Fonseca"})  # the accent as a letter of its own
        selection = Selection(search=search)
        assert names(course_key, selection=selection, batch_size=batch_size) == ["jd", "jo"]
        found = learners.read_few(course_key, columns=[get_column("name")], selection=selection, most=200)
        assert found == [("Jose\u0301 Fonseca",), ("JOSÉ Fonseca",)]

    @pytest.mark.parametrize(("private", "found"), [(["name"], []), (["email"], ["ada"]), (["name", "email", "username"], [])])
    def test_private_columns_are_not_searched(self, course_key, settings, private, found):
        settings.LEARNER_DATA_PLUGIN = {"PRIVATE_COLUMNS": private, "COLUMNS": ["id"]}
        ids = [learner["id"] for learner in read_learners(course_key, selection=Selection(search="Byron"))]
        assert list(get_user_model().objects.filter(pk__in=ids).values_list("username", flat=True)) == found


class TestQueries:
    """A number of queries for each batch, whoever is in it."""

    MOST_A_BATCH = 5  # stored values, verification, cohort, team, program
    BESIDES = 3  # the first and the last id, and who has come since

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
        columns, expected = [get_column(key) for key in keys], learners.count_learners(course_key)
        with CaptureQueriesContext(connection) as queries:
            list(
                learners.read_learners(
                    course_key, columns=columns, selection=Selection(), batch_size=batch_size, expected=expected
                )
            )
        return len(queries)

    @pytest.mark.parametrize(
        ("keys", "expected"), [(tuple(CATALOGUE), MOST_A_BATCH), (("id", "name", "city"), 1), (("cohort",), 2)]
    )
    def test_one_batch_costs_the_same_at_any_size(self, course_key, keys, expected):
        self.fill(course_key, 3)
        assert self.count(course_key, batch_size=100, keys=keys) == expected + self.BESIDES
        self.fill(course_key, 40)
        assert self.count(course_key, batch_size=100, keys=keys) == expected + self.BESIDES

    def test_each_batch_costs_the_same(self, course_key):
        self.fill(course_key, 40)
        for batch_size, batches in ((41, 1), (21, 2), (11, 4), (7, 6)):
            assert self.count(course_key, batch_size=batch_size, keys=CATALOGUE) == batches * self.MOST_A_BATCH + self.BESIDES

    def test_choosing_the_columns_does_not_depend_on_the_number_of_learners(self, course_key):
        counts = []
        for number in (1, 20):
            self.fill(course_key, number)
            with CaptureQueriesContext(connection) as queries:
                column_choice.choose_columns(course_key, None)
            counts.append(len(queries))
        assert counts[0] == counts[1]
