"""Random tracking logs, imported by the command: the files of each day and of the week against the oracle, cell by cell."""

from __future__ import annotations

import csv
import gzip
import io
import os
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from common.djangoapps.student.models import CourseEnrollment
from django.core.management import call_command

from learner_data_plugin import api
from learner_data_plugin.data import Actor

from .. import factories
from .oracle import Enrollment, Site
from .random_logs import RandomLog

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = [MONDAY.date() + timedelta(days=place) for place in range(7)]
BEFORE = MONDAY - timedelta(days=60)
SEEDS = range(1, 1 + max(3, int(os.environ.get("EXAMPLES", 0)) // 20))
LINES = 700


def enroll(user, course_key, changes):
    """Enroll an account with a history of its own; the last change is what is so now."""
    enrollment = CourseEnrollment.objects.create(user=user, course_id=course_key, mode="audit", is_active=changes[-1][1])
    enrollment.history.all().delete()
    common = {"id": enrollment.pk, "user_id": user.pk, "course_id": course_key, "mode": "audit", "created": changes[0][0]}
    for place, (moment, is_active) in enumerate(changes):
        kind = "~" if place else "+"
        enrollment.history.model.objects.create(**common, is_active=is_active, history_date=moment, history_type=kind)
    CourseEnrollment.objects.filter(pk=enrollment.pk).update(created=changes[0][0])


def random_changes(chance):
    """Came before, and perhaps left, perhaps on the stroke of midnight, perhaps for a while."""
    moments = sorted(
        MONDAY + timedelta(days=chance.randrange(-1, 8), seconds=chance.choice([0, 1, 86_399, chance.random() * 86_400]))
        for _ in range(chance.choice([0, 0, 1, 2, 3]))
    )
    return [(BEFORE, True), *((moment, bool(place % 2)) for place, moment in enumerate(dict.fromkeys(moments)))]


def file_of(course_key, report, user, **selection):
    """The rows of a report's file, without its header."""
    api.request_report(course_key, report, file_format="csv", by=Actor(user.pk, user.username), selection=selection)
    _stored, content = api.open_report(course_key, api.list_reports(course_key)[0].name, by=Actor(user.pk, user.username))
    with content:
        return list(csv.reader(io.StringIO(content.read().decode("utf-8-sig"))))[1:]


@pytest.mark.parametrize("seed", SEEDS)
def test_files_say_what_the_rule_says(course_key, seed, tmp_path, settings, instructor):
    settings.LMS_ROOT_URL, settings.LEARNING_MICROFRONTEND_URL = "https://lms.example.com", "https://apps.example.com/learning"
    chance, other = Random(seed), factories.make_course()
    names = [f"{name}{seed}" for name in ("ada", "Ben", "cyd", "Dan", "eve")]
    users = {name: factories.make_user(name) for name in names}
    enrollments = {name: Enrollment(random_changes(chance)) for name in users}
    for name, user in users.items():
        enroll(user, course_key, enrollments[name].changes)
    accounts = {name: user.pk for name, user in users.items()}
    course_ids = [str(course_key)] * 4 + [str(other), "course-v1:TestX+Absent+2026"]
    lines = RandomLog(chance, monday=MONDAY, course_ids=course_ids, accounts=accounts).lines(LINES)
    plain, compressed = tmp_path / "tracking.log", tmp_path / "tracking.log-1"
    plain.write_bytes(b"\n".join(lines[: LINES // 2]) + b"\n")
    compressed.write_bytes(gzip.compress(b"\n".join(lines[LINES // 3 :])))  # which overlap
    files = [str(plain), str(compressed)]
    output = {"stdout": io.StringIO(), "stderr": io.StringIO()}
    dates = {"first": str(DAYS[0]), "last": str(DAYS[-1])}
    call_command("learner_data_import_tracking_log", *files, **dates, **output)
    site = Site(accounts, settings.LMS_ROOT_URL, settings.LEARNING_MICROFRONTEND_URL)
    site.read(lines, str(course_key))
    in_order = factories.User.objects.filter(pk__in=accounts.values()).order_by("username")
    did = 0
    for first, last in [(day, day) for day in DAYS] + [(DAYS[0], DAYS[-1])]:
        is_day = first == last
        selection = {"date": str(last)} if is_day else {"end_date": str(last)}
        found = file_of(course_key, "engagement_daily" if is_day else "engagement_weekly", instructor, **selection)
        expected = []
        for user in in_order:
            if enrollments[user.username].is_there_after(last):
                *numbers, subsection = site.cells(user.pk, first, last)
                did += sum(numbers)
                about = [str(last), str(course_key), user.username, user.email, ""]
                expected.append([*about, *map(str, numbers), site.address(subsection, str(course_key))])
        assert found == expected
    assert did > 100, "random logs say much"
