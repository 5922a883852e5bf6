"""Who is told what of a recurring report, when it pauses, stops, fails, and what is forgotten."""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime, timedelta

import pytest
from celery import current_app
from common.djangoapps.student.models import CourseAccessRole, CourseEnrollment, UserProfile
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from learner_data_plugin import api
from learner_data_plugin.data import Actor
from learner_data_plugin.exceptions import (
    InvalidSelection,
    PurposeRequired,
    ScheduleNotFound,
    ScheduleRefused,
    UnknownFormat,
    UnknownReport,
)
from learner_data_plugin.models import (
    AuditRecord,
    ReportFile,
    ReportRun,
    ReportSchedule,
    ScheduleOccurrence,
    ScheduleRecipient,
)
from learner_data_plugin.privacy import erasure, retention
from learner_data_plugin.schedules import due
from learner_data_plugin.schedules import mail as schedule_mail

from .. import factories

pytestmark = pytest.mark.django_db


def march(day, hour=5):
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def states(schedule):
    return list(schedule.occurrences.order_by("day").values_list("state", flat=True))


def download(course_key, user, number=0):
    report = api.list_reports(course_key)[number]
    api.open_report(course_key, report.name, by=Actor(user.pk, user.username))[1].close()


class RefusingBackend(EmailBackend):
    """A mail server that takes nothing for one address."""

    refused = ""

    def send_messages(self, messages):
        if any(self.refused in message.to for message in messages):
            raise smtplib.SMTPServerDisconnected("connection lost")
        return super().send_messages(messages)


class TestEmail:
    def test_reads_as_a_person_would_want_it(self, course_key, instructor, add_schedule, at):
        factories.make_learner(course_key, "ada", email="ada@learners.example.com")
        bob = factories.make_learner(course_key, "bob", email="bob@learners.example.com")
        add_schedule("profile", "week", changes=True)
        at(march(2))
        CourseEnrollment.objects.filter(user=bob).update(is_active=False)
        for _ in range(2):
            factories.make_learner(course_key)
        at(march(9))

        first, second = mail.outbox
        assert first.to == [instructor.email]
        name = api.get_course(str(course_key)).display_name
        assert first.subject == f"Profile information for {name}"
        assert "Joined" not in first.body
        assert second.body == (
            f"The report “Profile information” for {name} is ready. It has 3 rows.\n\n"
            "Since the report of March 2, 2026:\n"
            "  Joined: 2\n  Left: 1\n  Changed: 0\n\n"
            "Open the reports:\n"
            f"http://localhost:8000/learner_data/courses/{course_key}/#learner-data-reports\n\n"
            "-- \n"
            "The file can be downloaded until June 7, 2026.\n"
            "The file holds personal information. It is not attached: you download it after you have signed in.\n"
            f"You get this email because {instructor.username} set up this report to be made every Monday. It can be paused or "
            "deleted under Recurring reports, on the same page.\n"
            "Your Platform Name Here\n"
        )
        assert second.attachments == []
        [(html, kind)] = second.alternatives
        assert kind == "text/html"
        assert f'href="http://localhost:8000/learner_data/courses/{course_key}/#learner-data-reports"' in html
        assert not any(word in second.body + html for word in ("ada", "bob", "learners.example.com", ".csv"))

    def test_says_that_nothing_changed(self, course_key, add_schedule, at):
        factories.make_learner(course_key)
        add_schedule(changes=True)
        at(march(1))
        at(march(2))
        assert "Nothing has changed since the report of March 1, 2026." in mail.outbox[1].body

    def test_course_name_stands_there_as_it_is_in_text_and_is_escaped_in_html(self, instructor, at):
        key = factories.make_course(name="Q & <b>A</b>")
        factories.give_role(instructor, "instructor", key)
        api.add_schedule(key, "profile", every="day", recipients=[instructor.username], by=Actor(instructor.pk, "i"))
        at(march(1))
        [message] = mail.outbox
        assert message.subject == "Profile information for Q & <b>A</b>"
        assert "for Q & <b>A</b> is ready" in message.body
        assert "for Q &amp; &lt;b&gt;A&lt;/b&gt; is ready" in message.alternatives[0][0]

    def test_goes_out_from_the_address_and_leads_to_the_address_of_the_courses_site(
        self, course_key, add_schedule, at
    ):
        factories.configure_site(
            course_key.org, email_from_address="data@campus.example.com", LMS_ROOT_URL="https://campus.example.com",
            PLATFORM_NAME="Campus",
        )  # fmt: skip
        add_schedule()
        at(march(1))
        assert mail.outbox[0].from_email == "data@campus.example.com"
        assert f"https://campus.example.com/learner_data/courses/{course_key}/" in mail.outbox[0].body
        assert mail.outbox[0].body.endswith("Campus\n")

    def test_recipient_who_lost_the_role_is_told_nothing(self, course_key, instructor, add_schedule, at):
        staff, researcher = (factories.make_team_member(role, course_key) for role in ("staff", "data_researcher"))
        add_schedule(recipients=[staff.username, researcher.username])
        CourseAccessRole.objects.filter(user=staff).delete()
        at(march(1))
        assert [message.to for message in mail.outbox] == [[researcher.email]]

    def test_recipient_whose_role_may_not_see_the_file_is_told_nothing(self, course_key, instructor, add_schedule, at):
        researcher = factories.make_team_member("data_researcher", course_key)
        schedule = add_schedule(recipients=[instructor.username, researcher.username])
        schedule.in_force = {**schedule.in_force, "roles": ["instructor"]}
        schedule.save()
        at(march(1))
        assert [message.to for message in mail.outbox] == [[instructor.email]]

    def test_mail_server_that_refuses_one_is_tried_again_for_that_one(
        self, course_key, instructor, add_schedule, at, settings, monkeypatch
    ):
        settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
        staff = factories.make_team_member("staff", course_key)
        monkeypatch.setattr(RefusingBackend, "refused", instructor.email)
        schedule = add_schedule(recipients=[instructor.username, staff.username])

        at(march(1))
        assert [message.to for message in mail.outbox] == [[staff.email]]
        assert states(schedule) == ["ready"]

        monkeypatch.setattr(RefusingBackend, "refused", "")
        at(march(1, 6))
        at(march(1, 7))
        assert [message.to for message in mail.outbox] == [[staff.email], [instructor.email]]
        assert states(schedule) == ["done"]
        occurrence = schedule.occurrences.get()
        assert (occurrence.told, occurrence.unsent) == ([], 0)

    def test_mail_server_that_refuses_for_a_day_is_given_up(self, instructor, add_schedule, at, settings, monkeypatch):
        settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
        monkeypatch.setattr(RefusingBackend, "refused", instructor.email)
        schedule = add_schedule()
        for day in (1, 2, 3):
            at(march(day, 6))
        first = schedule.occurrences.order_by("day").first()
        assert (first.state, first.unsent) == ("done", 1)

    def test_error_of_a_channel_names_nobody_in_the_log(self, instructor, caplog, settings):
        settings.EMAIL_BACKEND = "no.such.Backend"
        notice = schedule_mail.Notice("s", ["p"], "https://x.example.com", "l", ["f"])
        assert schedule_mail.send(instructor, notice, org="TestX", site_id=None) is False
        assert "ImportError" in caplog.text or "ModuleNotFoundError" in caplog.text
        assert instructor.email not in caplog.text


class TestEmpty:
    def test_nothing_is_sent_where_so_chosen(self, course_key, add_schedule, at):
        quiet = add_schedule(skip_empty=True, selection={"enrollment_mode": "verified"})
        at(march(1))
        assert (states(quiet), mail.outbox) == (["empty"], [])
        factories.make_learner(course_key, mode="verified")
        at(march(2))
        assert (states(quiet), len(mail.outbox)) == (["empty", "done"], 1)

    def test_without_that_choice_it_is_told(self, course_key, add_schedule, at):
        add_schedule(selection={"enrollment_mode": "verified"})
        at(march(1))
        assert "It has 0 rows." in mail.outbox[0].body

    def test_with_changes_a_report_without_any_is_empty(self, course_key, add_schedule, at):
        learner = factories.make_learner(course_key)
        schedule = add_schedule(skip_empty=True, changes=True)
        at(march(1))
        at(march(2))
        UserProfile.objects.filter(user=learner).update(country="FR")
        at(march(3))
        assert states(schedule) == ["done", "empty", "done"]
        assert "Changed: 1" in mail.outbox[1].body


class TestPausing:
    def test_after_five_reports_that_nobody_downloaded_and_says_so(self, course_key, instructor, add_schedule, at):
        schedule = add_schedule()
        for day in range(1, 9):
            at(march(day))
        schedule.refresh_from_db()
        assert (schedule.state, schedule.reason) == ("paused", "unread")
        assert states(schedule) == ["done"] * 5
        assert len(mail.outbox) == 6
        paused = mail.outbox[-1]
        assert paused.to == [instructor.email]
        assert paused.subject.startswith("Paused: Profile information for ")
        assert "Nobody downloaded its last five reports." in paused.body
        assert "choose Resume" in paused.body
        record = AuditRecord.objects.get(action="schedule_paused")
        assert (record.username, record.detail) == ("schedules", f"schedule {schedule.pk}, unread, every day")

    def test_one_download_counts_for_all_before_it_whoever_makes_it(self, course_key, add_schedule, at):
        staff = factories.make_team_member("staff", course_key)
        schedule = add_schedule()
        for day in range(1, 9):
            at(march(day), (lambda: download(course_key, staff, 3)) if day == 5 else lambda: None)
        assert states(schedule) == ["done"] * 8

    def test_asking_for_the_size_alone_is_no_download(self, course_key, instructor, add_schedule, at):
        schedule = add_schedule()

        def look():
            name = api.list_reports(course_key)[0].name
            api.open_report(course_key, name, by=Actor(instructor.pk, "i", without_content=True))[1].close()

        for day in range(1, 9):
            at(march(day), look if day < 6 else lambda: None)
        assert states(schedule) == ["done"] * 5

    def test_a_resumed_one_goes_on_with_its_next_due_time(self, course_key, instructor, add_schedule, at):
        schedule, by = add_schedule(), Actor(instructor.pk, instructor.username)
        at(march(1))
        api.pause_schedule(course_key, schedule.pk, user=instructor, by=by)
        at(march(2))
        at(march(3), lambda: api.resume_schedule(course_key, schedule.pk, user=instructor, by=by))
        at(march(3, 7))
        at(march(4))
        assert list(schedule.occurrences.values_list("day", flat=True)) == [march(1).date(), march(4).date()]
        assert len(mail.outbox) == 2, "nobody is told of what they did themselves"
        actions = AuditRecord.objects.filter(action__startswith="schedule").order_by("id").values_list("action", flat=True)
        assert list(actions) == ["scheduled", "schedule_paused", "schedule_resumed"]

    def test_what_is_not_offered_any_more_pauses_it(self, course_key, add_schedule, at):
        schedule = add_schedule(selection={"columns": ["username", "country"]})
        factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"PRIVATE_COLUMNS": ["country"]})
        at(march(1))
        schedule.refresh_from_db()
        assert (schedule.state, schedule.reason, states(schedule)) == ("paused", "selection_outdated", ["failed"])
        assert [message.subject[:8] for message in mail.outbox] == ["Paused: "]

    def test_a_purpose_that_is_required_later_pauses_it(self, course_key, add_schedule, at):
        schedule = add_schedule()
        factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"REQUIRE_PURPOSE": True})
        at(march(1))
        schedule.refresh_from_db()
        assert (schedule.state, schedule.reason) == ("paused", "purpose_required")
        assert "requires a purpose" in mail.outbox[0].body


class TestStopping:
    def test_requester_who_lost_the_role_stops_it_and_is_told(self, course_key, instructor, add_schedule, at):
        staff = factories.make_team_member("staff", course_key)
        schedule = add_schedule(recipients=[staff.username])
        at(march(1))
        CourseAccessRole.objects.filter(user=instructor).delete()
        at(march(2))
        at(march(3))
        schedule.refresh_from_db()
        assert (schedule.state, schedule.reason, states(schedule)) == ("stopped", "access_lost", ["done"])
        assert sorted(message.to[0] for message in mail.outbox[1:]) == sorted([staff.email, instructor.email])
        assert mail.outbox[1].subject.startswith("Stopped: ")
        assert "may no longer see learner data" in mail.outbox[1].body
        assert AuditRecord.objects.filter(action="schedule_stopped").count() == 1
        with pytest.raises(ScheduleRefused):
            api.resume_schedule(course_key, schedule.pk, user=factories.make_team_member("instructor", course_key),
                                by=Actor(None, "x"))  # fmt: skip

    def test_role_that_goes_between_due_time_and_worker_stops_it_too(self, instructor, add_schedule, at, use_broker):
        use_broker("memory://")
        schedule = add_schedule()
        at(march(1))
        assert states(schedule) == ["running"]
        CourseAccessRole.objects.filter(user=instructor).delete()
        run_queued()
        at(march(1, 6))
        schedule.refresh_from_db()
        assert (schedule.state, schedule.reason, states(schedule)) == ("stopped", "access_lost", ["failed"])
        assert not ReportFile.objects.exists()

    def test_due_times_that_wait_are_dropped(self, course_key, instructor, add_schedule, at, use_broker):
        use_broker("memory://")
        schedule, by = add_schedule(), Actor(instructor.pk, instructor.username)
        at(march(1, 3), lambda: api.request_report(course_key, "profile", by=by))
        at(march(1))
        assert states(schedule) == ["waiting"]
        CourseAccessRole.objects.filter(user=instructor).delete()
        at(march(1, 6))
        assert states(schedule) == ["dropped"]


def run_queued():
    """What a worker does."""
    from lms.djangoapps.instructor_task.models import InstructorTask

    from learner_data_plugin import tasks

    for task in InstructorTask.objects.filter(task_state="QUEUING"):
        tasks.generate_report.apply(args=[task.pk, {}], task_id=task.task_id)


class TestFailing:
    def test_broker_that_is_away_delays_it(self, course_key, add_schedule, at, use_broker):
        schedule = add_schedule()
        use_broker("redis://127.0.0.1:1/0")
        at(march(1))
        at(march(1, 6))
        assert ReportFile.objects.count() == 0
        assert mail.outbox == []
        current_app.conf.update(broker_url="memory://", broker_write_url="memory://", task_always_eager=True)
        at(march(1, 8))
        assert (states(schedule), len(mail.outbox), ReportFile.objects.count()) == (["done"], 1, 1)

    def test_report_that_somebody_cancelled_is_not_made_again(self, course_key, instructor, add_schedule, at, use_broker):
        use_broker("memory://")
        schedule = add_schedule()
        by = Actor(instructor.pk, instructor.username)

        def cancel():
            api.cancel_report(course_key, ReportRun.objects.get().task_id, user=instructor, by=by)

        at(march(1), cancel)
        at(march(1, 6))
        at(march(1, 7))
        assert (states(schedule), ReportRun.objects.count()) == (["failed"], 1)
        assert "This report was canceled." in mail.outbox[0].body

    def test_report_that_fails_three_times_is_given_up_and_told(self, course_key, instructor, add_schedule, at, settings):
        settings.GRADES_DOWNLOAD = {"STORAGE_TYPE": "", "STORAGE_CLASS": "no.such.Storage", "STORAGE_KWARGS": {}}
        schedule = add_schedule()
        for hour in range(5, 12):
            at(march(1, hour))
        assert states(schedule) == ["failed"]
        assert ReportRun.objects.count() == 3
        [message] = mail.outbox
        assert message.to == [instructor.email]
        assert message.subject.startswith("Not made: Profile information for ")
        assert "due on March 1, 2026" in message.body
        assert "next one will be made on March 2, 2026" in message.body


class TestSettingUp:
    @pytest.mark.parametrize(
        ("given", "error"),
        [
            ({"report": "nothing"}, UnknownReport),
            ({"file_format": "pdf"}, UnknownFormat),
            ({"every": "hour"}, InvalidSelection),
            ({"report": "engagement_weekly", "every": "day"}, InvalidSelection),
            ({"report": "changes"}, InvalidSelection),
            ({"selection": {"search": "ada"}}, InvalidSelection),
            ({"report": "engagement_daily", "selection": {"date": "2026-01-01"}}, InvalidSelection),
            ({"selection": {"columns": ["no"]}}, InvalidSelection),
            ({"selection": {"columns": ["country"]}, "changes": True}, InvalidSelection),
            ({"recipients": ["nobody"]}, InvalidSelection),
        ],
    )
    def test_what_cannot_be_had_is_refused(self, add_schedule, given, error):
        with pytest.raises(error):
            add_schedule(**given)
        assert not ReportSchedule.objects.exists()

    def test_recipients_need_a_role_and_an_unknown_account_is_told_alike(self, course_key, add_schedule):
        outsider = factories.make_team_member("staff", factories.make_course())
        sentences = []
        for username in (outsider.username, "nobody"):
            with pytest.raises(InvalidSelection) as refusal:
                add_schedule(recipients=[username])
            sentences.append(str(refusal.value).replace(username, "X"))
        assert sentences[0] == sentences[1]

    def test_purpose_is_kept_with_it_and_told_with_each_report(self, course_key, add_schedule, at):
        factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"REQUIRE_PURPOSE": True})
        with pytest.raises(PurposeRequired):
            add_schedule()
        add_schedule(purpose="Weekly meeting of the team")
        at(march(1))
        told = AuditRecord.objects.filter(action__in=["scheduled", "requested", "generated"])
        assert list(told.values_list("purpose", flat=True)) == ["Weekly meeting of the team"] * 3

    def test_what_was_private_where_it_was_set_up_stays_so(self, course_key, add_schedule, at):
        site = factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"PRIVATE_COLUMNS": ["country"]})
        add_schedule()
        site.site_values = {}
        site.save()
        at(march(1))
        assert "country" not in ReportFile.objects.get().columns

    def test_request_is_recorded_with_the_number_of_the_schedule(self, instructor, add_schedule, at):
        schedule = add_schedule()
        at(march(1))
        record = AuditRecord.objects.get(action="requested")
        assert (record.username, record.detail) == (instructor.username, f"schedule {schedule.pk}")

    def test_others_are_refused_and_admins_are_not(self, course_key, instructor, at):
        staff, other = factories.make_team_member("staff", course_key), factories.make_team_member("staff", course_key)
        number = api.add_schedule(course_key, "profile", every="day", by=Actor(staff.pk, staff.username)).number
        by = Actor(other.pk, other.username)
        for change in (api.pause_schedule, api.resume_schedule, api.delete_schedule):
            with pytest.raises(ScheduleRefused):
                change(course_key, number, user=other, by=by)
        with pytest.raises(ScheduleNotFound):
            api.delete_schedule(factories.make_course(), number, user=staff, by=by)
        api.delete_schedule(course_key, number, user=instructor, by=Actor(instructor.pk, instructor.username))
        assert AuditRecord.objects.get(action="unscheduled").username == instructor.username


class TestForgetting:
    def test_erased_requester_takes_the_schedule_along(self, course_key, instructor, add_schedule, at):
        add_schedule()
        at(march(1))
        erasure.add(instructor.pk)
        erasure.erase_pending()
        assert not ReportSchedule.objects.exists()
        assert not ScheduleOccurrence.objects.exists()
        assert ReportFile.objects.count() == 1
        assert AuditRecord.objects.get(action="unscheduled").username == "retirement"

    def test_deleted_requester_too(self, course_key, instructor, add_schedule, django_capture_on_commit_callbacks):
        add_schedule()
        with django_capture_on_commit_callbacks(execute=True):
            get_user_model().objects.get(pk=instructor.pk).delete()
        assert not ReportSchedule.objects.exists()

    def test_erased_recipient_leaves_it(self, course_key, instructor, add_schedule, at):
        staff = factories.make_team_member("staff", course_key)
        schedule = add_schedule(recipients=[instructor.username, staff.username])
        erasure.add(staff.pk)
        erasure.erase_pending()
        assert list(ScheduleRecipient.objects.values_list("schedule", "user")) == [(schedule.pk, instructor.pk)]
        at(march(1))
        assert [message.to for message in mail.outbox] == [[instructor.email]]

    def test_what_is_older_than_the_audit_is_deleted(self, course_key, add_schedule, at):
        factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"AUDIT_RETENTION_DAYS": 10})
        schedule = add_schedule()
        for day in (1, 2, 20):
            at(march(day))
        retention.remove_expired(now=march(21))
        assert sorted(schedule.occurrences.values_list("day", flat=True)) == [march(day).date() for day in range(3, 21)]


def test_a_schedule_that_cannot_be_read_does_not_keep_the_others(course_key, instructor, add_schedule, at):
    broken, sound = add_schedule(), add_schedule("anonymized_ids")
    ReportSchedule.objects.filter(pk=broken.pk).update(in_force={})
    at(march(1))
    assert states(sound) == ["done"]


def test_run_that_retention_removed_is_no_error(course_key, add_schedule, at, use_broker):
    use_broker("memory://")
    schedule = add_schedule()
    at(march(1))
    ReportRun.objects.all().delete()
    due.run_due(now=march(1) + timedelta(hours=30))
    assert states(schedule)[0] == "failed"
