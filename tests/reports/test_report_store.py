"""Content in the report store: where it stands, how it is read, and what a storage that refuses leads to."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.storage import FileSystemStorage

from learner_data_plugin.exceptions import ReportDamaged, ReportFailed, ReportNotFound, StorageUnavailable
from learner_data_plugin.platform import api as platform_api
from learner_data_plugin.reports import report_store
from tests import factories
from tests.reading import content_of


@pytest.fixture
def file(course_key, instructor):
    factories.make_learners(course_key, 3)
    return factories.make_report(course_key, instructor)


def stored(file):
    return Path(platform_api.report_store().storage.path(file.path))


def test_each_course_has_a_folder_of_its_own_and_each_file_one_in_it(course_key):
    one, two = (report_store.new_path(course_key, "a name.csv") for _ in range(2))
    other = report_store.new_path(factories.make_course(), "a name.xlsx")
    assert one != two
    folders = [path.split("/")[:-2] for path in (one, two, other)]
    assert folders[0] == folders[1] != folders[2]
    assert [path.rsplit("/", 1)[1] for path in (one, other)] == ["report.csv", "report.xlsx"]
    assert all("learner_data" in folder for folder in folders)


def test_content_stands_where_the_storage_put_it(db):
    path = report_store.save("learner_data/a/report.csv", io.BytesIO(b"rows"))
    again = report_store.save("learner_data/a/report.csv", io.BytesIO(b"others"))
    root = Path(platform_api.report_store().storage.location)
    assert path == "learner_data/a/report.csv" != again
    assert [(root / name).read_bytes() for name in (path, again)] == [b"rows", b"others"]


def test_a_file_that_is_gone_is_not_found_and_the_log_says_which(file, caplog):
    stored(file).unlink()
    with caplog.at_level(logging.WARNING), pytest.raises(ReportNotFound):
        report_store.open_file(file)
    assert f"Report file {file.pk} of course {file.course_id} is missing" in caplog.text


def test_a_storage_that_does_not_open_a_file_is_unavailable_and_the_log_says_of_what_kind_it_was(file, caplog):
    stored(file).unlink()
    stored(file).mkdir()
    with pytest.raises(StorageUnavailable):
        report_store.open_file(file)
    assert f"did not open report {file.pk} of course {file.course_id}: IsADirectoryError." in caplog.text
    assert file.path not in caplog.text


def test_what_is_fetched_is_all_of_the_file_from_its_start(file):
    with report_store.fetched(file) as copied:
        assert copied.read() == content_of(file)


def test_something_else_in_the_place_of_a_file_is_damage(file):
    stored(file).write_bytes(b"something else")
    with pytest.raises(ReportDamaged), report_store.fetched(file):
        pass


def test_a_file_of_which_not_all_was_read_is_to_be_tried_again(file, monkeypatch):
    monkeypatch.setattr(FileSystemStorage, "_open", lambda self, name, mode: io.BytesIO(content[:-5]))
    content = stored(file).read_bytes()
    with pytest.raises(StorageUnavailable), report_store.fetched(file):
        pass


def test_measuring_reads_from_the_start_and_goes_back_to_it():
    content = io.BytesIO(b"rows")
    content.read()
    sha256, size = report_store.measure(content)
    assert (sha256, size) == ("bc51e9e65d79e1c90ba544ab2eae1044ccdf8c1af7a559ba375cba4276f7d99e", 4)
    assert content.read() == b"rows"


class TestDiscard:
    def test_what_is_gone_already_is_no_error(self, db):
        assert report_store.discard("learner_data/nothing/report.csv") is True

    def test_a_folder_in_which_something_else_stands_stays(self, file):
        (stored(file).parent / "other").touch()
        assert report_store.discard(file.path) is True
        assert [path.name for path in stored(file).parent.iterdir()] == ["other"]

    def test_a_refusal_is_noted_without_what_the_storage_says(self, file, caplog):
        stored(file).unlink()
        stored(file).mkdir()
        (stored(file) / "inside").touch()
        assert report_store.discard(file.path) is False
        assert "could not be removed from the report store: OSError." in caplog.text
        assert file.path not in caplog.text


def test_a_refused_file_is_noted_without_what_the_storage_says(settings, tmp_path, caplog):
    (tmp_path / "file").touch()
    settings.GRADES_DOWNLOAD = {"STORAGE_TYPE": "localfs", "BUCKET": "x", "ROOT_PATH": str(tmp_path / "file")}
    with pytest.raises(ReportFailed) as caught:
        report_store.save("learner_data/a/report.csv", io.BytesIO(b"rows"))
    assert caught.value.code == "storage"
    assert "refused a file: " in caplog.text
    assert str(tmp_path) not in caplog.text


class Parts:
    """A storage that sends files in parts."""

    def __init__(self, *, use_threads):
        self.transfer_config = SimpleNamespace(use_threads=use_threads, multipart_chunksize=8)


def test_parts_are_sent_one_after_another_by_a_storage_of_our_own():
    platforms = Parts(use_threads=True)
    ours = report_store._adapted(platforms)
    assert ours.transfer_config.use_threads is False
    assert ours.transfer_config.multipart_chunksize == 8
    assert platforms.transfer_config.use_threads is True


@pytest.mark.parametrize("storage", [Parts(use_threads=False), object()])
def test_a_storage_that_needs_no_change_is_used_as_it_is(storage):
    assert report_store._adapted(storage) is storage
