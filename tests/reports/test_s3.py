"""Reports in an S3 store, spoken to over HTTP in S3's own protocol (moto's server)."""

from __future__ import annotations

import uuid

import boto3
import pytest

from learner_data_plugin.reports import report_store
from tests import factories
from tests.reading import build, content_of, csv_rows, rows_of
from tests.rest_api.paths import api_path

pytestmark = pytest.mark.django_db

moto_server = pytest.importorskip("moto.server", reason="moto is in requirements/test.in; a platform may lack it")


@pytest.fixture(scope="module")
def endpoint():
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint, settings, monkeypatch):
    """An empty bucket in which the platform is told to keep reports."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    settings.AWS_S3_ENDPOINT_URL = endpoint
    name = f"reports-{uuid.uuid4().hex}"
    settings.GRADES_DOWNLOAD = {"STORAGE_TYPE": "s3", "BUCKET": name, "ROOT_PATH": "grades", "CUSTOM_DOMAIN": None}
    bucket = boto3.resource("s3", endpoint_url=endpoint).Bucket(name)
    bucket.create()
    return bucket


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
def test_report_is_stored_and_read_back(course_key, bucket, file_format):
    ids = factories.make_learners(course_key, 5)
    file = build(course_key, file_format=file_format)
    [stored] = bucket.objects.all()
    assert stored.key == f"grades/{file.path}"
    assert stored.size == file.size_bytes
    assert stored.get()["Body"].read() == content_of(file)
    assert [int(row[0]) for row in rows_of(file)[1:]] == ids


def test_large_report_is_sent_in_parts(course_key, bucket):
    goals = "to learn, " * 12_000
    for _ in range(100):
        factories.make_learner(course_key, profile={"name": "Ada", "goals": goals})
    file = build(course_key)
    [stored] = bucket.objects.all()
    assert file.size_bytes > 10_000_000
    assert "-" in stored.e_tag, "the tag of an object sent in parts says how many"
    assert report_store.platform_api.report_store().storage.transfer_config.use_threads, "the platform's storage is its own"
    header, *rows = csv_rows(content_of(file))
    assert {row[header.index("goals")] for row in rows} == {goals}


def test_file_comes_through_our_own_view(course_key, bucket, instructor_client):
    factories.make_learners(course_key, 3)
    file = build(course_key)
    [listed] = instructor_client.get(api_path(course_key, "reports/")).json()["reports"]
    assert listed["url"].endswith(f"/learner_data/api/v1/courses/{course_key}/reports/{file.name}")
    answer = instructor_client.get(listed["url"])
    assert answer["Content-Disposition"] == f'attachment; filename="{file.name}"'
    # The page's own downloads begin with a byte order mark.
    assert b"".join(answer.streaming_content).removeprefix(b"\xef\xbb\xbf") == content_of(file)


def test_two_reports_of_one_minute_are_two_objects_at_paths_not_to_be_guessed(course_key, bucket):
    files = [build(course_key), build(course_key)]
    keys = [stored.key for stored in bucket.objects.all()]
    assert len(set(keys)) == 2
    assert all(len(key.split("/")[-2]) == 32 for key in keys)
    assert files[0].name != files[1].name


def test_discarded_report_is_gone(course_key, bucket):
    report_store.discard(build(course_key).path)
    assert list(bucket.objects.all()) == []
