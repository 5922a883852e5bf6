"""The operators' view: what is counted, in each format, and in Django admin."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import RequestFactory
from django.utils import timezone

from learner_data_plugin import api
from learner_data_plugin.data import Actor
from learner_data_plugin.models import RecordedDay, ReportFile, ReportRun, ReportSchedule, ScheduleOccurrence, SiteStatus
from learner_data_plugin.privacy import erasure
from learner_data_plugin.reports import runs
from learner_data_plugin.status.collecting import Times, collect

from .. import factories
from ..reading import claim_profile

pytestmark = pytest.mark.django_db


def told(file_format="text", **options):
    out = io.StringIO()
    call_command("learner_data_status", format=file_format, stdout=out, **options)
    return out.getvalue()


def test_a_site_where_nothing_happened():
    status = collect()
    assert (status.runs.queued, status.runs.running, status.runs.stuck, status.runs.failures) == (0, 0, [], {})
    assert status.runs.queue_times == Times()
    assert (status.files.files, status.schedules.active) == (0, 0)
    assert status.needs_attention == []
    assert "nothing" in told()


@pytest.fixture
def busy_site(course_key, instructor):
    """A course with two files, a failure, a queued and a stuck report, schedules, an erasure and lost events."""
    now = timezone.now()
    factories.make_learner(course_key, "ada_secret", email="ada@secret.example.com")
    files = [factories.make_report(course_key, instructor) for _ in range(2)]
    for file, seconds in zip(files, (2, 8), strict=True):
        begun = file.run.created + timedelta(seconds=seconds)
        ReportRun.objects.filter(pk=file.run_id).update(started=begun, ended=begun + timedelta(seconds=30))
    ReportFile.objects.filter(pk=files[0].pk).update(size_bytes=5_000_000, withdrawn=now)
    runs.fail(claim_profile(course_key, instructor), "storage")
    stuck = claim_profile(course_key, instructor)
    runs.submitted(stuck, "a-task")
    runs.start(stuck.pk, "a-task")
    ReportRun.objects.filter(pk=stuck.pk).update(heartbeat=now - timedelta(hours=1), created=now - timedelta(hours=2))
    other = factories.make_course()
    ReportRun.objects.filter(pk=claim_profile(other, instructor).pk).update(created=now - timedelta(seconds=30))
    by = Actor(instructor.pk, instructor.username)
    numbers = [api.add_schedule(course_key, "profile", every="day", by=by).number for _ in range(3)]
    schedules = ReportSchedule.objects
    schedules.filter(pk=numbers[0]).update(next_due=now - timedelta(hours=3))
    schedules.filter(pk=numbers[1]).update(state="paused", reason="unread")
    schedules.filter(pk=numbers[2]).update(state="stopped", reason="access_lost")
    for day, (state, unsent) in enumerate([("done", 2), ("failed", 0), ("running", 0)], 1):
        day_due = now.date() - timedelta(days=day)
        ScheduleOccurrence.objects.create(schedule_id=numbers[0], day=day_due, state=state, unsent=unsent)
    erasure.add(factories.make_user().pk)
    RecordedDay.objects.create(day=now.date(), hours=1, lost=12)
    return course_key


def test_everything_is_counted(busy_site):
    status = collect()
    found = status.runs
    assert (found.queued, found.running, found.succeeded, found.failures) == (1, 1, 2, {"storage": 1})
    assert 30 <= found.oldest_queued_seconds < 60
    assert (found.queue_times.median, found.queue_times.longest) == (5.0, 8.0)
    assert found.run_times == Times(30.0, 30.0, 30.0)
    [stuck] = found.stuck
    assert (stuck.course_id, stuck.report, stuck.task_id, stuck.state) == (str(busy_site), "profile", "a-task", "running")
    schedules = status.schedules
    assert (schedules.active, schedules.paused, schedules.stopped) == (1, {"unread": 1}, {"access_lost": 1})
    assert (schedules.overdue, schedules.unfinished, schedules.unsent_emails) == (1, 1, 2)
    assert schedules.occurrences == {"done": 1, "failed": 1}
    assert (status.files.files, status.files.withdrawn, len(status.files.courses)) == (2, 1, 1)
    assert status.files.size_bytes == status.files.courses[0].size_bytes > 5_000_000
    assert status.erasures.pending == 1
    assert status.recording.lost == {timezone.now().date().isoformat(): 12}
    assert len(status.needs_attention) == 5


def test_text_is_for_people(busy_site):
    text = told()
    for line in (
        "stuck reports: 1",
        "overdue recurring reports (does cron run learner_data_schedules?): 1",
        "failed in 24 hours: storage  1",
        "time in the queue            median 5 s, 19 of 20 8 s, longest 8 s",
        "paused: unread",
        f"{busy_site}",
        "lost events: 12",
    ):
        assert line in text, text


def test_json_has_every_number(busy_site):
    found = json.loads(told("json"))
    assert found["runs"]["failures"] == {"storage": 1}
    assert found["runs"]["stuck"][0]["course_id"] == str(busy_site)
    assert found["files"]["courses"][0]["files"] == 2
    assert len(found["needs_attention"]) == 5


def test_prometheus_reads_each_line(busy_site):
    text = told("prometheus")
    sample = re.compile(r'[a-z_]+(\{[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"(,[a-z_]+="[^"\n]*")*\})? -?\d+(\.\d+)?')
    for line in text.splitlines():
        assert re.match(r"# (HELP|TYPE) learner_data_", line) or sample.fullmatch(line), line
    assert 'learner_data_reports_failed_day{reason="storage"} 1\n' in text
    assert 'learner_data_queue_seconds{quantile="0.5"} 5.0\n' in text
    assert f'learner_data_course_stored_bytes{{course="{busy_site}"}} ' in text
    assert text.count("# TYPE ") == len(set(re.findall("# TYPE (\\S+)", text)))


@pytest.mark.parametrize("file_format", ["text", "json", "prometheus"])
def test_no_learner_is_in_it(busy_site, instructor, file_format):
    text = told(file_format)
    assert not any(name in text for name in ("secret", instructor.username, instructor.email))


def test_as_many_courses_as_asked_for(course_key, instructor):
    for key in (course_key, factories.make_course(), factories.make_course()):
        factories.make_stored_files(key, 2, instructor)
    assert len(json.loads(told("json", courses=2))["files"]["courses"]) == 2


def test_it_takes_few_queries_however_much_there_is(busy_site, django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        collect()


class TestAdmin:
    def page(self, user):
        request = RequestFactory().get("/")
        request.user = user
        return admin.site._registry[SiteStatus].changelist_view(request)

    def test_shows_it_to_who_may_view_it(self, busy_site, settings):
        settings.ROOT_URLCONF = __name__
        answer = self.page(factories.make_user(is_staff=True, is_superuser=True)).render()
        text = answer.content.decode()
        assert "stuck reports: 1" in text
        assert str(busy_site) in text
        assert answer["Cache-Control"] == "no-store"

    def test_nobody_else(self, busy_site):
        with pytest.raises(PermissionDenied):
            self.page(factories.make_user(is_staff=True))

    def test_nothing_can_be_changed(self):
        request = RequestFactory().get("/")
        request.user = factories.make_user(is_staff=True, is_superuser=True)
        model_admin = admin.site._registry[SiteStatus]
        allowed = (model_admin.has_add_permission, model_admin.has_change_permission, model_admin.has_delete_permission)
        assert not any(may(request) for may in allowed)


def _urls():
    from django.urls import path

    return [path("admin/", admin.site.urls)]


urlpatterns = _urls()
