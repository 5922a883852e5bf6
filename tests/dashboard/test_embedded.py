"""The page inside the new instructor dashboard."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from learner_data_plugin.models import AuditRecord
from learner_data_plugin.platform import frontends
from tests import factories
from tests.reading import page_data

DASHBOARD = "https://apps.example.com/instructor-dashboard"
ORIGIN = "https://apps.example.com"


@pytest.fixture(autouse=True)
def _dashboard(settings):
    settings.INSTRUCTOR_MICROFRONTEND_URL = DASHBOARD
    settings.LMS_ROOT_URL = "https://lms.example.com"
    settings.X_FRAME_OPTIONS = "DENY"


def page_path(course_id, query="?embedded=1"):
    return f"/learner_data/courses/{course_id}/{query}"


def policy(answer):
    return answer.headers.get("Content-Security-Policy")


class TestFraming:
    def test_the_dashboard_may_frame_it_and_nobody_else(self, course_key, instructor_client):
        answer = instructor_client.get(page_path(course_key))
        assert answer.status_code == 200
        assert policy(answer) == f"frame-ancestors {ORIGIN}"
        assert "X-Frame-Options" not in answer.headers

    @pytest.mark.parametrize("query", ["", "?embedded=", "?embedded=0", "?embedded=true", "?embedded=11"])
    def test_nobody_may_frame_the_page_on_its_own(self, course_key, instructor_client, query):
        answer = instructor_client.get(page_path(course_key, query))
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert policy(answer) is None

    def test_nobody_may_frame_any_other_answer(self, course_key, instructor_client):
        for path in (
            f"/learner_data/api/v1/courses/{course_key}/tasks/?embedded=1",
            f"/learner_data/api/v1/courses/{course_key}/reports/",
            "/learner_data/mine/?embedded=1",
            page_path("course-v1:No+Such+Course"),
        ):
            assert instructor_client.get(path).headers["X-Frame-Options"] == "DENY", path

    def test_the_policy_of_the_site_stands_beside_ours(self, course_key, instructor, settings, sign_in):
        settings.CSP_STATIC_ENFORCE = "default-src 'self'"
        middleware = "edx_django_utils.security.csp.middleware.content_security_policy_middleware"
        settings.MIDDLEWARE = [middleware, *settings.MIDDLEWARE]
        answer = sign_in(instructor).get(page_path(course_key))
        assert policy(answer) == f"frame-ancestors {ORIGIN}, default-src 'self'"

    @pytest.mark.parametrize(
        "url", [None, "", "nonsense", "ftp://apps.example.com", "https://*.example.com", "https://a;b", "https://a b"]
    )
    def test_without_a_dashboard_nobody_may_frame_it(self, course_key, instructor_client, settings, url):
        settings.INSTRUCTOR_MICROFRONTEND_URL = url
        answer = instructor_client.get(page_path(course_key))
        assert answer.status_code == 200
        assert policy(answer) == "frame-ancestors 'none'"
        assert answer.headers["X-Frame-Options"] == "DENY"

    def test_a_platform_that_knows_no_such_setting(self, course_key, instructor_client, settings):
        del settings.INSTRUCTOR_MICROFRONTEND_URL
        assert policy(instructor_client.get(page_path(course_key))) == "frame-ancestors 'none'"

    def test_a_dashboard_at_the_address_of_the_lms(self, course_key, instructor_client, settings):
        settings.INSTRUCTOR_MICROFRONTEND_URL = "/instructor"
        assert policy(instructor_client.get(page_path(course_key))) == "frame-ancestors https://lms.example.com"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://apps.example.com/instructor-dashboard/", "https://apps.example.com"),
        ("HTTPS://Apps.Example.COM:443/x?y#z", "https://apps.example.com"),
        ("http://apps.local.openedx.io:8080", "http://apps.local.openedx.io:8080"),
        ("http://localhost:80", "http://localhost"),
        ("https://localhost:80", "https://localhost:80"),
        ("https://user:secret@apps.example.com", "https://apps.example.com"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://apps.example.com:port", ""),
        ("https://apps.example.com:99999", ""),
        ("https://", ""),
        ("https://[::1", ""),
        ("https://a..b", ""),
        ("//apps.example.com", ""),
        ("javascript:alert(1)", ""),
        ("https://apps.example.com'; script-src *", ""),
    ],
)
def test_origins_are_those_that_browsers_write(url, origin):
    assert frontends.origin_of(url) == origin


class TestPage:
    def test_has_neither_header_nor_footer_and_its_links_open_in_the_window(self, course_key, instructor_client):
        text = instructor_client.get(page_path(course_key)).content.decode()
        assert "<base target=\"_top\">" in text
        assert f'data-learner-data-dashboard="{ORIGIN}"' in text
        assert not re.search(r"<footer\b|global-header|learner-data-site", text)
        assert text.count("<html") == text.count("<main") == text.count("<h1") == 1

    def test_has_the_same_panels_as_the_page_on_its_own(self, course_key, instructor_client):
        embedded, alone = (instructor_client.get(page_path(course_key, query)) for query in ("?embedded=1", ""))
        panels = [re.findall(r'id="(learner-data-[a-z-]+)"', answer.content.decode()) for answer in (embedded, alone)]
        assert panels[0] == panels[1] != []
        came_back = page_data(embedded)
        assert came_back.pop("embedded") is True
        assert came_back.pop("return_url") == f"{DASHBOARD}/{course_key}/learner_data"
        assert came_back == page_data(alone)

    def test_without_the_role_there_is_the_reason(self, course_key, sign_in):
        answer = sign_in(factories.make_learner(course_key)).get(page_path(course_key))
        assert answer.status_code == 403
        assert policy(answer) == f"frame-ancestors {ORIGIN}"
        assert "data-learner-data-refused" in answer.content.decode()
        assert AuditRecord.objects.get().detail == "page"

    def test_is_stored_by_nobody(self, course_key, instructor_client):
        assert "no-store" in instructor_client.get(page_path(course_key))["Cache-Control"]


class TestSignedOut:
    def test_somebody_whose_session_ended_finds_the_way_to_sign_in_and_back(self, course_key, settings):
        answer = Client().get(page_path(course_key))
        assert answer.status_code == 401
        assert policy(answer) == f"frame-ancestors {ORIGIN}"
        [link] = re.findall(r'<a href="([^"]+)"', answer.content.decode())
        key = str(course_key).replace(":", "%3A").replace("+", "%2B")
        next_url = f"https%3A%2F%2Fapps.example.com%2Finstructor-dashboard%2F{key}%2Flearner_data"
        assert html.unescape(link) == f"{settings.LOGIN_URL}?next={next_url}"

    def test_it_is_the_same_for_courses_that_there_are_not(self, course_key):
        there, not_there = (Client().get(page_path(key)) for key in (course_key, "course-v1:No+Such+Course"))
        assert not_there.status_code == there.status_code
        without_link = [re.sub(r'href="[^"]+next[^"]+"', "", answer.content.decode()) for answer in (there, not_there)]
        assert without_link[0] == without_link[1]

    def test_what_stands_in_the_address_is_escaped(self, db):
        answer = Client().get(page_path('"><script>alert(1)<'))
        assert answer.status_code in (401, 404)
        assert "<script>alert" not in answer.content.decode()

    def test_without_a_dashboard_the_way_back_is_the_page_on_its_own(self, course_key, settings):
        settings.INSTRUCTOR_MICROFRONTEND_URL = ""
        text = html.unescape(Client().get(page_path(course_key)).content.decode())
        assert "next=%2Flearner_data%2Fcourses%2F" in text
