from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from common.djangoapps.student.models import CourseEnrollment, UserProfile
from django.db import connection, transaction
from eventtracking import tracker
from eventtracking.tracker import Tracker
from freezegun import freeze_time

from learner_data_plugin import receivers
from learner_data_plugin.engagement import memory, outages, store
from learner_data_plugin.engagement.presets import filter_by_activity
from learner_data_plugin.models import EngagementItem, LastAnswers, LearnerDay, LearnerDayItem, RecordedDay
from learner_data_plugin.settings.tracking import NAME
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("backend", "site")]


def address(course_key: Any, view: str, block: str = "p1") -> str:
    return f"/courses/{course_key}/xblock/{usage(course_key, 'problem', block)}/handler/{view}"


def usage(course_key: Any, block_type: str, block: str) -> str:
    return str(course_key.make_usage_key(block_type, block))


def goals(learner: Any) -> str:
    return UserProfile.objects.get(user=learner).goals or ""


def play(client: Any, course_key: Any, video: str = "v1", **data: Any) -> Any:
    form = {"event_type": "play_video", "event": json.dumps({"id": video, **data}), "page": f"http://lms/courses/{course_key}/"}
    return client.post("/event", form)


@contextmanager
def without_ours() -> Iterator[None]:
    """The LMS as it is without our backend."""
    ours = tracker.get_tracker()
    others = {name: backend for name, backend in ours.backends.items() if name != NAME}
    tracker.register_tracker(Tracker(others, ours.context_locator))
    yield
    tracker.register_tracker(ours)


@contextmanager
def of_ours() -> Iterator[list[str]]:
    """The tables of the plugin that statements within are about, in their order."""
    tables: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        tables.extend(re.findall(r"(?:INTO|FROM) [`\"](learner_data_plugin_\w+)", sql))
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield tables


def counts(course_key: Any) -> Any:
    today = datetime.now(UTC).date()
    return list(store.counts(course_key, first=today, last=today))


def test_visit_makes_active(course_key, learner, learner_client):
    learner_client.get(f"/courses/{course_key}/nowhere/")
    assert list(LearnerDay.objects.values_list("user_id", flat=True)) == [learner.pk]


def test_answer_counts(course_key, learner, learner_client):
    assert learner_client.post(address(course_key, "answer")).content == b"saved"
    assert counts(course_key) == [(learner.pk, 1, 1, 1, 0, 0, 0, 0, 0)]
    assert goals(learner) == "answered"


def test_what_is_rolled_back_does_not_count(course_key, learner, learner_client):
    assert learner_client.post(address(course_key, "answer_and_fail")).status_code == 500
    assert counts(course_key) == []
    assert goals(learner) == ""
    assert LearnerDay.objects.count() == 1  # the request itself was a visit


def test_savepoints_count_as_they_end(course_key, learner, learner_client):
    learner_client.post(address(course_key, "answer_in_part"))
    assert counts(course_key) == [(learner.pk, 1, 3, 1, 0, 0, 0, 0, 0)]


def test_facts_of_a_transaction_are_written_after_it_with_one_statement_for_each_table(course_key, learner, learner_client):
    with of_ours() as statements:
        learner_client.post(address(course_key, "answer_in_part"))
    # The request itself was a visit; both savepoints that stay and what is outside of them are known apart.
    assert [table for table in statements if table == LearnerDay._meta.db_table] == [LearnerDay._meta.db_table]
    context = {"username": learner.username, "user_id": learner.pk, "course_id": str(course_key)}
    with of_ours() as statements, tracker.get_tracker().context("test", context), transaction.atomic():
        for video in ("v1", "v2"):
            tracker.emit("play_video", {"id": video})
        tracker.emit("seq_next", {"id": usage(course_key, "sequential", "s1")})
        assert statements == []
    assert statements == [EngagementItem._meta.db_table] * 3 + [LearnerDay._meta.db_table, LearnerDayItem._meta.db_table]


def test_facts_wait_for_no_hook_that_has_run(course_key, learner, django_capture_on_commit_callbacks):
    """Tests of other plugins run hooks before there is a commit, and leave them where they are."""
    context = {"username": learner.username, "user_id": learner.pk, "course_id": str(course_key)}
    with tracker.get_tracker().context("test", context), transaction.atomic():
        with django_capture_on_commit_callbacks(execute=True):
            tracker.emit("book", {"new": 1})
            transaction.on_commit(lambda: tracker.emit("book", {"new": 2}))
        assert LearnerDayItem.objects.filter(user_id=learner.pk).count() == 2


def test_video_counts_once(course_key, learner, learner_client):
    for _ in range(3):
        assert play(learner_client, course_key).content == b"success"
    play(learner_client, course_key, "v2")
    assert counts(course_key) == [(learner.pk, 0, 0, 0, 2, 0, 0, 0, 0)]


def test_page_that_is_turned_counts_each_time(course_key, learner, learner_client):
    for page in (1, 2, 2):
        form = {"event_type": "book", "event": json.dumps({"new": page}), "page": f"http://lms/courses/{course_key}/pdfbook/0/"}
        learner_client.post("/event", form)
    assert counts(course_key) == [(learner.pk, 0, 0, 0, 0, 0, 0, 0, 3)]


def test_course_of_the_learning_mfe_is_told_by_its_key(course_key, learner_client):
    form = {
        "event_type": "play_video",
        "event": '{"id": "v1"}',
        "page": "http://apps/learning",
        "courserun_key": str(course_key),
    }
    learner_client.post("/event", form)
    assert counts(course_key)


def test_last_subsection_is_the_one_opened_last(course_key, learner_client):
    today = datetime.now(UTC).date()
    for block in ("s1", "s2", "s1"):
        learner_client.get(f"/api/courseware/sequence/{usage(course_key, 'sequential', block)}")
        [(_user_id, _days, opened)] = store.days_and_subsections(course_key, first=today, last=today)
        assert store.addresses([opened])[opened].endswith(f"@{block}")


def test_nobody_is_recorded_who_is_not_signed_in(course_key, client):
    client.get(f"/courses/{course_key}/nowhere/")
    play(client, course_key)
    assert not LearnerDay.objects.exists()


def test_anonymous_post_is_left_out_unless_the_site_asks_for_it(course_key, learner):
    def post(**data: Any) -> None:
        context = {"username": learner.username, "user_id": learner.pk, "course_id": str(course_key)}
        with tracker.get_tracker().context("test", context):
            tracker.emit("edx.forum.thread.created", {"id": "t", **data})

    post(anonymous=True)
    assert not LearnerDay.objects.exists()
    post(anonymous_to_peers=True)
    post(anonymous=True)
    assert [row.threads for row in counts(course_key)] == [1]
    factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"ANONYMOUS_POSTS": True})
    post(anonymous=True)
    assert [row.threads for row in counts(course_key)] == [2]


class TestMemory:
    def test_what_was_written_is_not_written_again(self, course_key, learner_client):
        learner_client.get(f"/courses/{course_key}/nowhere/")
        play(learner_client, course_key)
        with of_ours() as statements:
            learner_client.get(f"/courses/{course_key}/nowhere/")
            play(learner_client, course_key)
        assert statements == []

    def test_kinds_of_answers_of_the_day_are_written_once(self, course_key, learner):
        context = {"username": learner.username, "user_id": learner.pk, "course_id": str(course_key)}
        enrollments = CourseEnrollment.objects.filter(course_id=course_key)
        written = []
        with tracker.get_tracker().context("test", {**context, "event_source": "server"}):
            for attempts, success in enumerate(("incorrect", "incorrect", "correct", "incorrect", "correct")):
                data = {"problem_id": usage(course_key, "problem", "p"), "success": success, "attempts": attempts}
                with of_ours() as statements:
                    tracker.emit("problem_check", data)
                written.append(LastAnswers._meta.db_table in statements)
                assert filter_by_activity(enrollments, course_key, "struggling").count() == (attempts < 2)
        assert written == [True, False, True, False, False]

    def test_new_day_is_written_again(self, course_key, learner_client):
        for day in ("2026-03-02", "2026-03-03"):
            with freeze_time(day):
                learner_client.get(f"/courses/{course_key}/nowhere/")
                play(learner_client, course_key)
        assert LearnerDay.objects.count() == LearnerDayItem.objects.count() == 2

    def test_is_bounded(self, course_key, learner_client, monkeypatch):
        monkeypatch.setattr(memory, "MOST_REMEMBERED", 5)
        for _ in range(2):
            for video in range(12):
                play(learner_client, course_key, f"v{video}")
        assert [row.videos for row in counts(course_key)] == [12]

    def test_knows_nothing_of_what_was_rolled_back(self, course_key, learner, learner_client):
        context = {"username": learner.username, "user_id": learner.pk, "course_id": str(course_key)}
        with tracker.get_tracker().context("test", context):
            with transaction.atomic():
                tracker.emit("play_video", {"id": "v1"})
                transaction.set_rollback(True)
            assert counts(course_key) == []
            tracker.emit("play_video", {"id": "v1"})
        assert [row.videos for row in counts(course_key)] == [1]


MALFORMED = [
    "",
    "not JSON",
    "[" * 20_000,
    "{" * 20_000,
    '{"id": ' + "[" * 100 + "]" * 100 + "}",
    '{"id": ' + "[" * 20_000 + "]" * 20_000 + "}",
    "null",
    "5",
    '"text"',
    "[]",
    "{}",
    '{"id": null}',
    '{"id": ["v1"]}',
    '{"id": {"id": "v1"}}',
    '{"id": "nul\\u0000"}',
    '{"id": "half \\ud800"}',
    json.dumps({"id": "v" * 10_000}),
    json.dumps({"id": "v1" * 600}),
]


class TestMalformedEvent:
    @pytest.mark.parametrize(
        "event_type", ["play_video", "problem_check", "seq_next", "book", "edx.forum.thread.created", "", "/"]
    )
    @pytest.mark.parametrize("event", MALFORMED, ids=range(len(MALFORMED)))
    def test_of_a_browser_changes_nothing(self, event_type, event, backend, course_key, learner_client, caplog):
        form = {"event_type": event_type, "event": event, "page": f"http://lms/courses/{course_key}/"}
        response = learner_client.post("/event", form)
        with without_ours():
            other = learner_client.post("/event", form)
        assert (response.status_code, response.content) == (other.status_code, other.content)
        assert [name for name, *_ in caplog.record_tuples if name.startswith("learner_data_plugin")] == []
        assert not backend.outages.lost
        assert play(learner_client, course_key).content == b"success"
        assert [row.videos for row in counts(course_key)] == [1]

    @pytest.mark.parametrize("event", [None, 5, "text", [], {}, {"name": "x"}, {"name": None, "context": {}}])
    def test_of_any_kind_raises_nothing(self, event, backend):
        for _ in range(outages.FAILURES_IN_A_ROW + 1):
            backend.send(event)
        assert not backend.outages.lost
        assert not backend.outages.is_pausing

    def test_course_with_a_strange_key_changes_nothing(self, learner_client):
        for course in ("course-v1:A+B", "course-v1:A+B+C%00", "course-v1:A+B+C\N{SNOWMAN}", "x" * 5_000):
            form = {"event_type": "play_video", "event": '{"id": "v1"}', "courserun_key": course, "page": ""}
            assert learner_client.post("/event", form).content == b"success"
        assert not LearnerDay.objects.exists()


@pytest.fixture
def no_table() -> Iterator[None]:
    """The migration that makes the tables has not been run yet."""
    with connection.schema_editor() as editor:
        for model in (LearnerDay, LearnerDayItem):
            editor.delete_model(model)
    yield
    with connection.schema_editor() as editor:
        for model in (LearnerDay, LearnerDayItem):
            editor.create_model(model)


class TestOutage:
    def test_missing_table_changes_no_request(self, no_table, backend, course_key, learner, learner_client):
        assert learner_client.get(f"/courses/{course_key}/nowhere/").status_code == 404
        assert learner_client.post(address(course_key, "answer")).content == b"saved"
        assert goals(learner) == "answered"
        assert play(learner_client, course_key).content == b"success"
        assert learner_client.post(address(course_key, "answer_and_fail")).status_code == 500
        assert backend.outages.lost == {datetime.now(UTC).date(): 6}

    def test_missing_table_lets_the_transaction_be_as_it_is(self, no_table, course_key, learner):
        context = {"username": learner.username, "user_id": learner.pk, "course_id": str(course_key)}
        with tracker.get_tracker().context("test", context), transaction.atomic():
            tracker.emit("play_video", {"id": "v1"})
            UserProfile.objects.filter(user=learner).update(goals="kept")
            assert not connection.needs_rollback
        assert goals(learner) == "kept"

    def test_after_some_failures_nothing_is_tried_for_a_minute(self, no_table, backend, course_key, learner_client, caplog):
        for _ in range(outages.FAILURES_IN_A_ROW):
            play(learner_client, course_key)
        assert backend.outages.is_pausing
        with of_ours() as statements:
            play(learner_client, course_key)
            learner_client.get(f"/courses/{course_key}/nowhere/")
        assert statements == []
        [message] = [record.getMessage() for record in caplog.records if record.name.endswith("engagement.outages")]
        told = "Recording of what learners do pauses for 60 seconds: it failed 3 times in a row "
        assert message in {f"{told}({error})." for error in ("OperationalError", "ProgrammingError")}

    def test_what_was_lost_is_kept_when_it_works_again(self, request, backend, course_key, learner_client):
        with freeze_time("2026-03-02 10:00:00") as clock:
            request.getfixturevalue("no_table")
            for _ in range(5):
                play(learner_client, course_key)
            assert backend.outages.lost == {clock().date(): 5}
            with connection.schema_editor() as editor:
                editor.create_model(LearnerDay)
                editor.create_model(LearnerDayItem)
            clock.tick(timedelta(seconds=outages.SECONDS_OF_PAUSE + 1))
            play(learner_client, course_key)
            assert not backend.outages.lost
            assert RecordedDay.objects.get(day=clock().date()).lost == 5
            assert [row.videos for row in counts(course_key)] == [1]
            with connection.schema_editor() as editor:
                editor.delete_model(LearnerDay)
                editor.delete_model(LearnerDayItem)


class TestSigns:
    def test_each_hour_is_kept_in_which_recording_ran(self, backend, client):
        with freeze_time("2026-03-02 10:00:00") as clock:
            for _ in range(3):
                for _request in range(3):
                    client.get("/courses/")
                clock.tick(timedelta(hours=1, seconds=1))
        assert RecordedDay.objects.get(day=date(2026, 3, 2)).hours == 0b111 << 10

    def test_hour_is_kept_once(self, client):
        with freeze_time("2026-03-02 10:10:00") as clock:
            client.get("/courses/")
            assert RecordedDay.objects.exists()
            clock.tick(timedelta(seconds=30))
            with of_ours() as statements:
                client.get("/courses/")
        assert statements == []

    def test_site_that_records_nothing_keeps_that_once(self, settings, client):
        settings.EVENT_TRACKING_BACKENDS = {}
        receivers.connect()
        for _ in range(2):
            client.get("/courses/")
        assert list(RecordedDay.objects.values_list("was_off", flat=True)) == [True]
        with of_ours() as statements:
            client.get("/courses/")
        assert statements == []


def test_is_made_without_django(tmp_path):
    """The tracker makes it before anything else of the plugin may be imported."""
    code = (
        "import sys; from learner_data_plugin.engagement.backend import EngagementBackend; EngagementBackend(); "
        "assert not {'learner_data_plugin.models', 'learner_data_plugin.platform.api'} & sys.modules.keys()"
    )
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env=environment)
