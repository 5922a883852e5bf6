"""The two engagement reports, requested and downloaded as the course team does it."""

from __future__ import annotations

import csv
import io
import json
from contextlib import nullcontext
from datetime import date, datetime

import openpyxl
import pytest
from common.djangoapps.student.models import CourseEnrollment
from django.core.management import CommandError, call_command
from freezegun import freeze_time

from learner_data_plugin.engagement import coverage, rows
from learner_data_plugin.engagement.periods import DAY, monday_of, today
from learner_data_plugin.exceptions import InvalidSelection
from learner_data_plugin.models import EngagementWeek, ReportRun
from learner_data_plugin.platform.api import file_name_prefix
from learner_data_plugin.reports.base import get_report

from .. import factories
from ..engagement.making import at, block, record, submit
from ..engagement.test_forum import switch
from ..engagement.test_rows import check, play
from ..rest_api.paths import api_path

YESTERDAY = today() - DAY
SUNDAY = monday_of(today()) - DAY
HEADER_OF_DAY = (
    "Date,Course ID,Username,Email,Cohort,Was Active,Unique Problems Attempted,Total Problem Attempts,Unique Problems Correct,"
    "Unique Videos Played,Discussion Posts,Discussion Responses,Discussion Comments,Textbook Pages Viewed,"
    "URL of Last Subsection Viewed"
)
HEADER_OF_WEEK = HEADER_OF_DAY.replace("Date,", "End Date,", 1).replace("Was Active", "Days Active This Week")


def request(client, course_key, **body):
    return client.post(api_path(course_key, "reports/"), body, content_type="application/json")


def made(client, course_key, **body):
    """Have a report made; returns its name and content."""
    answer = request(client, course_key, **body)
    assert answer.status_code == 202, answer.content
    file = client.get(api_path(course_key, "reports/")).json()["reports"][0]
    return file["name"], b"".join(client.get(file["url"]).streaming_content)


def lines_of(content):
    """Lines without quotes; no cell of these tests has a comma."""
    return [",".join(row) for row in csv.reader(io.StringIO(content.decode()))]


@pytest.fixture
def learner(course_key):
    user = factories.make_learner(course_key, "=cmd", email="cmd@example.com")
    enrollment = CourseEnrollment.objects.get(user=user)
    enrollment.history.update(history_date=at("2026-01-01"))
    key = block(course_key)
    coverage.enter_import(SUNDAY - 30 * DAY, YESTERDAY)
    record([check(user, key, at(day), "correct") for day in {SUNDAY, SUNDAY - DAY, YESTERDAY}])
    record([play(user, course_key, at(SUNDAY), "v1")])
    return user


def test_the_day_is_yesterday_unless_one_is_chosen(course_key, instructor_client, learner):
    name, content = made(instructor_client, course_key, report="engagement_daily")
    assert name == f"{file_name_prefix(course_key)}_student_engagement_daily_{YESTERDAY}.csv"
    videos = int(YESTERDAY == SUNDAY)
    row = f"{YESTERDAY},{course_key},'=cmd,cmd@example.com,,1,1,1,1,{videos},0,0,0,0,"
    assert lines_of(content) == [HEADER_OF_DAY, row]


def test_a_day_may_be_chosen(course_key, instructor_client, learner):
    name, content = made(instructor_client, course_key, report="engagement_daily", date=str(SUNDAY - 2 * DAY))
    assert name.endswith(f"_student_engagement_daily_{SUNDAY - 2 * DAY}.csv")
    assert lines_of(content)[1] == f"{SUNDAY - 2 * DAY},{course_key},'=cmd,cmd@example.com,,0,0,0,0,0,0,0,0,0,"


def test_the_week_is_the_last_one_and_counts_each_problem_once(course_key, instructor_client, learner):
    name, content = made(instructor_client, course_key, report="engagement_weekly")
    assert name == f"{file_name_prefix(course_key)}_student_engagement_weekly_{SUNDAY}.csv"
    row = f"{SUNDAY},{course_key},'=cmd,cmd@example.com,,2,1,2,1,1,0,0,0,0,"
    assert lines_of(content) == [HEADER_OF_WEEK, row]


def test_of_the_same_day_twice_both_files_are_kept(course_key, instructor_client, learner):
    first, _content = made(instructor_client, course_key, report="engagement_daily")
    second, _content = made(instructor_client, course_key, report="engagement_daily")
    assert first != second
    assert second.startswith(first.removesuffix(".csv"))


@pytest.mark.parametrize("day", [today(), today() + DAY, today() + 365 * DAY])
def test_a_day_that_is_not_over_is_refused(course_key, instructor_client, day):
    answer = request(instructor_client, course_key, report="engagement_daily", date=str(day))
    assert (answer.status_code, answer.json()["error_code"]) == (422, "period_not_over")
    assert not ReportRun.objects.exists()


def test_a_week_that_is_not_over_is_refused(course_key, instructor_client):
    answer = request(instructor_client, course_key, report="engagement_weekly", end_date=str(SUNDAY + 7 * DAY))
    assert (answer.status_code, answer.json()["error_code"]) == (422, "period_not_over")


@pytest.mark.parametrize(
    ("report", "name", "value", "error_code"),
    [
        ("engagement_weekly", "end_date", str(SUNDAY - DAY), "invalid_selection"),
        ("engagement_weekly", "end_date", "0001-01-07", "invalid_selection"),
        ("engagement_daily", "date", "0001-01-01", "invalid_selection"),
        ("engagement_daily", "date", "yesterday", "invalid_parameter"),
        ("engagement_daily", "date", 20260301, "invalid_parameter"),
        ("engagement_daily", "date", "2026-03-01T00:00:00", "invalid_parameter"),
        ("engagement_daily", "end_date", str(SUNDAY), "unknown_parameter"),
        ("profile", "date", str(YESTERDAY), "unknown_parameter"),
    ],
)
def test_other_choices_are_refused(course_key, instructor_client, report, name, value, error_code):
    answer = request(instructor_client, course_key, report=report, **{name: value})
    assert (answer.status_code, answer.json()["error_code"]) == (422, error_code)


def test_a_report_that_waits_over_midnight_is_of_the_day_it_was_requested_for(course_key):
    report = get_report("engagement_daily")
    with freeze_time("2026-03-03T23:59:59Z"):
        selection = report.completed({})
    with freeze_time("2026-03-04T00:00:10Z"):
        assert report.file_name_part(selection, made=datetime(2026, 3, 4)) == "student_engagement_daily_2026-03-02"
        assert report.completed({}) == {"date": "2026-03-03"}
    with freeze_time("2026-03-01T23:59:59Z"):  # a Sunday: its week ends with it
        assert get_report("engagement_weekly").completed({}) == {"end_date": "2026-02-22"}
    with freeze_time("2026-03-02T00:00:00Z"):
        assert get_report("engagement_weekly").completed({}) == {"end_date": "2026-03-01"}


@pytest.mark.parametrize(
    ("report", "day", "says"),
    [
        ("engagement_daily", "2012-01-02", ""),
        ("engagement_daily", "2012-01-01", "There were no courses before 2012."),
        ("engagement_daily", "2026-03-03", ""),
        ("engagement_daily", "2026-03-04", "This day or week is not over yet (UTC)."),
        ("engagement_weekly", "2012-01-08", ""),
        ("engagement_weekly", "2012-01-01", "There were no courses before 2012."),
        ("engagement_weekly", "2026-03-01", ""),
        ("engagement_weekly", "2026-02-28", "'end_date' must be a Sunday: weeks go from Monday to Sunday."),
        ("engagement_weekly", "2026-03-08", "This day or week is not over yet (UTC)."),
    ],
)
def test_days_and_weeks_that_are_over_are_taken_from_the_first_course_on(course_key, report, day, says):
    report = get_report(report)
    with freeze_time("2026-03-04T10:00:00Z"), nullcontext() if not says else pytest.raises(InvalidSelection) as caught:
        report.check(course_key, {report.last_day: day})
    assert not says or str(caught.value) == says


def test_a_report_is_named_after_its_last_day_and_says_its_days(course_key):
    made = datetime(2026, 3, 4)
    daily, weekly = get_report("engagement_daily"), get_report("engagement_weekly")
    assert daily.contents(course_key, {"date": "2026-03-02"}) == ["March 2, 2026"]
    assert weekly.contents(course_key, {"end_date": "2026-03-01"}) == ["Feb. 23, 2026 – March 1, 2026"]
    assert weekly.file_name_part({"end_date": "2026-03-01"}, made=made) == "student_engagement_weekly_2026-03-01"


def test_a_recurring_one_is_of_what_was_over_on_its_day():
    chosen = {"other": "as it was", "date": "2025-01-01", "end_date": "2025-01-05"}
    assert get_report("engagement_daily").due_on(chosen, date(2026, 3, 2)) == {**chosen, "date": "2026-03-01"}
    assert get_report("engagement_weekly").due_on(chosen, date(2026, 3, 2)) == {**chosen, "end_date": "2026-03-01"}
    assert get_report("engagement_weekly").due_on(chosen, date(2026, 3, 1)) == {**chosen, "end_date": "2026-02-22"}


def test_what_was_chosen_stays_beside_the_day(course_key):
    with freeze_time("2026-03-04T10:00:00Z"):
        assert get_report("engagement_daily").completed({"a": 1}) == {"date": "2026-03-03", "a": 1}
        assert get_report("engagement_daily").completed({"date": "2026-03-01"}) == {"date": "2026-03-01"}


def test_batches_are_of_the_size_that_the_organization_has_and_rows_are_about_those_enrolled(db):
    report, course_key = get_report("engagement_daily"), factories.make_course(org="SmallX")
    factories.configure_site("SmallX", LEARNER_DATA_PLUGIN={"BATCH_SIZE": 2, "PRIVATE_COLUMNS": ["email"]})
    users = [factories.make_learner(course_key) for _ in range(3)]
    CourseEnrollment.history.update(history_date=at("2026-01-01"))
    chosen = {"date": "2026-03-01"}
    columns = report.columns(course_key, chosen)
    batches = list(report.batches(course_key, chosen, columns=columns))
    assert [list(batch[0]) for batch in batches] == [[users[0].pk, users[1].pk], [users[2].pk]]
    assert [list(batch[3]) for batch in batches] == [[users[0].username, users[1].username], [users[2].username]]
    assert len(columns) == len(batches[0]) - 1 == len(rows.HEADER_OF_DAY) - 1
    assert report.count(course_key, chosen) == 3


def test_numbers_are_numbers_in_xlsx_and_unknown_ones_are_empty(course_key, instructor_client, learner):
    _name, content = made(instructor_client, course_key, report="engagement_daily", format="xlsx")
    [header, row] = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    assert header == tuple(HEADER_OF_DAY.split(","))
    assert row[2:9] == ("'=cmd", "cmd@example.com", None, 1, 1, 1, 1)
    _name, content = made(instructor_client, course_key, report="engagement_daily", format="xlsx", date="2026-02-01")
    [_header, row] = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    assert row[4:] == (None,) * 11


def test_json_lines(course_key, instructor_client, learner):
    _name, content = made(instructor_client, course_key, report="engagement_weekly", format="jsonl")
    [row] = [json.loads(line) for line in content.decode().splitlines()]
    assert list(row) == HEADER_OF_WEEK.split(",")
    assert (row["Username"], row["Days Active This Week"], row["Cohort"]) == ("=cmd", 2, None)


@pytest.mark.parametrize(("private", "gone"), [(["email"], {"Email"}), (["username", "cohort"], {"Username", "Cohort"})])
def test_private_columns_are_left_out(course_key, instructor_client, learner, settings, private, gone):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "PRIVATE_COLUMNS": private}
    _name, content = made(instructor_client, course_key, report="engagement_weekly")
    [row] = csv.DictReader(io.StringIO(content.decode()))
    assert list(row) == [name for name in rows.HEADER_OF_WEEK if name not in gone]
    assert (row["Days Active This Week"], row["Course ID"]) == ("2", str(course_key))


def test_rows_are_in_the_order_of_usernames_as_the_database_sorts_them(course_key, instructor_client, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "BATCH_SIZE": 2}
    for name in ("zoe", "Amy", "bob", "ann", "Zed"):
        enrollment = CourseEnrollment.objects.get(user=factories.make_learner(course_key, f"{name}x"))
        enrollment.history.update(history_date=at("2026-01-01"))
    _name, content = made(instructor_client, course_key, report="engagement_daily")
    found = [row["Username"] for row in csv.DictReader(io.StringIO(content.decode()))]
    users = factories.User.objects.filter(courseenrollment__course_id=course_key)
    assert found == list(users.order_by("username").values_list("username", flat=True))


class TestCommand:
    """``learner_data_engagement``, run by cron."""

    @pytest.fixture(autouse=True)
    def _staff(self, db):
        factories.make_user("nightly", is_staff=True)

    def reports(self):
        return list(ReportRun.objects.order_by("id").values_list("report", "selection"))

    def test_makes_yesterdays_report(self, course_key):
        with freeze_time("2026-03-04T03:00:00Z"):
            call_command("learner_data_engagement", str(course_key), username="nightly")
        assert self.reports() == [("engagement_daily", {"date": "2026-03-03"})]

    def test_makes_the_weeks_report_on_mondays_too(self, course_key):
        with freeze_time("2026-03-09T03:00:00Z"):
            call_command("learner_data_engagement", str(course_key), username="nightly")
        assert self.reports() == [
            ("engagement_daily", {"date": "2026-03-08"}),
            ("engagement_weekly", {"end_date": "2026-03-08"}),
        ]

    def test_counts_the_weeks(self, course_key):
        factories.make_learner(course_key)
        call_command("learner_data_engagement", str(course_key), username="nightly")
        assert EngagementWeek.objects.filter(course__course_id=course_key).exists()

    def test_of_a_course_that_is_not_here_the_others_do_not_suffer(self, course_key):
        with pytest.raises(CommandError):
            call_command("learner_data_engagement", "course-v1:No+Such+One", str(course_key), username="nightly")
        assert self.reports()[0][0] == "engagement_daily"

    def test_a_day_that_is_not_over_is_refused(self, course_key):
        with pytest.raises(CommandError, match="not over"):
            call_command("learner_data_engagement", str(course_key), username="nightly", date=today())
        with pytest.raises(CommandError):
            call_command("learner_data_engagement", str(course_key), "--username", "nightly", "--date", "yesterday")

    def test_makes_those_of_another_day_that_was_missed(self, course_key):
        with freeze_time("2026-03-12T03:00:00Z"):
            call_command("learner_data_engagement", str(course_key), username="nightly", date=date(2026, 3, 8))
        assert self.reports() == [
            ("engagement_daily", {"date": "2026-03-08"}),
            ("engagement_weekly", {"end_date": "2026-03-08"}),
        ]


class TestNote:
    """What stands on the page about the reports."""

    def note(self, course_key):
        return get_report("engagement_daily").note(course_key)

    def test_says_since_when_each_source_is_complete(self, course_key):
        coverage.enter_import(date(2026, 3, 2), YESTERDAY)
        submit(factories.make_learner(course_key), block(course_key), [at("2026-01-01")])
        assert "visits, videos, textbook pages and last subsections from March 2, 2026;" in self.note(course_key)
        assert self.note(course_key).endswith("problem attempts from Jan. 2, 2026; discussions from March 2, 2026.")

    def test_what_was_imported_of_one_course_is_known_of_that_one(self, course_key):
        coverage.enter_import(date(2026, 3, 2), YESTERDAY, course_key=course_key)
        assert "last subsections from March 2, 2026;" in self.note(course_key)
        assert "last subsections not yet;" in self.note(factories.make_course())

    def test_says_what_is_not_known_yet(self, course_key):
        assert self.note(course_key).endswith("last subsections not yet; problem attempts not yet; discussions not yet.")

    def test_says_of_which_days_an_imported_past_is_complete(self, course_key):
        coverage.enter_import(date(2025, 3, 1), date(2025, 3, 31))
        coverage.enter_import(date(2025, 5, 1), date(2025, 5, 1))
        assert self.note(course_key).endswith(
            "last subsections March 1, 2025 – March 31, 2025, May 1, 2025; "
            "problem attempts March 1, 2025 – March 31, 2025, May 1, 2025; "
            "discussions March 1, 2025 – March 31, 2025, May 1, 2025."
        )
        submit(factories.make_learner(course_key), block(course_key), [at("2026-01-01")])
        assert "problem attempts March 1, 2025 – March 31, 2025, May 1, 2025, from Jan. 2, 2026;" in self.note(course_key)

    def test_says_so_of_the_latest_where_there_are_many(self, course_key):
        for day in range(2, 20, 2):
            coverage.enter_import(date(2025, 3, day), date(2025, 3, day))
        assert "last subsections …, March 14, 2025, March 16, 2025, March 18, 2025;" in self.note(course_key)

    def test_says_where_the_forum_keeps_posts_here(self, course_key):
        switch()
        assert self.note(course_key).endswith("discussions from the beginning.")

    def test_stands_once_on_the_page(self, course_key, instructor_client):
        page = instructor_client.get(f"/learner_data/courses/{course_key}/").content.decode()
        assert page.count("a blank cell means not known") == 1
