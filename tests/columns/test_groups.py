"""The cells of cohort and team."""

from __future__ import annotations

import pytest

from tests import factories
from tests.reading import read_learners

pytestmark = pytest.mark.django_db


class TestCohortAndTeam:
    @pytest.fixture
    def course_key(self):
        return factories.make_course(cohorts=True, teams=True)

    @pytest.fixture
    def other_key(self):
        return factories.make_course(cohorts=True, teams=True)

    def cells(self, course_key, key):
        return {learner["username"]: learner[key] for learner in read_learners(course_key, "username", key)}

    def test_of_this_course_only(self, course_key, other_key):
        ada, bob = (factories.make_learner(course_key, name) for name in ("ada", "bob"))
        for user in (ada, bob):
            factories.enroll(user, other_key)
        factories.make_cohort(course_key, "Red", [ada])
        factories.make_cohort(other_key, "Blue", [ada, bob])
        factories.make_team(course_key, "Kites", [bob])
        factories.make_team(other_key, "Crows", [ada, bob])
        assert self.cells(course_key, "cohort") == {"ada": "Red", "bob": "[unassigned]"}
        assert self.cells(course_key, "team") == {"ada": "[unavailable]", "bob": "Kites"}

    def test_cohort_follows_a_move(self, course_key):
        ada = factories.make_learner(course_key, "ada")
        factories.make_cohort(course_key, "Red", [ada])
        factories.make_cohort(course_key, "Blue", [ada])
        assert self.cells(course_key, "cohort") == {"ada": "Blue"}

    @pytest.mark.parametrize("first", [0, 1])
    def test_of_several_team_sets_the_team_joined_first_is_named_and_the_row_comes_once(self, course_key, first):
        ada = factories.make_learner(course_key, "ada")
        team_sets = factories.TEAM_SETS
        factories.make_team(course_key, "First", [ada], team_set=team_sets[first])
        factories.make_team(course_key, "Second", [ada], team_set=team_sets[1 - first])
        assert self.cells(course_key, "team") == {"ada": "First"}
        assert len(read_learners(course_key)) == 1

    @pytest.mark.parametrize("name", ["=1+1", "[unassigned]", "ünï,\"q\"\n", "x" * 255])
    def test_names_are_the_teams_own_words(self, course_key, name):
        ada = factories.make_learner(course_key, "ada")
        factories.make_cohort(course_key, name, [ada])
        factories.make_team(course_key, name, [ada])
        assert self.cells(course_key, "cohort") == self.cells(course_key, "team") == {"ada": name}
