"""The byte order mark that lets Excel read a CSV: for those who ask, where the site allows it."""

from __future__ import annotations

import pytest

from .. import factories
from .paths import api_path

BOM = b"\xef\xbb\xbf"


@pytest.fixture
def file(course_key, instructor):
    return factories.make_report(course_key, instructor)


@pytest.fixture
def url(course_key, file):
    return api_path(course_key, f"reports/{file.name}")


@pytest.mark.parametrize("accept", ["text/html,*/*", "text/csv", "*/*"])
def test_programs_get_the_file_as_it_is_stored(url, instructor_client, accept):
    answer = instructor_client.get(url, headers={"accept": accept})
    content = answer.getvalue()
    assert content
    assert not content.startswith(BOM)
    assert answer["Content-Length"] == str(len(content))


def test_who_asks_gets_the_mark_before_the_same_content(url, instructor_client):
    plain = instructor_client.get(url).getvalue()
    answer = instructor_client.get(url + "?bom=1")
    content = answer.getvalue()
    assert content == BOM + plain
    assert answer["Content-Length"] == str(len(content))


def test_a_site_without_marks_sends_none(url, instructor_client, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "CSV_BOM": False}
    answer = instructor_client.get(url + "?bom=1")
    assert answer.getvalue() == instructor_client.get(url).getvalue()


def test_no_workbook_gets_a_mark(course_key, instructor, instructor_client):
    name = factories.make_report(course_key, instructor, file_format="xlsx").name
    content = instructor_client.get(api_path(course_key, f"reports/{name}?bom=1")).getvalue()
    assert content.startswith(b"PK")


@pytest.mark.parametrize(
    ("query", "code"), [("bom=0", "invalid_parameter"), ("bom=", "invalid_parameter"), ("mark=1", "unknown_parameter")]
)
@pytest.mark.parametrize("call", ["reports/{name}", "statistics/gender.csv"])
def test_anything_else_in_the_query_is_refused(course_key, file, instructor_client, call, query, code):
    answer = instructor_client.get(api_path(course_key, call.format(name=file.name)) + f"?{query}")
    assert (answer.status_code, answer.json()["error_code"]) == (422, code)
