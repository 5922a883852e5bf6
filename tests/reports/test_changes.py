"""What changed since an earlier report: joined, left, changed cells; who may see it, and what it never tells."""

from __future__ import annotations

import pytest
from common.djangoapps.student.models import CourseEnrollment, UserProfile
from django.contrib.auth import get_user_model
from lms.djangoapps.instructor_task.models import InstructorTask

from learner_data_plugin import api
from learner_data_plugin.data import Actor
from learner_data_plugin.exceptions import InvalidSelection, ReportNotFound
from learner_data_plugin.models import AuditRecord, Disclosure, LearnerIndex, ReportFile, ReportRun
from learner_data_plugin.privacy import disclosures, erasure
from learner_data_plugin.reports import changes, deletion, files
from learner_data_plugin.reports.base import get_report
from learner_data_plugin.reports.messages import failure_message

from .. import factories
from ..reading import content_of, rows_of

pytestmark = pytest.mark.django_db


def make(course_key, user, report="profile", file_format="csv", **selection):
    """The stored file of a report, requested and made in the name of an account."""
    by = Actor(user.pk, user.username)
    requested = api.request_report(course_key, report, file_format=file_format, selection=selection, by=by)
    return ReportFile.objects.select_related("run").get(run__task_id=requested.task_id)


@pytest.fixture
def people(course_key):
    names = ("ada", "bob", "=cyd")
    return {name: factories.make_learner(course_key, name, profile={"name": name.title(), "goals": ""}) for name in names}


def change_course(course_key, people):
    """Somebody joins, somebody leaves, somebody writes something else."""
    CourseEnrollment.objects.filter(user=people["bob"]).update(is_active=False)
    UserProfile.objects.filter(user=people["=cyd"]).update(goals="=1+1\n\"quoted\", 'too'", country="FR")
    return factories.make_learner(course_key, "dan")


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
def test_joined_left_and_changed_cells_with_old_and_new_value(course_key, instructor, people, file_format):
    earlier = make(course_key, instructor, file_format=file_format)
    dan = change_course(course_key, people)

    file = make(course_key, instructor, "changes", file_format, earlier=earlier.name)

    guard = "" if file_format == "jsonl" else "'"
    empty = None if file_format != "csv" else ""
    as_id = str if file_format == "csv" else int
    assert rows_of(file) == [
        ["change", "id", "username", "column", "before", "after"],
        ["joined", as_id(dan.pk), "dan", empty, empty, empty],
        ["left", as_id(people["bob"].pk), "bob", empty, empty, empty],
        ["changed", as_id(people["=cyd"].pk), f"{guard}=cyd", "goals", empty, f"{guard}=1+1\n\"quoted\", 'too'"],
        ["changed", as_id(people["=cyd"].pk), f"{guard}=cyd", "country", empty, "FR"],
    ]
    assert file.numbers == {"joined": 1, "left": 1, "changed": 1}
    assert [found.changes for found in api.list_reports(course_key)] == [file.numbers, None]


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
def test_nothing_changed_is_a_file_without_rows(course_key, instructor, people, file_format):
    goals = "'=x \u0001 _x0041_ é <b> & ; | \t\r\n end"
    UserProfile.objects.filter(user=people["ada"]).update(goals=goals, year_of_birth=1815)
    earlier = make(course_key, instructor, file_format=file_format)

    file = make(course_key, instructor, "changes", file_format, earlier=earlier.name)

    assert file.rows == 0
    assert file.numbers == {"joined": 0, "left": 0, "changed": 0}


def test_two_stored_files_are_compared_without_looking_at_the_course(course_key, instructor, people):
    earlier = make(course_key, instructor)
    change_course(course_key, people)
    later = make(course_key, instructor)
    factories.make_learner(course_key, "eve")

    file = make(course_key, instructor, "changes", earlier=earlier.name, later=later.name)

    assert [row[2] for row in rows_of(file)[1:]] == ["dan", "bob", "'=cyd", "'=cyd"]


def test_a_selection_is_compared_with_the_same_selection(course_key, instructor, people):
    earlier = make(course_key, instructor, columns=["username", "country"], enrollment_mode="audit")
    change_course(course_key, people)
    factories.make_learner(course_key, "eve", mode="verified")

    file = make(course_key, instructor, "changes", earlier=earlier.name)

    assert rows_of(file) == [
        ["change", "username", "column", "before", "after"],
        ["joined", "dan", "", "", ""],
        ["left", "bob", "", "", ""],
        ["changed", "'=cyd", "country", "", "FR"],
    ]


def test_research_exports_are_compared_by_their_ids_and_name_nobody(course_key, instructor, people):
    earlier = make(course_key, instructor, "research")
    change_course(course_key, people)

    file = make(course_key, instructor, "changes", earlier=earlier.name)

    assert rows_of(file)[0] == ["change", "anonymized_id", "column", "before", "after"]
    assert file.numbers == {"joined": 1, "left": 1, "changed": 1}
    assert not any(name.encode() in content_of(file) for name in ("bob", "cyd", "dan"))


def test_research_exports_by_ids_of_different_kinds_are_refused(course_key, instructor, people):
    site = make(course_key, instructor, "research", kind="site")
    usual, named = (make(course_key, instructor, "research", **kind) for kind in ({}, {"kind": "course"}))
    with pytest.raises(InvalidSelection, match="the same report"):
        make(course_key, instructor, "changes", earlier=site.name, later=usual.name)
    assert make(course_key, instructor, "changes", earlier=usual.name, later=named.name).rows == 0


def test_engagement_reports_of_two_days_are_compared_without_their_dates(course_key, instructor, people):
    days = ("2026-03-02", "2026-03-03")
    CourseEnrollment.history.update(history_date=factories.days(-900))
    earlier, later = (make(course_key, instructor, "engagement_daily", date=day) for day in days)

    file = make(course_key, instructor, "changes", earlier=earlier.name, later=later.name)

    assert rows_of(file) == [["change", "Username", "column", "before", "after"]]
    with pytest.raises(InvalidSelection, match="Name a later one, in 'later'"):
        make(course_key, instructor, "changes", earlier=earlier.name)


def test_a_column_that_is_private_by_now_is_not_compared(course_key, instructor, people):
    earlier = make(course_key, instructor)
    change_course(course_key, people)
    later = make(course_key, instructor)
    factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"PRIVATE_COLUMNS": ["goals", "username"]})

    file = make(course_key, instructor, "changes", earlier=earlier.name, later=later.name)

    assert rows_of(file)[0] == ["change", "id", "column", "before", "after"]
    assert [row[2] for row in rows_of(file)[1:]] == ["", "", "country"]


@pytest.mark.parametrize("is_stored", [True, False], ids=["stored", "now"])
def test_nor_is_one_that_was_chosen(course_key, instructor, people, is_stored):
    chosen = {"columns": ["username", "goals", "country"], "sort": "goals"}
    earlier = make(course_key, instructor, **chosen)
    change_course(course_key, people)
    later = {"later": make(course_key, instructor, **chosen).name} if is_stored else {}
    factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"PRIVATE_COLUMNS": ["goals"]})

    file = make(course_key, instructor, "changes", earlier=earlier.name, **later)

    assert [row[2] for row in rows_of(file)[1:]] == ["", "", "country"]
    assert b"quoted" not in content_of(file)


def test_a_difference_is_indexed_disclosed_and_erased_like_other_reports(course_key, instructor, people):
    earlier = make(course_key, instructor)
    change_course(course_key, people)
    file = make(course_key, instructor, "changes", earlier=earlier.name)
    cyd = people["=cyd"]

    assert files.held_by(file, [user.pk for user in people.values()]) == {people["bob"].pk, cyd.pk}
    assert LearnerIndex.objects.filter(file=file).exists()
    disclosed = Disclosure.objects.get(record__file_name=file.name)
    assert disclosed.selection == {"earlier": earlier.name}
    assert disclosed.record_id in disclosures.held_in(cyd.pk, [course_key]).numbers

    erasure.add(cyd.pk)
    erasure.erase_pending()

    file = ReportFile.objects.select_related("run").get(pk=file.pk)
    assert [row[0] for row in rows_of(file)[1:]] == ["joined", "left"]
    assert AuditRecord.objects.filter(action="erased", file_name=file.name).exists()


def test_who_was_erased_has_neither_joined_nor_left_nor_changed(course_key, instructor, people):
    earlier = make(course_key, instructor)
    dan = change_course(course_key, people)
    later = make(course_key, instructor)
    for user in (people["bob"], people["=cyd"], dan):
        erasure.add(user.pk)  # and nobody has gone through the stored files yet

    file = make(course_key, instructor, "changes", earlier=earlier.name, later=later.name)

    assert (file.rows, file.numbers) == (0, {"joined": 0, "left": 0, "changed": 0})


def test_of_an_account_that_is_gone_a_file_without_account_ids_tells_nothing(course_key, instructor, people):
    earlier = make(course_key, instructor, columns=["username", "country"])
    get_user_model().objects.filter(pk=people["bob"].pk).update(username="retired__user_x")
    CourseEnrollment.objects.filter(user=people["bob"]).update(is_active=False)

    assert make(course_key, instructor, "changes", earlier=earlier.name).rows == 0


def test_an_order_that_was_chosen_is_no_part_of_what_is_compared(course_key, instructor, people, settings):
    earlier = make(course_key, instructor, sort="-username")
    change_course(course_key, people)
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "MAX_LEARNERS_ON_PAGE": 2}  # and there is none now

    assert make(course_key, instructor, "changes", earlier=earlier.name).numbers == {"joined": 1, "left": 1, "changed": 1}


def test_rows_stand_in_their_order_however_many_there_are(course_key, instructor, monkeypatch, settings):
    monkeypatch.setattr(changes, "_ROWS_AT_ONCE", 2)
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "BATCH_SIZE": 3}
    leave = [factories.make_learner(course_key, f"left{number}") for number in range(5)]
    earlier = make(course_key, instructor)
    joined = [factories.make_learner(course_key, f"joined{number}").username for number in reversed(range(7))]
    CourseEnrollment.objects.filter(user__in=leave).update(is_active=False)

    file = make(course_key, instructor, "changes", earlier=earlier.name)

    assert [row[2] for row in rows_of(file)[1:]] == [*sorted(joined), *(user.username for user in leave)]
    assert (file.rows, file.numbers) == (12, {"joined": 7, "left": 5, "changed": 0})


def test_each_learner_who_changed_is_counted_once_whatever_changed(course_key, instructor, people):
    earlier = make(course_key, instructor)
    UserProfile.objects.filter(user__in=people.values()).update(goals="more", country="FR", gender="f")

    file = make(course_key, instructor, "changes", earlier=earlier.name)

    assert (file.rows, file.numbers) == (9, {"joined": 0, "left": 0, "changed": 3})


def test_how_far_it_is_is_told_in_rows_of_the_earlier_report(course_key, instructor, people):
    earlier = make(course_key, instructor)
    factories.make_learner(course_key)
    assert get_report("changes").count(course_key, {"earlier": earlier.name}) == 3


def test_it_is_made_from_both_files_or_the_one_that_is_named():
    sources = get_report("changes").sources
    assert sources({"earlier": "a.csv", "later": "b.csv"}) == ["a.csv", "b.csv"]
    assert sources({"earlier": "a.csv", "later": ""}) == sources({"earlier": "a.csv"}) == ["a.csv"]
    assert sources({}) == []


def test_learners_whose_names_are_forgotten_are_not_taken_for_everybody(course_key, instructor, people):
    earlier = make(course_key, instructor, usernames=["ada", "bob"])
    assert make(course_key, instructor, "changes", earlier=earlier.name).rows == 0

    erasure.add(factories.make_learner(course_key).pk)
    erasure.erase_pending()

    with pytest.raises(InvalidSelection, match="'later'"):
        make(course_key, instructor, "changes", earlier=earlier.name)


@pytest.mark.parametrize(
    ("selection", "says"),
    [
        ({}, "'earlier'"),
        ({"columns": ["country", "gender"]}, "no column"),
        ({"search": "a"}, "'later'"),
    ],
)
def test_what_cannot_be_compared_is_refused(course_key, instructor, people, selection, says):
    chosen = {"earlier": make(course_key, instructor, **selection).name} if selection else {}
    with pytest.raises(InvalidSelection, match=says):
        make(course_key, instructor, "changes", **chosen)


def test_files_of_other_kinds_and_the_wrong_order_are_refused(course_key, instructor, people):
    first, second = make(course_key, instructor), make(course_key, instructor)
    ids = make(course_key, instructor, "anonymized_ids")
    xlsx = make(course_key, instructor, file_format="xlsx")
    for earlier, later, says in (
        (first, ids, "same report and format"),
        (first, xlsx, "same report and format"),
        (second, first, "after the later one"),
        (first, first, "after the later one"),
    ):
        with pytest.raises(InvalidSelection, match=says):
            make(course_key, instructor, "changes", earlier=earlier.name, later=later.name)


@pytest.mark.parametrize("gone", [{"report": "somebody_elses"}, {"file_format": "ods"}])
def test_a_file_of_a_plugin_that_is_gone_is_not_to_be_compared(course_key, instructor, gone):
    file = make(course_key, instructor)
    ReportRun.objects.filter(pk=file.run_id).update(**gone)
    with pytest.raises(InvalidSelection, match="this kind cannot be compared"):
        make(course_key, instructor, "changes", earlier=file.name)


def test_a_file_that_one_may_not_see_is_not_to_be_compared(course_key, instructor):
    researcher = factories.make_team_member("data_researcher", course_key)
    file = make(course_key, researcher)
    ReportRun.objects.filter(pk=file.run_id).update(roles=" data_researcher ")

    with pytest.raises(ReportNotFound):
        make(course_key, instructor, "changes", earlier=file.name)

    difference = make(course_key, researcher, "changes", earlier=file.name)
    assert difference.run.roles == " data_researcher "
    assert difference.name not in [report.name for report in api.list_reports(course_key, user=instructor)]


def test_a_file_that_goes_before_the_run_begins_is_told(course_key, instructor, settings, use_broker):
    earlier = make(course_key, instructor)
    use_broker("memory://")
    by = Actor(instructor.pk, instructor.username)
    task_id = api.request_report(course_key, "changes", selection={"earlier": earlier.name}, by=by).task_id
    deletion.remove(ReportFile.objects.select_related("run").get(pk=earlier.pk), "deleted", by=by)

    from learner_data_plugin import tasks

    tasks.generate_report.apply(args=[InstructorTask.objects.get(task_id=task_id).pk, {}], task_id=task_id)

    [task, _earlier] = api.list_tasks(course_key)
    assert (task.state, task.message) == ("FAILURE", failure_message("earlier_gone"))
