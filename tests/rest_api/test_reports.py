"""``reports/``: having reports made, listing, downloading and deleting them."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone
from lms.djangoapps.instructor_task.models import InstructorTask, ReportStore

from learner_data_plugin.data import Selection
from learner_data_plugin.models import ReportFile, ReportRun
from learner_data_plugin.reports import files, runs

from .. import factories
from ..reading import OF_AUTHZ, build, claim_profile
from .paths import api_path, let_go

JSON = "application/json"
BOM = b"\xef\xbb\xbf"
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


def generate(client, course_key, **body):
    return client.post(api_path(course_key, "reports/"), {"report": "profile", **body}, content_type=JSON)


def listed(client, course_key):
    return client.get(api_path(course_key, "reports/")).json()["reports"]


def download(client, url, **headers):
    answer = client.get(url, **headers)
    assert answer.status_code == 200, answer.content
    return answer, b"".join(answer.streaming_content)


@pytest.fixture
def running(course_key, instructor):
    """A run that a worker has in hand."""
    run = claim_profile(course_key, instructor)
    return runs.start(run.pk, "the-running-task")


def test_answers_the_task_that_was_queued(course_key, instructor_client):
    answer = generate(instructor_client, course_key)
    assert answer.status_code == 202
    task = InstructorTask.objects.get()
    assert answer.json() == {
        "task_id": task.task_id,
        "report": "profile",
        "state": "SUCCESS",
        "already_running": False,
    }
    assert (task.task_type, task.course_id, task.task_state) == ("learner_data_profile_csv", course_key, "SUCCESS")
    assert "no-store" in answer["Cache-Control"]


def test_task_input_says_nothing_of_whom_was_searched_for(course_key, instructor_client):
    assert generate(instructor_client, course_key, search="alice@example.com").status_code == 202
    assert "alice" not in InstructorTask.objects.get().task_input


def test_second_request_answers_the_running_task(course_key, instructor_client, running):
    answer = generate(instructor_client, course_key)
    assert answer.status_code == 202
    assert (answer.json()["task_id"], answer.json()["already_running"]) == ("the-running-task", True)
    assert ReportRun.objects.count() == 1
    assert not InstructorTask.objects.exists()


def test_second_request_of_somebody_else_answers_the_running_task(course_key, sign_in, running):
    answer = generate(sign_in(factories.make_team_member("staff", course_key)), course_key)
    assert (answer.json()["task_id"], answer.json()["already_running"]) == ("the-running-task", True)


def test_other_report_and_other_course_are_not_held_up(course_key, instructor, instructor_client, running):
    elsewhere = factories.make_course()
    factories.give_role(instructor, "instructor", elsewhere)
    for answer in (
        generate(instructor_client, course_key, report="anonymized_ids"),
        generate(instructor_client, elsewhere),
    ):
        assert answer.json()["already_running"] is False


def test_next_request_works_after_the_running_one_ended(course_key, instructor_client, running):
    runs.fail(running, "worker_lost")
    assert generate(instructor_client, course_key).json()["already_running"] is False


def test_file_lies_outside_the_platforms_own_list_under_a_path_nobody_can_guess(course_key, instructor):
    one, two = (factories.make_report(course_key, instructor) for _ in range(2))
    store = ReportStore.from_config("GRADES_DOWNLOAD")
    assert store.storage.exists(one.path)
    assert store.links_for(course_key) == []
    folder, secret, name = one.path.rsplit("/", 2)
    assert len(secret) >= 32  # hexadecimal digits: 128 bits
    assert (folder, name.split("_2")[0]) == (two.path.rsplit("/", 2)[0], two.path.rsplit("/", 1)[1].split("_2")[0])
    assert secret not in two.path


def test_list_is_newest_first_and_of_this_course_alone(course_key, instructor, instructor_client):
    first = factories.make_report(course_key, instructor)
    second = factories.make_report(course_key, instructor, report="anonymized_ids")
    third = factories.make_report(course_key, instructor, file_format="xlsx")
    elsewhere = factories.make_course()
    factories.make_report(elsewhere, factories.give_role(instructor, "instructor", elsewhere))
    files = listed(instructor_client, course_key)
    assert [file["name"] for file in files] == [third.name, second.name, first.name]
    assert [(file["report"], file["format"]) for file in files] == [
        ("profile", "xlsx"),
        ("anonymized_ids", "csv"),
        ("profile", "csv"),
    ]
    assert {"name", "report", "format", "created", "size_bytes", "url"} <= set(files[0])
    assert files[2]["url"] == api_path(course_key, f"reports/{first.name}")
    assert files[2]["size_bytes"] == first.size_bytes


def test_two_files_of_one_minute_have_names_of_their_own(course_key, instructor, instructor_client):
    names = {factories.make_report(course_key, instructor).name for _ in range(3)}
    assert len(names) == 3
    assert {file["name"] for file in listed(instructor_client, course_key)} == names


def test_pages_of_the_list(course_key, instructor, instructor_client):
    factories.make_stored_files(course_key, 7, instructor)
    everything = [file["name"] for file in listed(instructor_client, course_key)]
    pages = [
        instructor_client.get(api_path(course_key, f"reports/?page={number}&page_size=3")).json() for number in (1, 2, 3, 4)
    ]
    assert [[file["name"] for file in page["reports"]] for page in pages] == [
        everything[:3],
        everything[3:6],
        everything[6:],
        [],
    ]
    assert {(page["count"], page["num_pages"]) for page in pages} == {(7, 3)}


@pytest.mark.standin_only(reason="the platform's middleware has queries of its own, and caches of its own")
def test_list_of_500_files_takes_few_queries(course_key, instructor, instructor_client, django_assert_max_num_queries):
    factories.make_stored_files(course_key, 500, instructor)
    with django_assert_max_num_queries(13 + OF_AUTHZ):
        assert len(listed(instructor_client, course_key)) == 500


def test_download_is_an_attachment_that_no_cache_keeps(course_key, instructor, instructor_client):
    factories.make_learner(course_key, "ada")
    for file_format, content_type in (
        ("csv", "text/csv"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ):
        file = factories.make_report(course_key, instructor, file_format=file_format)
        answer, content = download(instructor_client, api_path(course_key, f"reports/{file.name}"))
        assert answer["Content-Disposition"] == f'attachment; filename="{file.name}"'
        assert answer["Content-Type"].startswith(content_type)
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert int(answer["Content-Length"]) == len(content) == file.size_bytes
        assert hashlib.sha256(content).hexdigest() == file.sha256


def test_xlsx_opens_with_one_row_a_learner(course_key, instructor, instructor_client):
    factories.make_learner(course_key, "ada", profile={"name": "=1+1"})
    file = factories.make_report(course_key, instructor, file_format="xlsx")
    _, content = download(instructor_client, api_path(course_key, f"reports/{file.name}"))
    header, row = openpyxl.load_workbook(io.BytesIO(content)).active.values
    assert dict(zip(header, row, strict=True))["username"] == "ada"


@pytest.mark.parametrize(("query", "setting", "bom"), [("?bom=1", True, BOM), ("?bom=1", False, b""), ("", True, b"")])
@pytest.mark.parametrize("accept", [BROWSER, "*/*", "text/csv", ""])
def test_byte_order_mark_is_for_who_asks_for_it(
    accept, query, setting, bom, course_key, instructor, instructor_client, settings
):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "CSV_BOM": setting}
    factories.make_learner(course_key, "zoë")
    url = api_path(course_key, f"reports/{factories.make_report(course_key, instructor).name}{query}")
    answer, content = download(instructor_client, url, HTTP_ACCEPT=accept)
    assert content.startswith(bom + b"id,username")
    assert int(answer["Content-Length"]) == len(content)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [row["username"] for row in rows] == ["zoë"]


def test_xlsx_never_begins_with_a_byte_order_mark(course_key, instructor, instructor_client):
    file = factories.make_report(course_key, instructor, file_format="xlsx")
    _, content = download(instructor_client, api_path(course_key, f"reports/{file.name}?bom=1"), HTTP_ACCEPT=BROWSER)
    assert content.startswith(b"PK")


def test_expired_file_is_neither_listed_nor_served(course_key, instructor, instructor_client):
    file = factories.make_report(course_key, instructor)
    ReportFile.objects.filter(pk=file.pk).update(created=timezone.now() - timedelta(days=90, seconds=1))
    assert listed(instructor_client, course_key) == []
    assert instructor_client.get(api_path(course_key, f"reports/{file.name}")).status_code == 404
    ReportFile.objects.filter(pk=file.pk).update(created=timezone.now() - timedelta(days=89))
    assert [found["name"] for found in listed(instructor_client, course_key)] == [file.name]


def test_deleted_file_is_gone_from_list_and_storage(course_key, instructor, instructor_client):
    file = factories.make_report(course_key, instructor)
    path = api_path(course_key, f"reports/{file.name}")
    answer = instructor_client.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert listed(instructor_client, course_key) == []
    assert not ReportStore.from_config("GRADES_DOWNLOAD").storage.exists(file.path)
    assert instructor_client.delete(path).status_code == 404


def test_list_says_who_may_delete_what(course_key, instructor, sign_in):
    staff = factories.make_team_member("staff", course_key)
    theirs, own = factories.make_report(course_key, instructor).name, factories.make_report(course_key, staff).name
    files = {file["name"]: file["can_delete"] for file in listed(sign_in(staff), course_key)}
    assert files == {theirs: False, own: True}
    assert all(file["can_delete"] for file in listed(sign_in(instructor), course_key))


def test_list_says_which_files_are_of_a_selection(course_key, instructor, instructor_client):
    whole = factories.make_report(course_key, instructor).name
    part = build(course_key, selection=Selection(columns=("id", "username"))).name
    assert {file["name"]: file["selection"] for file in listed(instructor_client, course_key)} == {whole: False, part: True}


def test_file_outlives_the_account_that_asked_for_it(course_key, instructor_client):
    requester = factories.make_team_member("staff", course_key)
    file = factories.make_report(course_key, requester)
    InstructorTask.objects.all().delete()
    requester.delete()
    [found] = listed(instructor_client, course_key)
    assert (found["name"], found["requester"]) == (file.name, "")
    download(instructor_client, found["url"])


def test_storage_that_is_broken_is_told_as_such(course_key, instructor, instructor_client, tmp_path):
    file = factories.make_report(course_key, instructor)
    stored = tmp_path / "reports" / file.path
    stored.unlink()
    stored.mkdir()  # opening a directory is refused
    answer = instructor_client.get(api_path(course_key, f"reports/{file.name}"))
    assert (answer.status_code, answer.json()["error_code"]) == (503, "storage_unavailable")


def test_head_opens_nothing_that_stays_open(course_key, instructor, instructor_client):
    file = factories.make_report(course_key, instructor)
    answer = instructor_client.head(api_path(course_key, f"reports/{file.name}"))
    assert answer.status_code == 200
    let_go(answer)


def test_names_end_with_the_utc_minute(course_key):
    moment = timezone.now().replace(year=2026, month=3, day=1, hour=0, minute=5)
    made = files.file_name(ReportRun(course_id=course_key, report="profile", file_format="csv"), moment)
    assert made == f"TestX_{course_key.course}_2026_student_profile_info_2026-03-01-0005.csv"


def test_names_say_the_preset_that_was_chosen(course_key):
    moment = timezone.now().replace(year=2026, month=3, day=1, hour=0, minute=5)
    run = ReportRun(course_id=course_key, report="profile", file_format="csv", selection={"activity": "inactive_14"})
    assert files.file_name(run, moment).endswith("_student_profile_info_inactive_14_2026-03-01-0005.csv")
