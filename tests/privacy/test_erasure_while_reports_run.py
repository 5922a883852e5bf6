"""An erased learner does not come back: not in a report that was being made, not in the next one, not in one that waits."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from common.djangoapps.student.models import CourseEnrollment
from django.test import override_settings
from django.utils import timezone

from learner_data_plugin.exceptions import ReportFailed
from learner_data_plugin.learners.erased import erased_since, pending_since
from learner_data_plugin.models import Erasure, ReportFile, ReportRun
from learner_data_plugin.privacy import erasure, retention
from learner_data_plugin.reports import building, files
from tests import factories
from tests.erasing import erase
from tests.reading import build, cells_of, rows_of, start_run
from tests.rest_api.paths import api_path, status_of

FORMATS = ("csv", "xlsx", "jsonl")


@pytest.fixture
def learners(course_key):
    return [factories.make_learner(course_key, name, profile={"name": name, "goals": f"goals of {name}"}) for name in "abcde"]


def build_and_meanwhile(course_key, work, **chosen):
    """Build a report; ``work`` is done when all of its rows have been read."""
    run, worked = start_run(course_key, **chosen), []

    def on_progress(done, total):
        if done == total and not worked:
            worked.append(True)
            work()

    return building.build_report(run, on_progress=on_progress)


@pytest.mark.parametrize("file_format", FORMATS)
def test_learner_who_is_erased_while_a_report_is_made_is_not_given_out_with_it(
    file_format, course_key, learners, instructor_client
):
    def erase_one_without_enrollment():
        CourseEnrollment.objects.filter(user=learners[1]).delete()
        erase(learners[1])

    file = build_and_meanwhile(course_key, erase_one_without_enrollment, file_format=file_format)
    path = api_path(course_key, f"reports/{file.name}")
    refused = instructor_client.get(path)
    assert (refused.status_code, refused.json()["error_code"]) == (503, "report_changing")
    assert int(refused["Retry-After"]) >= 60
    erasure.erase_pending()  # as after each report
    assert status_of(instructor_client, path) == 200
    assert cells_of(ReportFile.objects.select_related("run").get(), "username") == ["a", "c", "d", "e"]


def test_report_from_which_nobody_can_be_taken_out_is_made_again(course_key, learners):
    columns = {"COLUMNS": ["name", "goals"]}
    with override_settings(LEARNER_DATA_PLUGIN=columns):
        file = build_and_meanwhile(course_key, lambda: erase(learners[2]))
        assert cells_of(file, "name") == ["a", "b", "d", "e"]


def test_it_fails_where_that_goes_on_and_on(course_key, learners, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "COLUMNS": ["name", "goals"]}
    leaving = iter(learners)

    def on_progress(done, total):
        if done == total:
            erase(next(leaving))

    with pytest.raises(ReportFailed) as caught:
        building.build_report(start_run(course_key), on_progress=on_progress)
    assert caught.value.code == "learner_erased"
    assert len(list(leaving)) == 2, "three times"
    assert not ReportFile.objects.exists()


def test_retirement_that_is_committed_late_is_not_missed(course_key, learners):
    """It was entered before the report began, and nobody could see it until the rows were read."""
    Erasure.objects.create(user_id=learners[0].pk, created=factories.days(-0.01))
    run = ReportRun.objects.get(pk=start_run(course_key).pk)
    entered = list(Erasure.objects.all())
    Erasure.objects.all().delete()

    def on_progress(done, total):
        if done == total:
            Erasure.objects.bulk_create(entered, ignore_conflicts=True)

    building.build_report(run, on_progress=on_progress)
    erasure.erase_pending()
    assert cells_of(ReportFile.objects.select_related("run").get(), "username") == ["b", "c", "d", "e"]


@pytest.mark.parametrize("file_format", FORMATS)
def test_report_waits_until_a_learner_is_taken_out(file_format, course_key, learners, instructor, instructor_client):
    file = factories.make_report(course_key, instructor, file_format=file_format)
    elsewhere = factories.make_course()
    factories.give_role(instructor, "instructor", elsewhere)
    other = factories.make_report(elsewhere, instructor)
    erasure.add(learners[0].pk)
    assert status_of(instructor_client, api_path(course_key, f"reports/{file.name}")) == 503
    assert status_of(instructor_client, api_path(elsewhere, f"reports/{other.name}")) == 200
    erasure.erase_pending()
    assert status_of(instructor_client, api_path(course_key, f"reports/{file.name}")) == 200


def test_report_without_index_waits_for_those_who_were_enrolled(course_key, learners, instructor, instructor_client):
    file = factories.make_report(course_key, instructor)
    file.learner_index.delete()
    erasure.add(factories.make_user().pk)
    assert status_of(instructor_client, api_path(course_key, f"reports/{file.name}")) == 200
    erasure.add(learners[0].pk)
    assert status_of(instructor_client, api_path(course_key, f"reports/{file.name}")) == 503


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("report", ["profile", "anonymized_ids"])
def test_erased_learner_is_in_no_later_report_although_still_enrolled(report, file_format, course_key, learners):
    erase(learners[3])
    file = build(course_key, report=report, file_format=file_format)
    ids = {str(row[0]) for row in rows_of(file)[1:]}
    assert ids == {str(user.pk) for user in learners if user != learners[3]}
    assert file.rows == 4


def test_erased_learner_is_not_in_the_table_nor_among_the_anonymized_ids(course_key, learners, instructor_client):
    erase(learners[3])
    table = instructor_client.get(api_path(course_key, "learners/")).json()
    assert [learner["username"] for learner in table["learners"]] == ["a", "b", "c", "e"]
    ids = b"".join(instructor_client.get(api_path(course_key, "anonymized_ids.csv")).streaming_content).decode()
    assert str(learners[3].pk) not in {row["User ID"] for row in csv.DictReader(io.StringIO(ids))}


def retire_as_the_platform_does(user):
    """Its last step renames the account, and keeps goals, language and level of education."""
    user.username, user.email = "retired__user_0123", "retired__user_0123@retired.invalid"
    user.save()


def test_account_that_was_retired_before_this_plugin_was_there_shows_nothing(course_key, learners, instructor_client):
    retire_as_the_platform_does(learners[0])
    for file_format in FORMATS:
        assert "goals of a" not in str(rows_of(build(course_key, file_format=file_format)))
    table = instructor_client.get(api_path(course_key, "learners/")).json()["learners"]
    assert [learner["username"] for learner in table] == ["b", "c", "d", "e"]


def test_retirement_of_which_no_signal_came_is_made_up_for(course_key, learners, instructor):
    file = factories.make_report(course_key, instructor)
    retire_as_the_platform_does(learners[0])
    retention.remove_expired()
    assert cells_of(ReportFile.objects.select_related("run").get(pk=file.pk), "id") == [str(user.pk) for user in learners[1:]]
    assert Erasure.objects.get().user_id == learners[0].pk
    assert erasure.add_missed() == 0


def test_what_others_have_claimed_is_left_to_them(course_key, learners, instructor):
    file = factories.make_report(course_key, instructor)
    erasure.add(learners[0].pk)
    Erasure.objects.update(claimed=factories.days(0))
    assert erasure.erase_pending() == 0
    assert files.held_by(file, [learners[0].pk]) == {learners[0].pk}
    Erasure.objects.update(claimed=factories.days(-0.1))  # they are gone
    assert erasure.erase_pending() == 1


def test_retirement_that_was_entered_before_the_report_began_and_committed_later_is_found(course_key, learners):
    """Its transaction may have been open for hours, and showed itself to nobody meanwhile."""
    begun = timezone.now()
    erasure.add(learners[0].pk)
    Erasure.objects.update(created=begun - timedelta(hours=23))
    assert erased_since(begun) == pending_since(begun) == [learners[0].pk]
    Erasure.objects.update(created=begun - timedelta(hours=25))
    assert erased_since(begun) == pending_since(begun) == []
