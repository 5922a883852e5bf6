"""The page on which learners read who was given their data."""

from __future__ import annotations

import html

import pytest

from learner_data_plugin import api
from learner_data_plugin.dashboard import my_data
from learner_data_plugin.data import Actor

from .. import factories

PATH = "/learner_data/mine/"
WHY = "Write to those <whose> answers mention distress"


@pytest.fixture
def _shown(settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "DISCLOSURES_PAGE": True}


@pytest.fixture
def learner(course_key):
    return factories.make_learner(course_key)


def page_of(client, query=""):
    answer = client.get(PATH + query)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return html.unescape(answer.content.decode())


@pytest.mark.usefixtures("_shown")
class TestShown:
    def test_says_which_files_of_which_courses_for_whom_and_why(self, course_key, learner, sign_in):
        researcher = factories.make_team_member("data_researcher", course_key)
        by = Actor(researcher.pk, researcher.username)
        key = factories.anonymous_id(learner, course_key)
        api.deanonymize(course_key, [key], columns=["username", "email"], purpose=WHY, by=by).content.close()
        text = page_of(sign_in(learner))
        name = api.get_course(str(course_key)).display_name
        for part in ("File deanonymized", "Username, Email", "Course Data Researcher", WHY, name):
            assert part in text
        assert researcher.username not in text

    def test_others_have_a_page_of_their_own(self, course_key, learner, sign_in, instructor):
        factories.make_report(course_key, instructor)
        assert "Profile information" in page_of(sign_in(learner))
        assert "No file held your data." in page_of(sign_in(factories.make_user()))

    def test_many_are_on_several_pages(self, course_key, learner, sign_in, instructor, monkeypatch):
        monkeypatch.setattr(my_data, "PER_PAGE", 2)
        for _time in range(5):
            factories.make_report(course_key, instructor)
        client = sign_in(learner)
        texts = [page_of(client, f"?page={number}") for number in (1, 2, 3, 99, "x")]
        assert [text.count('data-label="Downloads"') for text in texts] == [2, 2, 1, 1, 2]

    def test_older_files_that_cannot_say_are_mentioned(self, course_key, learner, sign_in, instructor, settings):
        factories.make_report(course_key, instructor)
        settings.SECRET_KEY = "another"
        assert "no longer known" in page_of(sign_in(learner))

    def test_one_has_to_be_signed_in(self, db, client):
        answer = client.get(PATH)
        assert (answer.status_code, "/login" in answer["Location"]) == (302, True)


def test_is_off_unless_the_site_wants_it(learner, sign_in):
    assert sign_in(learner).get(PATH).status_code == 404


def test_is_on_for_the_courses_of_an_organization(course_key, learner, sign_in, instructor):
    elsewhere = factories.make_course(org="OtherX")
    factories.enroll(learner, elsewhere)
    factories.configure_site("OtherX", LEARNER_DATA_PLUGIN={"DISCLOSURES_PAGE": True})
    factories.make_report(course_key, instructor)
    assert "No file held your data." in page_of(sign_in(learner))
    factories.make_report(elsewhere, factories.make_team_member("staff", elsewhere))
    text = page_of(sign_in(learner))
    assert api.get_course(str(elsewhere)).display_name in text
    assert api.get_course(str(course_key)).display_name not in text
