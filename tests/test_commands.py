"""The commands for operators."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from learner_data_plugin import audit
from learner_data_plugin.audit import seals
from learner_data_plugin.data import Actor
from learner_data_plugin.models import AuditRecord, Erasure, ReportFile

from . import factories


def run(name, *arguments):
    output, errors = io.StringIO(), io.StringIO()
    call_command(name, *arguments, stdout=output, stderr=errors)
    return output.getvalue()


class TestAudit:
    @pytest.fixture
    def records(self, course_key):
        audit.record(audit.Action.LISTED, course_key, by=Actor(1, "ada"), rows=3)
        audit.record(audit.Action.REFUSED, factories.make_course(), by=Actor(2, "eve"))

    def usernames(self, *arguments):
        return [row["username"] for row in csv.DictReader(run("learner_data_audit", *arguments).splitlines())]

    def test_prints_everything_oldest_first(self, records):
        assert self.usernames() == ["ada", "eve"]

    def test_narrows(self, records, course_key):
        assert self.usernames("--course", str(course_key)) == ["ada"]
        assert self.usernames("--username", "eve") == ["eve"]
        assert self.usernames("--action", "listed") == ["ada"]
        assert self.usernames("--since", f"{timezone.now():%Y-%m-%d}") == ["ada", "eve"]
        assert self.usernames("--since", "2999-01-01") == []

    def test_without_records_there_is_the_header(self, db):
        assert run("learner_data_audit").startswith("created,action,course_id")

    @pytest.mark.parametrize(
        "arguments",
        [["--course", "nonsense"], ["--since", "yesterday"], ["--since", "2026-02-30"], ["--action", "nonsense"]],
    )
    def test_says_what_is_wrong(self, arguments, db):
        with pytest.raises(CommandError, match=arguments[1]):
            run("learner_data_audit", *arguments)


    def test_verify_says_whether_records_were_changed(self, records, course_key):
        assert "0 days are sealed" in run("learner_data_audit", "--verify")
        seals.seal(now=timezone.now() + timedelta(days=2))
        assert "1 days are sealed" in run("learner_data_audit", "--verify")
        AuditRecord.objects.filter(username="ada")._change({"username": "eve"})
        with pytest.raises(CommandError, match="1 findings"):
            run("learner_data_audit", "--verify")


class TestRetention:
    def test_deletes_what_has_expired_and_says_how_much(self, course_key, instructor):
        factories.make_report(course_key, instructor)
        ReportFile.objects.update(created=timezone.now() - timedelta(days=91))
        assert "1 expired" in run("learner_data_retention")
        assert not ReportFile.objects.exists()
        assert "0 expired" in run("learner_data_retention")

    def test_finishes_erasures(self, course_key, instructor):
        learner = factories.make_learner(course_key)
        file = factories.make_report(course_key, instructor)
        Erasure.objects.create(user_id=learner.pk)
        run("learner_data_retention")
        assert ReportFile.objects.get(pk=file.pk).rows == 0
        assert Erasure.objects.get().done is not None


class TestReports:
    def test_makes_one_for_each_course_given(self, course_key):
        other, admin = factories.make_course(), factories.make_user(is_staff=True)
        run("learner_data_reports", str(course_key), str(other), "--username", admin.username)
        assert {file.course_id for file in ReportFile.objects.all()} == {course_key, other}
        assert {record.username for record in AuditRecord.objects.all()} == {admin.username}

    def test_says_what_they_are_for_where_the_site_asks(self, course_key, settings):
        settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "REQUIRE_PURPOSE": True}
        by = ("--username", factories.make_user(is_staff=True).username)
        with pytest.raises(CommandError):
            run("learner_data_reports", str(course_key), *by)
        run("learner_data_reports", str(course_key), *by, "--purpose", "Yearly statistics")
        assert AuditRecord.objects.get(action="generated").purpose == "Yearly statistics"

    def test_all_courses_and_the_other_report(self, course_key):
        factories.make_course()
        admin = factories.make_user(is_staff=True)
        run("learner_data_reports", "--all-courses", "--username", admin.username, "--report", "anonymized_ids")
        assert {file.run.report for file in ReportFile.objects.all()} == {"anonymized_ids"}
        assert course_key in {file.course_id for file in ReportFile.objects.all()}

    def test_goes_on_after_a_course_that_does_not_exist(self, course_key):
        admin = factories.make_user(is_staff=True)
        with pytest.raises(CommandError):
            run("learner_data_reports", "course-v1:No+Such+One", str(course_key), "--username", admin.username)
        assert ReportFile.objects.get().course_id == course_key

    @pytest.mark.parametrize("values", [{}, {"is_staff": True, "is_active": False}])
    def test_only_active_global_staff_may_be_named(self, values, course_key):
        with pytest.raises(CommandError):
            run("learner_data_reports", str(course_key), "--username", factories.make_user(**values).username)
        assert not ReportFile.objects.exists()
