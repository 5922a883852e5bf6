"""Another plugin's column, report and format, from the API to the file and in the page."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from common.djangoapps.student.models import CourseEnrollment
from django.apps import apps
from django.utils import timezone

from learner_data_plugin.columns import base as columns
from learner_data_plugin.exceptions import UnknownReport
from learner_data_plugin.export import base as formats
from learner_data_plugin.extending import Column, Privacy, Report, register_column, register_format, register_report
from learner_data_plugin.models import ReportFile
from learner_data_plugin.reports import base as reports
from learner_data_plugin.reports.profile import ProfileReport
from tests.example_plugin.apps import ExamplePluginConfig
from tests.example_plugin.formats import TabSeparatedFormat

from . import factories
from .erasing import erase
from .reading import content_of
from .rest_api.paths import api_path

JSON = "application/json"


@pytest.fixture
def _registries():
    """What is registered in a test is forgotten after it."""
    before = [dict(columns.CATALOGUE), dict(reports._REPORTS), dict(formats._FORMATS)]
    yield
    for registry, kept in zip((columns.CATALOGUE, reports._REPORTS, formats._FORMATS), before, strict=True):
        registry.clear()
        registry.update(kept)


@pytest.fixture
def example_plugin(_registries):
    ExamplePluginConfig.create("tests.example_plugin.apps.ExamplePluginConfig").ready()


@pytest.fixture
def request_file(course_key, instructor_client):
    def request(**body):
        answer = instructor_client.post(api_path(course_key, "reports/"), json.dumps(body), content_type=JSON)
        assert answer.status_code == 202, answer.content
        return ReportFile.objects.select_related("run").get(run__task_id=answer.json()["task_id"])

    return request


@pytest.fixture
def ada(course_key):
    return factories.make_learner(course_key, "ada", email="ada@example.com")


@pytest.mark.usefixtures("example_plugin")
class TestExamplePlugin:
    def test_its_column_is_in_the_table_and_in_the_file_where_a_site_names_it(
        self, course_key, ada, instructor_client, request_file, settings
    ):
        settings.LEARNER_DATA_PLUGIN = {"COLUMNS": ["username", "email_domain"]}
        [learner] = instructor_client.get(api_path(course_key, "learners/")).json()["learners"]
        assert learner == {"username": "ada", "email_domain": "example.com"}
        assert content_of(request_file(report="profile", format="csv")) == b'username,email_domain\r\n"ada","example.com"\r\n'

    def test_its_report_is_made_with_its_parameter(self, course_key, ada, request_file):
        long_ago = factories.make_learner(course_key, "bob")
        CourseEnrollment.objects.filter(user=long_ago).update(created=timezone.now() - timedelta(days=30))
        everybody = content_of(request_file(report="newcomers", format="csv")).decode().splitlines()
        assert [line.split(",")[1] for line in everybody] == ["username", '"ada"', '"bob"']
        since = (timezone.now() - timedelta(days=2)).date().isoformat()
        some = request_file(report="newcomers", format="jsonl", since=since)
        assert [json.loads(line)["username"] for line in content_of(some).splitlines()] == ["ada"]
        assert "_newcomers_20" in some.name
        assert some.run.selection == {"since": since}

    def test_what_is_wrong_with_its_parameter_is_told_by_name(self, course_key, instructor_client):
        for body, code in (
            ({"report": "newcomers", "since": "yesterday"}, "invalid_parameter"),
            ({"report": "newcomers", "columns": ["id"]}, "unknown_parameter"),
            ({"report": "profile", "since": "2026-01-01"}, "unknown_parameter"),
        ):
            answer = instructor_client.post(api_path(course_key, "reports/"), json.dumps(body), content_type=JSON)
            assert (answer.status_code, answer.json()["error_code"]) == (422, code)
            assert ("since" if code == "invalid_parameter" else list(body)[1]) in answer.json()["developer_message"]

    def test_its_format_is_written_downloaded_and_rewritten_when_a_learner_is_erased(
        self, course_key, ada, instructor_client, request_file
    ):
        factories.make_learner(course_key, "bob", profile={"name": "=1+1"})
        file = request_file(report="profile", format="tsv", columns=["id", "username", "name"])
        answer = instructor_client.get(api_path(course_key, f"reports/{file.name}"))
        assert answer["Content-Type"] == TabSeparatedFormat.content_type
        assert file.name.endswith(".tsv")
        lines = b"".join(answer.streaming_content).decode().splitlines()
        assert [line.split("\t")[1:] for line in lines[1:]] == [["ada", ada.profile.name], ["bob", "'=1+1"]]
        assert erase(ada) == 1
        file.refresh_from_db()
        assert [line.split("\t")[1] for line in content_of(file).decode().splitlines()] == ["username", "bob"]

    def test_page_and_description_have_them(self, course_key, client, instructor_client):
        page = instructor_client.get(f"/learner_data/courses/{course_key}/").content.decode()
        form = page.partition('id="learner-data-create"')[2].partition("</form>")[0]
        options = re.findall(r'<option value="(\w+)"[^>]*>([^<]+)</option>', form)
        assert {("newcomers", "Newcomers"), ("tsv", "TSV"), ("profile", "Profile information")} <= set(options)
        description = client.get("/learner_data/openapi.json").json()
        assert "newcomers" in description["components"]["schemas"]["ReportEnum"]["enum"]
        assert "since" in description["components"]["schemas"]["ReportRequest"]["properties"]


@pytest.mark.usefixtures("example_plugin")
def test_files_of_a_plugin_that_is_gone_are_still_there(course_key, instructor, instructor_client, ada):
    file = factories.make_report(course_key, instructor, report="newcomers", file_format="tsv")
    del reports._REPORTS["newcomers"], formats._FORMATS["tsv"]
    [listed] = instructor_client.get(api_path(course_key, "reports/")).json()["reports"]
    assert (listed["report"], listed["format"]) == ("newcomers", "tsv")
    answer = instructor_client.get(listed["url"])
    assert answer["Content-Type"] == "application/octet-stream"
    assert b"ada" in b"".join(answer.streaming_content)
    with pytest.raises(UnknownReport):
        reports.get_report("newcomers")
    assert erase(ada) == 1
    assert not ReportFile.objects.filter(pk=file.pk).exists()


@pytest.mark.usefixtures("_registries")
class TestRegistration:
    def test_apps_that_are_made_ready_again_change_nothing(self):
        before = [dict(columns.CATALOGUE), dict(reports._REPORTS), dict(formats._FORMATS)]
        apps.get_app_config("learner_data_plugin").ready()
        assert [list(registry) for registry in before] == [
            list(columns.CATALOGUE), list(reports._REPORTS), list(formats._FORMATS)
        ]  # fmt: skip

    def test_a_name_that_is_taken_is_refused(self):
        class Other(ProfileReport):
            pass

        class OtherFormat(TabSeparatedFormat):
            name = "csv"

        with pytest.raises(ValueError, match="profile"):
            register_report(Other())
        with pytest.raises(ValueError, match="csv"):
            register_format(OtherFormat())
        with pytest.raises(ValueError, match="city"):
            register_column(Column("city", "City", "", "", Privacy.COURSE, path="user__profile__city"))

    @pytest.mark.parametrize("name", ["", "with space", "a" * 33, "1st"])
    def test_a_report_needs_a_usable_name(self, name):
        class Nameless(ProfileReport):
            pass

        Nameless.name = name
        with pytest.raises(ValueError, match="identifier"):
            register_report(Nameless())

    @pytest.mark.parametrize("value", [{}, {"path": "mode", "compute": len}])
    def test_a_column_needs_a_path_or_a_function(self, value):
        with pytest.raises(ValueError, match="'points' needs either a path or a compute function"):
            Column("points", "Points", "", "", Privacy.COURSE, **value)

    def test_a_report_that_lacks_a_method_cannot_be_made(self):
        class Half(Report):
            name = "half"

        with pytest.raises(TypeError, match="batches"):
            Half()
