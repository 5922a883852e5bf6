"""Both reports made by a real worker of the platform: queued, seen while they run, downloaded."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys

import pytest

from .live_worker import LEARNERS


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    environment = {**os.environ, "LEARNER_DATA_FOLDER": str(tmp_path_factory.mktemp("worker"))}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-W", "ignore", "-m", "tests.platform.live_worker"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-5000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("report", ["profile", "anonymized_ids"])
def test_a_report_is_queued_then_seen_growing_and_then_complete(seen, report):
    posted, *polls = seen[report]["polls"]

    assert posted["posted"] == 202
    assert posted["state"] == "QUEUING"
    assert polls[-1]["state"] == "SUCCESS", polls[-1]
    running = [poll for poll in polls if poll["state"] == "PROGRESS" and poll["done"] is not None]
    done = [poll["done"] for poll in running]
    assert done == sorted(done)
    assert any(0 < number < LEARNERS for number in done), done
    assert {poll["total"] for poll in running if poll["done"]} == {LEARNERS}
    assert (polls[-1]["done"], polls[-1]["percent"]) == (LEARNERS, 100)


def test_the_files_of_the_worker_are_complete(seen):
    profile = list(csv.DictReader(io.StringIO(seen["profile"]["content"], newline="")))
    anonymized = list(csv.DictReader(io.StringIO(seen["anonymized_ids"]["content"], newline="")))

    assert len(profile) == len(anonymized) == LEARNERS
    assert {row["name"] for row in profile} == {"Ada"}
    assert [row["id"] for row in sorted(profile, key=lambda row: int(row["id"]))] == [row["User ID"] for row in anonymized]
    assert len({row["Course Specific Anonymized User ID"] for row in anonymized}) == LEARNERS
