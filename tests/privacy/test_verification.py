"""Files that prove themselves: by their hash, for as long as the audit is kept."""

from __future__ import annotations

import codecs
import hashlib
import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from freezegun import freeze_time

from learner_data_plugin import api
from learner_data_plugin.data import Actor, Selection
from learner_data_plugin.exceptions import FileChanged, FileNotFromHere
from learner_data_plugin.models import AuditRecord, ReportFile
from learner_data_plugin.privacy import retention
from tests.erasing import erase

from .. import factories
from ..reading import content_of


@pytest.fixture
def by(instructor):
    return Actor(instructor.pk, instructor.username, "192.0.2.1")


def verify(course_key, content, name=""):
    return api.verify_file(course_key, hashlib.sha256(content).hexdigest(), name=name)


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
def test_report_is_known_by_its_content(file_format, course_key, instructor):
    factories.make_learner(course_key)
    file = factories.make_report(course_key, instructor, file_format=file_format)
    found = verify(course_key, content_of(file))
    assert (found.what, found.course_key, found.file_name) == ("profile", course_key, file.name)
    assert (found.made_by, found.rows, found.columns) == (instructor.username, 1, tuple(file.columns))
    assert (found.selection, found.without_erased) == ({}, False)


def test_byte_order_mark_of_a_download_is_no_change(course_key, instructor):
    file = factories.make_report(course_key, instructor)
    assert verify(course_key, codecs.BOM_UTF8 + content_of(file)).file_name == file.name


def test_filters_are_told_but_not_who_was_searched_for(course_key, by):
    selection = Selection(columns=("id", "city"), search="Ada Byron", enrollment_mode="audit").stored()
    api.request_report(course_key, "profile", selection=selection, by=by)
    found = verify(course_key, content_of(ReportFile.objects.get()))
    assert (found.selection, found.columns) == ({"search": True, "enrollment_mode": "audit"}, ("id", "city"))


def test_files_made_at_once_are_known(course_key, by):
    user = factories.make_learner(course_key)
    key = factories.anonymous_id(user, course_key)
    made = {
        "anonymized_ids": api.open_anonymized_ids(course_key, by=by),
        "deanonymized": api.deanonymize(course_key, [key], purpose="Testing that", by=by).content,
        "pseudonymized": api.pseudonymize(course_key, io.BytesIO(f"username\n{user.username}\n".encode()), by=by).content,
    }
    for what, file in made.items():
        with file as content:
            found = verify(course_key, content.read())
        assert (found.what, found.rows, found.made_by) == (what, 1, by.username)
    with pytest.raises(FileNotFromHere) as caught:
        verify(course_key, b"a file without a name, as those are")
    assert type(caught.value) is FileNotFromHere


def test_one_byte_makes_it_another_file(course_key, instructor):
    file = factories.make_report(course_key, instructor)
    content = content_of(file)
    with pytest.raises(FileNotFromHere) as caught:
        verify(course_key, content + b" ")
    assert caught.value.error_code == "file_not_from_here"
    for name in (file.name, file.name.replace(".csv", " (2).csv"), file.name.replace(".csv", "(1).csv")):
        with pytest.raises(FileChanged):
            verify(course_key, content + b" ", name)


def test_is_known_after_the_file_is_gone_and_until_the_audit_is(course_key, instructor):
    file = factories.make_report(course_key, instructor)
    content = content_of(file)
    ReportFile.objects.update(created=timezone.now() - timedelta(days=91))
    retention.remove_expired()
    assert not ReportFile.objects.exists()
    assert verify(course_key, content).file_name == file.name
    retention.remove_expired(now=timezone.now() + timedelta(days=731))
    with pytest.raises(FileNotFromHere):
        verify(course_key, content)


def test_both_are_known_when_a_learner_was_taken_out(course_key, instructor):
    learner, _other = factories.make_learner(course_key), factories.make_learner(course_key)
    file = factories.make_report(course_key, instructor)
    before = content_of(file)
    erase(learner)
    after = content_of(ReportFile.objects.get())
    assert before != after
    assert [verify(course_key, content).without_erased for content in (before, after)] == [False, True]
    assert [verify(course_key, content).rows for content in (before, after)] == [2, 1]


def test_of_files_with_the_same_content_the_first_is_told(course_key, instructor):
    first, second = (factories.make_report(course_key, instructor) for _ in range(2))
    assert content_of(first) == content_of(second)
    found = verify(course_key, content_of(second))
    assert (found.file_name, found.created) == (first.name, AuditRecord.objects.get(file_name=first.name).created)


def test_report_that_was_destroyed_left_no_content_that_could_be_known(course_key, instructor, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "COLUMNS": ["name"]}
    learner = factories.make_learner(course_key)
    with freeze_time(timezone.now() - timedelta(days=700)):
        content = content_of(factories.make_report(course_key, instructor))
    erase(learner)
    assert not verify(course_key, content).without_erased
    retention.remove_expired(now=timezone.now() + timedelta(days=100))
    assert AuditRecord.objects.get(action="erased").detail == "destroyed"
    with pytest.raises(FileNotFromHere):
        verify(course_key, content)


def test_what_was_recorded_without_a_hash_is_no_file(course_key):
    AuditRecord.objects.create(course_id=course_key, action="generated", file_name="old.csv")
    for sha256 in ("", "0" * 64):
        with pytest.raises(FileNotFromHere) as caught:
            api.verify_file(course_key, sha256, name="old.csv")
        assert type(caught.value) is FileNotFromHere


def test_what_was_only_listed_or_refused_is_no_file(course_key, instructor):
    file = factories.make_report(course_key, instructor)
    sha256 = "1" * 64
    for action in ("downloaded", "deleted", "expired", "listed"):
        AuditRecord.objects.create(course_id=course_key, action=action, sha256=sha256, file_name="gone.csv")
    with pytest.raises(FileNotFromHere) as caught:
        api.verify_file(course_key, sha256, name="gone.csv")
    assert type(caught.value) is FileNotFromHere
    assert verify(course_key, content_of(file)).file_name == file.name


def test_name_of_another_course_does_not_make_it_a_changed_one(course_key, instructor):
    file = factories.make_report(course_key, instructor)
    with pytest.raises(FileNotFromHere) as caught:
        verify(factories.make_course(), b"x", file.name)
    assert type(caught.value) is FileNotFromHere


def test_other_courses_do_not_tell(course_key, instructor):
    content = content_of(factories.make_report(course_key, instructor))
    with pytest.raises(FileNotFromHere):
        verify(factories.make_course(), content)


class TestCommand:
    def run(self, *files):
        output = io.StringIO()
        try:
            call_command("learner_data_verify", *map(str, files), stdout=output)
        except CommandError as error:
            return output.getvalue(), str(error)
        return output.getvalue(), ""

    def test_says_what_it_is(self, course_key, instructor, tmp_path):
        file = factories.make_report(course_key, instructor)
        path = tmp_path / "renamed.csv"
        path.write_bytes(codecs.BOM_UTF8 + content_of(file))
        output, error = self.run(path)
        assert not error
        for part in ("unchanged", "profile", str(course_key), instructor.username, "0 rows", "id, username"):
            assert part in output

    def test_says_what_it_is_not(self, course_key, instructor, tmp_path):
        file = factories.make_report(course_key, instructor)
        changed, strange = tmp_path / file.name, tmp_path / "strange.csv"
        changed.write_bytes(content_of(file) + b"x")
        strange.write_bytes(b"x")
        output, error = self.run(changed, strange)
        assert "changed since" in output.splitlines()[0]
        assert "not from here" in output.splitlines()[1]
        assert "2 of 2" in error

    def test_file_that_is_not_there(self, db, tmp_path):
        assert "nowhere.csv" in self.run(tmp_path / "nowhere.csv")[1]
