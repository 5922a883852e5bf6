"""What a report has to be to be registered, and what it is unless it says otherwise."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from learner_data_plugin.exceptions import UnknownColumn, UnknownReport
from learner_data_plugin.export.base import get_format
from learner_data_plugin.reports import base
from learner_data_plugin.reports.profile import ProfileReport
from tests import factories


class Another(ProfileReport):
    """A report of another plugin."""


def named(name):
    report = Another()
    report.name = name
    return report


@pytest.fixture(autouse=True)
def _registry(monkeypatch):
    monkeypatch.setattr(base, "_REPORTS", dict(base._REPORTS))


@pytest.mark.parametrize("name", ["two words", "", "1st", "n" * 33, "profile"])
def test_a_name_that_is_taken_too_long_or_no_identifier_is_refused(name):
    with pytest.raises(ValueError, match="identifier"):
        base.register_report(named(name))


@pytest.mark.parametrize("name", ["n" * 32, "newcomers"])
def test_any_other_name_is_known_from_then_on(name):
    report = named(name)
    base.register_report(report)
    assert base.get_report(name) is report
    base.register_report(named(name))  # as when an app is loaded twice


def test_the_name_of_an_unknown_report_is_answered_with_those_that_are_known():
    with pytest.raises(UnknownReport) as caught:
        base.get_report("grades")
    assert str(caught.value) == f"'report' must be one of {', '.join(report.name for report in base.reports())}."
    assert "profile, " in str(caught.value)


class Plain(base.Report):
    """A report that says no more than it has to."""

    name, label, file_stem = "plain", "Plain", "plain_file"
    id_column = "ID"

    def columns(self, course_key, selection):
        if "grade" in selection:
            raise UnknownColumn(key="grade")
        return [base.ReportColumn("ID")]

    def count(self, course_key, selection):
        return 0

    def batches(self, course_key, selection, *, columns):
        return []


class TestWhatAReportNeedNotSay:
    def test_what_is_chosen_stays_as_it_is_at_every_time(self):
        chosen = {"search": "a"}
        assert Plain().completed(chosen) == Plain().due_on(chosen, date(2026, 3, 1)) == chosen

    def test_nothing_is_to_be_said_about_it(self, course_key):
        report = Plain()
        assert (report.note(course_key), report.contents(course_key, {"a": 1})) == ("", [])
        assert (report.is_partial({"a": 1}), list(report.sources({"a": 1}))) == (False, [])

    def test_its_files_are_named_after_the_minute_in_utc(self):
        made = datetime(2026, 3, 1, 0, 5, tzinfo=timezone(timedelta(hours=2)))
        assert Plain().file_name_part({}, made=made) == "plain_file_2026-02-28-2205"

    def test_its_tasks_have_a_type_of_their_own(self):
        assert Plain().task_type == "learner_data_plain_csv"

    def test_its_buttons_say_report_and_format(self):
        assert Plain().button_label(get_format("xlsx")) == "Plain as XLSX (Excel)"

    def test_columns_that_cannot_be_had_are_refused_when_it_is_requested(self, course_key):
        Plain().check(course_key, {})
        with pytest.raises(UnknownColumn):
            Plain().check(course_key, {"grade": 1})

    def test_learners_are_told_apart_by_account_or_by_username(self, course_key):
        ada = factories.make_learner(course_key, "ada")
        assert Plain().accounts(course_key, "ID", ["7", "12"]) == {"7": 7, "12": 12}
        assert Plain().accounts(course_key, "Username", ["ada", "nobody"]) == {"ada": ada.pk}
