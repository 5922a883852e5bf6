"""The section in the platform's own instructor dashboard, and the page of its own, as the platform renders them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import lxml.html
import pytest
from django.contrib.staticfiles import finders

from .. import factories


@pytest.fixture
def dashboard(course_key, instructor_client):
    factories.make_learner(course_key, profile={"name": "Ada"})
    answer = instructor_client.get(f"/courses/{course_key}/instructor")
    assert answer.status_code == 200
    if to_look_at := os.environ.get("DASHBOARD_HTML"):
        Path(to_look_at).write_bytes(answer.content)
    return lxml.html.fromstring(answer.content.decode())


def test_dashboard_has_the_section_beside_the_platforms_own(dashboard):
    keys = [button.get("data-section") for button in dashboard.cssselect(".instructor-nav [data-section]")]
    assert keys[-1] == "learner_data"
    assert "course_info" in keys
    [section] = dashboard.cssselect("section#learner_data.idash-section")
    assert section.cssselect(".learner-data")


def test_section_has_what_its_scripts_read(dashboard, course_key):
    [root] = dashboard.cssselect("#learner_data [data-learner-data]")
    page = json.loads(root.get("data-learner-data"))
    assert page["course_id"] == str(course_key)
    assert page["learner_count"] == 1
    for name in ("learners", "reports", "tasks", "anonymized_ids"):
        assert page["urls"][name].startswith(f"/learner_data/api/v1/courses/{course_key}/")


def test_every_script_and_style_of_the_section_is_a_static_file_of_the_platform(dashboard):
    section = dashboard.cssselect("#learner_data")[0]
    scripts = [script.get("src") for script in section.cssselect("script")]
    styles = [link.get("href") for link in section.cssselect("link[rel=stylesheet]")]
    assert scripts[-1].endswith("js/main.js")
    assert styles
    for address in (*scripts, *styles):
        assert finders.find(address.removeprefix("/static/")), address
    assert not [script for script in section.cssselect("script") if script.text]


def test_someone_without_the_role_reads_whom_to_ask(course_key, sign_in, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "ROLES": ["data_researcher"]}
    staff = factories.make_team_member("staff", course_key)
    answer = sign_in(staff).get(f"/courses/{course_key}/instructor")
    [section] = lxml.html.fromstring(answer.content.decode()).cssselect("#learner_data")
    assert section.cssselect("[data-learner-data-refused]")
    assert not section.cssselect("[data-learner-data]")


def test_page_of_its_own_has_the_same_panels_in_the_platforms_frame(course_key, instructor_client):
    answer = instructor_client.get(f"/learner_data/courses/{course_key}/")
    assert answer.status_code == 200
    page = lxml.html.fromstring(answer.content.decode())
    [main] = page.cssselect("main#main")
    assert main.cssselect("[data-learner-data]")
    assert page.cssselect("header.global-header"), "the platform's header"
