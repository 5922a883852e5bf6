"""From the request for a report to the downloaded file, as a course team member does it."""

from __future__ import annotations

import csv
import io

from . import factories
from .rest_api.paths import api_path


def test_profile_report_from_request_to_file(course_key, instructor_client):
    factories.make_learner(course_key, "zoe", profile={"name": "=1+1", "goals": "to learn\nmuch"})
    factories.make_learner(course_key, "adam", mode="verified")

    requested = instructor_client.post(
        api_path(course_key, "reports/"), {"report": "profile", "format": "csv"}, content_type="application/json"
    )

    assert requested.status_code == 202, requested.content
    assert set(requested.json()) == {"task_id", "report", "state", "already_running"}
    assert requested.json()["already_running"] is False
    task = instructor_client.get(api_path(course_key, "tasks/")).json()["tasks"][0]
    assert task["state"] == "SUCCESS", task
    [file] = instructor_client.get(api_path(course_key, "reports/")).json()["reports"]
    downloaded = instructor_client.get(file["url"])
    assert downloaded["Content-Disposition"] == f'attachment; filename="{file["name"]}"'
    content = b"".join(downloaded.streaming_content)
    assert len(content) == file["size_bytes"] == int(downloaded["Content-Length"])
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    assert [row["username"] for row in rows] == ["adam", "zoe"]
    assert rows[1]["name"] == "'=1+1"
    assert rows[1]["goals"] == "to learn\nmuch"
