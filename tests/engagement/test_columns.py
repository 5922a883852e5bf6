"""What learners did, in the table and the profile report."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learner_data_plugin.data import Selection
from learner_data_plugin.engagement.columns import COLUMNS
from learner_data_plugin.engagement.periods import today
from learner_data_plugin.exceptions import UnknownColumn
from learner_data_plugin.learners.offered_columns import choose_columns, optional_columns
from learner_data_plugin.models import ImportedDays
from tests import factories
from tests.reading import build, read_learners, rows_of

from .making import block, complete, log_line, record

KEYS = [column.key for column in COLUMNS]


def ago(days):
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def ada(course_key):
    return factories.make_learner(course_key, "ada")


@pytest.fixture
def _known(course_key):
    """As if everything up to yesterday had been imported."""
    ImportedDays.objects.create(course=None, first_day=today() - timedelta(days=100), last_day=today() - timedelta(days=1))


def check(user, course_key, days, success, problem):
    data = {"problem_id": str(block(course_key, name=problem)), "success": success, "attempts": 1}
    return log_line(user, course_key, ago(days), "problem_check", data)


def test_are_off_unless_asked_for(course_key):
    assert not set(KEYS) & {column.key for column in choose_columns(course_key, None)}
    assert [column.key for column in optional_columns(course_key)] == KEYS
    assert [column.key for column in choose_columns(course_key, ("username", *KEYS))] == ["username", *KEYS]


def test_a_private_one_is_not_to_be_had(course_key, settings):
    settings.LEARNER_DATA_PLUGIN = {"PRIVATE_COLUMNS": ["last_active"]}
    assert [column.key for column in optional_columns(course_key)] == KEYS[1:]
    with pytest.raises(UnknownColumn):
        choose_columns(course_key, ("last_active",))


@pytest.mark.usefixtures("_known")
def test_values(course_key, ada):
    bob = factories.make_learner(course_key, "bob")
    record([
        check(ada, course_key, 40, "correct", "p1"),
        check(ada, course_key, 20, "incorrect", "p2"),
        check(ada, course_key, 20, "incorrect", "p2"),
        check(ada, course_key, 6, "incorrect", "p1"),
        log_line(ada, course_key, ago(6), "play_video", {"id": "v1"}),
        log_line(ada, course_key, ago(2), "play_video", {"id": "v1"}),
        log_line(ada, course_key, ago(2), "edx.forum.thread.created", {"id": "1"}),
        log_line(ada, course_key, ago(2), "edx.forum.comment.created", {"id": "2"}),
    ])  # fmt: skip
    complete(ada, block(course_key, "html"), ago(1))
    elsewhere = factories.make_course()
    record([check(ada, elsewhere, 0, "correct", "p9")])
    [ada_row, bob_row] = read_learners(course_key, *KEYS)
    yesterday = today() - timedelta(days=1)
    assert ada_row == dict(zip(KEYS, [yesterday, 3, 4, 2, 1, 1, 2, ""], strict=True))
    assert bob_row == dict(zip(KEYS, ["", 0, 0, 0, 0, 0, 0, ""], strict=True))
    assert bob


def test_what_is_not_known_is_blank(course_key, ada):
    [row] = read_learners(course_key, "problems_tried", "videos_played", "discussion_posts")
    assert row == {"problems_tried": "", "videos_played": "", "discussion_posts": ""}


@pytest.mark.usefixtures("_known")
def test_are_in_the_file_where_they_are_asked_for(course_key, ada):
    record([check(ada, course_key, 2, "correct", "p1")])
    file = build(course_key, selection=Selection(columns=("username", "last_active", "problems_correct")))
    day = (today() - timedelta(days=2)).isoformat()
    assert rows_of(file) == [["username", "last_active", "problems_correct"], ["ada", day, "1"]]


@pytest.mark.parametrize("number", [1, 30])
def test_queries_do_not_grow_with_the_learners(course_key, number):
    users = [factories.make_learner(course_key) for _ in range(number)]
    record([check(user, course_key, 2, "correct", "p1") for user in users])
    read_learners(course_key, "username")
    with CaptureQueriesContext(connection) as plain:
        read_learners(course_key, "username")
    with CaptureQueriesContext(connection) as with_activity:
        read_learners(course_key, "username", *KEYS)
    assert len(with_activity) - len(plain) <= 14
