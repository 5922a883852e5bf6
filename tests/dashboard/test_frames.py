"""Our pages where the platform has no frame for server-rendered pages any more."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from django.template import engines
from django.template.backends.base import BaseEngine

from learner_data_plugin.platform import frontends
from tests import factories

pytestmark = pytest.mark.standin_only(reason="the platform's templates are left where they are")


@pytest.fixture
def _without_main_html(settings, tmp_path):
    """A platform whose templates are all there but main.html."""
    directories = [Path(directory) for directory in settings.MAKO_TEMPLATE_DIRS_BASE]
    copies = []
    for directory in directories:
        copies.append(Path(shutil.copytree(directory, tmp_path / str(len(copies)), ignore=shutil.ignore_patterns("main.html"))))
    settings.MAKO_MODULE_DIR = str(tmp_path / "modules")
    settings.TEMPLATES = [
        {**engine, "DIRS": copies} if engine["NAME"] == "mako" else engine for engine in settings.TEMPLATES
    ]
    assert isinstance(engines["mako"], BaseEngine)


def page_path(course_key):
    return f"/learner_data/courses/{course_key}/"


def test_the_platforms_own_frame_is_used_while_it_is_there(course_key, instructor_client):
    assert frontends.has_page_frame()
    text = instructor_client.get(page_path(course_key)).content.decode()
    assert 'class="global-header"' in text
    assert "learner-data-site" not in text


@pytest.mark.usefixtures("_without_main_html")
class TestGone:
    def test_the_page_stands_in_a_frame_of_its_own(self, course_key, instructor, instructor_client):
        assert not frontends.has_page_frame()
        answer = instructor_client.get(page_path(course_key))
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "Learner Data | Your Platform Name Here</title>" in text
        assert instructor.username in text
        assert 'href="/logout"' in text
        assert "data-learner-data=" in text
        assert text.count("<main") == text.count("<h1") == 1
        assert answer.headers["X-Frame-Options"] == "DENY"

    def test_it_names_the_site_that_the_organization_is_on(self, course_key, instructor_client):
        factories.configure_site(course_key.org, platform_name="<Faculty> of Tests")
        text = instructor_client.get(page_path(course_key)).content.decode()
        assert "| &lt;Faculty&gt; of Tests</title>" in text

    def test_so_does_that_for_learners(self, instructor_client, settings):
        settings.LEARNER_DATA_PLUGIN = {"DISCLOSURES_PAGE": True}
        text = instructor_client.get("/learner_data/mine/").content.decode()
        assert "Who was given my data | Your Platform Name Here</title>" in text

    def test_and_the_embedded_page(self, course_key, instructor_client):
        assert instructor_client.get(page_path(course_key) + "?embedded=1").status_code == 200

    @pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("de", "ltr")])
    def test_it_says_which_way_it_is_read(self, course_key, instructor_client, settings, language, direction):
        settings.LANGUAGE_CODE = language
        text = instructor_client.get(page_path(course_key), headers={"accept-language": language}).content.decode()
        assert re.search(rf'<html lang="{language}" dir="{direction}">', text)
