"""Rows that the database sorts while it is asked other things."""

from __future__ import annotations

import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, connections
from django.db.models import F, Func
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext

from learner_data_plugin import api
from learner_data_plugin.data import Actor
from learner_data_plugin.engagement import rows
from learner_data_plugin.engagement.periods import Period, today
from learner_data_plugin.exceptions import ReportFailed
from learner_data_plugin.platform import streaming
from learner_data_plugin.platform.streaming import read_in_order
from learner_data_plugin.reports import building, changes
from learner_data_plugin.reports.base import get_report
from tests import factories
from tests.reading import build, start_run


def names():
    return get_user_model().objects.order_by("-username").values_list("username", "id")


@pytest.fixture
def own_connections(monkeypatch):
    """Connections that were made for reading, in the order in which they were."""
    made, create = [], connections.create_connection

    def create_own(alias):
        own = create(alias)
        close, own.is_closed = own.close, False  # Django keeps the connection of a database in memory

        def close_and_say_so():
            own.is_closed = True
            close()

        own.close = close_and_say_so
        made.append(own)
        return own

    monkeypatch.setattr(connections, "create_connection", create_own)
    return made


@pytest.fixture
def begun(monkeypatch):
    """Whether the database has been asked."""
    event, begin = threading.Event(), streaming._begin

    def asked(*words):
        answer = begin(*words)
        event.set()
        return answer

    monkeypatch.setattr(streaming, "_begin", asked)
    return event


def failing(error):
    def fail(*_words, **_named):
        raise error

    return fail


def threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("learner_data_rows")]


@pytest.mark.django_db(transaction=True)
class TestOnAConnectionOfItsOwn:
    @pytest.mark.parametrize("size", [1, 2, 3, 100])
    def test_rows_come_in_the_order_of_the_database(self, size):
        users = [factories.make_user(name) for name in ("bob", "adam", "zoe")]
        parts = list(read_in_order(names(), size=size))
        assert [row for part in parts for row in part] == [(user.username, user.pk) for user in (users[2], users[0], users[1])]
        assert all(1 <= len(part) <= size for part in parts)

    def test_of_nobody_there_is_no_part(self, own_connections):
        assert list(read_in_order(names(), size=10)) == []
        assert list(read_in_order(names().none(), size=10)) == []
        assert [own.is_closed for own in own_connections] == [True, True]

    def test_the_database_begins_before_the_first_row_is_wanted(self, begun, own_connections):
        factories.make_user("bob")
        reading = read_in_order(names(), size=10)
        assert begun.wait(20)
        assert get_user_model().objects.count() == 1  # on the usual connection, meanwhile
        assert [part[0][0] for part in reading] == ["bob"]

    def test_the_usual_connection_is_not_asked(self, own_connections):
        factories.make_user("bob")
        with CaptureQueriesContext(connection) as queries:
            assert len(list(read_in_order(names(), size=10))) == 1
        assert len(queries) == 0
        assert len(own_connections) == 1

    def test_nothing_is_left_when_everything_was_read(self, own_connections):
        factories.make_user("bob")
        for _ in read_in_order(names(), size=10):
            assert not own_connections[0].is_closed
        assert own_connections[0].is_closed
        assert threads() == []

    @pytest.mark.parametrize("read", [0, 1])
    def test_nothing_is_left_when_nobody_wants_the_rest(self, own_connections, read):
        for name in ("bob", "adam", "zoe"):
            factories.make_user(name)
        reading = read_in_order(names(), size=1)
        for _ in range(read):
            next(reading)
        del reading
        assert own_connections[0].is_closed
        assert threads() == []

    def test_an_error_of_the_database_comes_with_the_first_rows(self, own_connections):
        factories.make_user("bob")
        reading = read_in_order(names().annotate(wrong=Func(F("id"), function="NO_SUCH_FUNCTION")), size=10)
        with pytest.raises(DatabaseError):
            next(reading)
        assert own_connections[0].is_closed
        assert threads() == []

    @pytest.mark.skipif(connection.vendor != "mysql", reason="SQLite has no connection that could be lost.")
    def test_a_connection_that_is_lost_is_an_error_of_the_database(self, own_connections):
        for number in range(30):
            factories.make_user(f"user{number}")
        reading = read_in_order(names().values_list(RawSQL("REPEAT('x', 1000000)", [])), size=1)
        next(reading)
        with connection.cursor() as cursor:
            cursor.execute("KILL %s", [own_connections[0].connection.thread_id()])
        with pytest.raises(DatabaseError):
            list(reading)
        assert own_connections[0].is_closed

    @pytest.mark.skipif(connection.vendor != "mysql", reason="Servers of MySQL alone give up a reader who takes a minute.")
    def test_a_reader_may_take_longer_than_a_minute(self):
        factories.make_user("bob")
        patience = RawSQL("@@SESSION.net_write_timeout", [])
        [[[seconds]]] = read_in_order(names().values_list(patience), size=10)
        assert seconds > 60 * 60


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("report", ["profile", "research", "anonymized_ids"])
@pytest.mark.parametrize("breaks", ["count", "on_progress", "write"])
def test_a_report_that_fails_leaves_no_query_behind(course_key, own_connections, monkeypatch, report, breaks):
    factories.make_learners(course_key, 3, mode="verified")
    run = start_run(course_key, report=report)

    fail = failing(DatabaseError)
    if breaks == "count":
        monkeypatch.setattr(type(get_report(report)), "count", fail)
    elif breaks == "write":
        monkeypatch.setattr(building, "without_erased", fail)
    with pytest.raises(ReportFailed) as failure:
        building.build_report(run, on_progress=fail if breaks == "on_progress" else lambda done, total: None)
    assert failure.traceback  # which still holds what the report held
    assert {own.is_closed for own in own_connections} == {True}
    assert threads() == []


@pytest.mark.django_db(transaction=True)
def test_changes_that_cannot_be_written_leave_no_query_behind(course_key, own_connections, monkeypatch):
    factories.make_learners(course_key, 3)
    build(course_key)
    run = start_run(course_key, report="changes_profile")

    monkeypatch.setattr(changes, "without_erased", failing(OSError))
    with pytest.raises(ReportFailed) as failure:
        building.build_report(run, on_progress=lambda done, total: None)
    assert failure.traceback
    assert {own.is_closed for own in own_connections} == {True}
    assert threads() == []


@pytest.mark.django_db(transaction=True)
def test_anonymized_ids_that_cannot_be_written_leave_no_query_behind(course_key, own_connections, monkeypatch):
    factories.make_learners(course_key, 3)

    monkeypatch.setattr(api, "without_erased", failing(OSError))
    with pytest.raises(OSError) as failure:  # noqa: PT011  (it has no text)
        api.open_anonymized_ids(course_key, by=Actor(None, "command"))
    assert failure.traceback
    assert [own.is_closed for own in own_connections] == [True]


@pytest.mark.django_db(transaction=True)
def test_a_count_that_fails_leaves_no_query_of_accounts_behind(course_key, own_connections, monkeypatch):
    factories.make_learners(course_key, 3)

    monkeypatch.setattr(rows, "tally", failing(DatabaseError))
    with pytest.raises(DatabaseError) as failure:
        list(rows.read_rows(course_key, Period(today(), today()), batch_size=10))
    assert failure.traceback
    assert [own.is_closed for own in own_connections] == [True]


@pytest.mark.django_db
def test_within_a_transaction_rows_are_what_it_has_changed(own_connections):
    factories.make_user("bob")
    assert [part[0][0] for part in read_in_order(names(), size=10)] == ["bob"]
    assert own_connections == []
