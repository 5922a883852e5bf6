"""What a course team reads about a report that is not finished, or is."""

from __future__ import annotations

import pytest
from django.utils import timezone

from learner_data_plugin.models import ReportRun
from learner_data_plugin.reports.messages import failure_message, progress_message


def run(**values):
    return ReportRun(**{"started": timezone.now(), **values})


@pytest.mark.parametrize(
    ("of", "state", "waits", "sentence"),
    [
        (run(started=None), "QUEUING", False, "Waiting for a worker."),
        (run(started=None), "QUEUING", True, "Waiting for the report before it."),
        (run(), "PROGRESS", False, "Report generation is in progress."),
        (run(done=0, total=0), "PROGRESS", False, "Report generation is in progress."),
        (run(done=3, total=9), "PROGRESS", False, "3 of 9 rows."),
        (run(done=9, total=9), "SUCCESS", False, "Finished: 9 rows."),
        (run(failure="storage"), "FAILURE", False, failure_message("storage")),
        (run(started=None, failure="never_started"), "FAILURE", True, failure_message("never_started")),
        (run(failure="cancelled"), "REVOKED", True, failure_message("cancelled")),
    ],
)
def test_one_sentence_says_how_far_a_report_is(of, state, waits, sentence):
    assert progress_message(of, state, waits=waits) == sentence


def test_it_does_not_wait_for_another_unless_that_is_said():
    assert progress_message(run(started=None), "QUEUING") == "Waiting for a worker."
