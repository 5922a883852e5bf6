"""Learners do at random what the platform offers; the report has to say what the tracking log says of it, by the oracle.

Answers go through the platform's handler, videos, pages of textbooks and steps through a sequence through ``/event``, what the
mobile apps tell through Segment's webhook. The log is what the platform's own processors and encoder make of the tracker's
events. HISTORIES is how many learners do so, SEEDS which sequences.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from common.djangoapps.track.shim import LegacyFieldMappingProcessor, PrefixedEventProcessor
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from eventtracking import tracker
from eventtracking.backends.logger import DateTimeJSONEncoder
from eventtracking.processors.exceptions import EventEmissionExit
from freezegun import freeze_time
from opaque_keys.edx.keys import CourseKey
from openedx.core.lib.url_utils import quote_slashes
from xmodule.modulestore.django import modulestore
from xmodule.modulestore.tests.factories import BlockFactory

from learner_data_plugin.engagement import coverage, rows
from learner_data_plugin.engagement.facts import facts_of
from learner_data_plugin.engagement.periods import DAY, Period
from learner_data_plugin.models import LearnerDay, LearnerDayItem

from .. import factories
from ..engagement.oracle import Site
from ..reading import as_table
from .test_problems import (
    _SUBMISSIONS,
    DAYS,
    HISTORIES,
    MONDAY,
    SEEDS,
    Learner,
    course_with_problems,  # noqa: F401
    moments,
)

_VISITS = ("play", "play", "pause", "turn", "step", "step", "position", "close", "phone", "phone")
_DOINGS = (*_SUBMISSIONS, "twice", "save", "look", "reset attempts", *_VISITS)
_OF_PHONES = (
    *("edx.video.played",) * 3,
    *("edx.video.loaded", "edx.video.paused", "edx.video.seeked", "edx.bi.app.navigation.screen"),
)
_INDIA = timezone(timedelta(hours=5, minutes=30))
_WEBHOOK_SECRET = "secret"
WEEK = Period(MONDAY, MONDAY + 6 * DAY)


class TrackingLog:
    """A backend of event-tracking that keeps the lines that the platform's own would write."""

    def __init__(self) -> None:
        self.sent: list[tuple[dict[str, Any], bytes | None]] = []
        """Events and their lines, None of those that the platform keeps out of the log."""

    @property
    def lines(self) -> list[bytes]:
        return [line for _event, line in self.sent if line is not None]

    def send(self, event: dict[str, Any]) -> None:
        self.sent.append((copy.deepcopy(event), self._line(copy.deepcopy(event))))

    def _line(self, event: dict[str, Any]) -> bytes | None:
        LegacyFieldMappingProcessor()(event)
        try:
            event = PrefixedEventProcessor()(event) or event
        except EventEmissionExit:
            return None
        return json.dumps(event, cls=DateTimeJSONEncoder).encode()


@pytest.fixture
def log() -> Iterator[TrackingLog]:
    """The tracking log of this test."""
    backends = tracker.get_tracker().backends
    backends["tracking_log"] = TrackingLog()
    yield backends["tracking_log"]
    del backends["tracking_log"]


class Visitor(Learner):
    """A learner who also watches videos, reads and moves about, in a browser or on a telephone."""

    def visit(self, doing: str, course_key: CourseKey, chance: random.Random) -> None:
        sequence = modulestore().get_items(course_key, qualifiers={"category": "sequential"})[0].location
        if doing in ("play", "pause"):
            self._tell(f"{doing}_video", {"id": f"video{chance.randrange(3)}", "code": "html5"}, course_key)
        elif doing == "turn":
            self._tell("book", {"type": "gotopage", "old": 1, "new": chance.randrange(9)}, course_key)
        elif doing == "step":
            data = {"id": str(sequence), "current_tab": 2, "target_tab": 1, "tab_count": 3, "widget_placement": "top"}
            self._tell(f"edx.ui.lms.sequence.{chance.choice(('next', 'previous', 'tab'))}_selected", data, course_key)
        elif doing == "close":
            self._tell("page_close", {}, course_key)
        elif doing == "phone":
            self._have_forwarded(chance.choice(_OF_PHONES), course_key, chance)
        else:
            names = {"course_id": str(course_key), "usage_id": quote_slashes(str(sequence)), "handler": "xmodule_handler"}
            address = reverse("xblock_handler", kwargs={**names, "suffix": "goto_position"})
            self._signed_in().post(address, {"position": "1"})

    def _tell(self, name: str, data: dict[str, Any], course_key: CourseKey) -> None:
        page = f"http://testserver/courses/{course_key}/courseware/"
        told = {"event_type": name, "event": json.dumps(data), "page": page, "courserun_key": str(course_key)}
        assert self._signed_in().post("/event", told).status_code == 200

    def _have_forwarded(self, name: str, course_key: CourseKey, chance: random.Random) -> None:
        """What happened on a telephone, which told of it at once or when it was online again."""
        now = datetime.now(UTC)
        happened = (now - chance.choice((0, 1, 10_000)) * timedelta(seconds=1)).astimezone(chance.choice((UTC, _INDIA)))
        data = {"module_id": str(course_key.make_usage_key("video", f"video{chance.randrange(3)}")), "code": "mobile"}
        label = chance.choice(("Forum: View Thread", "Course Dashboard"))
        event = {
            "type": "track",
            "userId": self.user.pk,
            "timestamp": happened.isoformat(),
            "receivedAt": now.isoformat(),
            "context": {"library": {"name": chance.choice(("analytics-android", "analytics-ios"))}},
            "properties": {"name": name, "label": label, "data": data, "context": {"course_id": str(course_key)}},
        }
        address = f"/segmentio/event?key={_WEBHOOK_SECRET}"
        # Not from the learner's browser.
        assert Client().post(address, event, content_type="application/json").status_code == 200

    def _signed_in(self) -> Any:
        self.client.force_login(self.user, backend="django.contrib.auth.backends.AllowAllUsersModelBackend")
        return self.client


@pytest.mark.parametrize("seed", SEEDS)
def test_the_report_says_what_the_tracking_log_says(
    seed, course_with_problems, log, tmp_path, settings, django_capture_on_commit_callbacks  # noqa: F811
):
    settings.TRACKING_SEGMENTIO_WEBHOOK_SECRET = _WEBHOOK_SECRET
    chance, course_key = random.Random(seed), course_with_problems
    coverage.enter_import(MONDAY - 30 * DAY, MONDAY + 30 * DAY)
    vertical = modulestore().get_items(course_key, qualifiers={"category": "vertical"})[0]
    BlockFactory.create(parent_location=vertical.location, category="video", display_name="video")
    keys = [block.location for block in modulestore().get_items(course_key, qualifiers={"category": "problem"})]
    staff = factories.make_user(is_staff=True)
    with freeze_time(MONDAY - 10 * DAY) as clock:
        learners = [Visitor(course_key, staff) for _ in range(HISTORIES)]
        for learner in learners:
            for moment in moments(chance, chance.randrange(1, 14)):
                doing = chance.choice(_DOINGS)
                clock.move_to(moment + timedelta(microseconds=1))  # moments of the same second, too
                with django_capture_on_commit_callbacks(execute=True):
                    if doing in _VISITS:
                        learner.visit(doing, course_key, chance)
                    else:
                        learner.do(doing, chance.choice(keys))
    for sent, line in log.sent:
        assert facts_of(sent) == (None if line is None else facts_of(json.loads(line))), (sent, line)
    accounts = {learner.user.username: learner.user.pk for learner in learners}
    site = Site(accounts, settings.LMS_ROOT_URL, str(settings.LEARNING_MICROFRONTEND_URL).rstrip("/"))
    site.read(log.lines, str(course_key))
    assert len(site.events) > 2 * HISTORIES
    assert {event.name for event in site.events} > {"play_video", "load_video", "problem_check"}
    expected = {period: told(site, course_key, period) for period in [*map(Period.day, WEEK.days[:DAYS]), WEEK]}
    for period, cells in expected.items():
        mine = [line for line in log.lines if str(period.last) in line.decode()] if period.first == period.last else []
        assert found(course_key, period, accounts) == cells, (period, mine)

    before = everything(course_key)
    file = tmp_path / "tracking.log"
    file.write_bytes(b"\n".join(log.lines))
    call_command("learner_data_import_tracking_log", str(file))
    assert everything(course_key) - before == set(), "the log says nothing else than what was recorded"
    for model in (LearnerDay, LearnerDayItem):
        model.objects.all().delete()
    call_command("learner_data_import_tracking_log", str(file))
    assert everything(course_key) == before, "the log says all that was recorded"


def told(site: Site, course_key: CourseKey, period: Period) -> dict[str, list[str]]:
    """Username -> cells by the rule."""
    cells = {name: site.cells(user_id, period.first, period.last) for name, user_id in site.accounts.items()}
    return {name: [*map(str, row[:-1]), site.address(str(row[-1]), str(course_key))] for name, row in cells.items()}


def found(course_key: CourseKey, period: Period, accounts: dict[str, int]) -> dict[str, list[str]]:
    """Username -> cells of the report."""
    table = as_table(rows.read_rows(course_key, period, batch_size=5))
    return {row[3]: [str(cell) for cell in row[6:]] for row in table if row[3] in accounts}


def everything(course_key: CourseKey) -> set[Any]:
    """What is kept of the course. Not the keys of items: most have none."""
    days = LearnerDay.objects.filter(course__course_id=course_key)
    items = LearnerDayItem.objects.filter(course__course_id=course_key)
    return {
        *days.values_list("day", "user_id", "subsection_id", "subsection_moment"),
        *items.values_list("day", "user_id", "kind", "item_id", "mark"),
    }
