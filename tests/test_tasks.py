"""What the platform hears of our tasks."""

from __future__ import annotations

import pytest
from eventtracking import tracker
from eventtracking.tracker import Tracker

from . import factories


class Collector:
    """A backend of the platform's event tracking."""

    def __init__(self):
        self.events = []

    def send(self, event):
        self.events.append(event)


@pytest.fixture
def events():
    collector, before = Collector(), tracker.get_tracker()
    tracker.register_tracker(Tracker({"collector": collector}))
    yield collector.events
    tracker.register_tracker(before)


@pytest.mark.parametrize(("report", "kind"), [("profile", "student_profile_info"), ("anonymized_ids", "anonymized_ids")])
def test_finished_report_emits_the_platforms_event(report, kind, course_key, instructor, events):
    factories.make_report(course_key, instructor, report=report)
    assert [(event["name"], event["data"]) for event in events] == [
        ("edx.instructor.report.requested", {"report_type": kind})
    ]
