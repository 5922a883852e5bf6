"""Anonymized IDs in the place of learners."""

from __future__ import annotations

import csv
import io

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from learner_data_plugin import api
from learner_data_plugin.data import Actor
from learner_data_plugin.exceptions import NoIdColumn
from learner_data_plugin.models import AuditRecord
from learner_data_plugin.privacy.matching import ROWS_AT_ONCE

from .. import factories

BY = Actor(1, "researcher", "192.0.2.1")


def pseudonymize(course_key, *rows, **options):
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    made = api.pseudonymize(course_key, io.BytesIO(text.getvalue().encode()), by=BY, **options)
    with made.content as content:
        return made, list(csv.reader(io.StringIO(content.read().decode(), newline="")))


@pytest.fixture
def ada(course_key):
    return factories.make_learner(course_key, "ada", email="ada@example.com", profile={"name": "Ada Byron"})


@pytest.mark.parametrize("column", ["username", "email", "id"])
@pytest.mark.parametrize("kind", ["course", "site"])
def test_learners_are_found_by_each_column_and_get_the_platforms_id(column, kind, course_key, ada):
    cell = {"username": "ada", "email": "ADA@Example.com", "id": str(ada.pk)}[column]
    made, rows = pseudonymize(course_key, [column, "answer"], [cell, "yes"], ["nobody", "no"], kind=kind)
    expected = factories.anonymous_id(ada, course_key if kind == "course" else None)
    assert rows == [["anonymized_id", "answer"], [expected, "yes"], ["", "no"]]
    assert (made.total, made.matched, made.column, made.removed) == (2, 1, column, ())


def test_columns_that_say_who_it_is_are_left_out(course_key, ada):
    header = ["First Name", "E-mail address", "IPAddress", "score", "Anonymized User ID", "name"]  # codespell:ignore
    made, rows = pseudonymize(course_key, header, ["Ada", "ada@example.com", "192.0.2.7", "5", "0" * 32, "Ada Byron"])
    assert rows == [["anonymized_id", "score"], [factories.anonymous_id(ada, course_key), "5"]]
    assert made.removed == ("First Name", "IPAddress", "Anonymized User ID", "name")


def test_columns_that_say_it_in_a_cell_are_left_out_whatever_their_name(course_key, ada):
    header = ["username", "q1", "q2", "q3", "q4"]
    made, rows = pseudonymize(
        course_key, header, ["ada", "x", "y", "5", "ok"], ["ada", "me@home.org", "ADA BYRON", "6", "call me@home.org or so"]
    )
    assert rows[0] == ["anonymized_id", "q3", "q4"]
    assert made.removed == ("q1", "q2")


def test_a_column_without_a_name_is_told_by_its_place(course_key, ada):
    made, rows = pseudonymize(course_key, ["username", "", "q1"], ["ada", "me@home.org", "5"])
    assert rows[0] == ["anonymized_id", "q1"]
    assert made.removed == ("2",)


def test_people_who_left_have_ids_and_people_of_other_courses_none(course_key):
    left = factories.make_learner(course_key, "left", is_active=False)
    factories.make_learner(factories.make_course(), "elsewhere")
    _made, rows = pseudonymize(course_key, ["username"], ["left"], ["elsewhere"], ["never_seen"])
    assert rows == [["anonymized_id"], [factories.anonymous_id(left, course_key)], [""], [""]]


def test_comes_back_from_deanonymizing(course_key):
    users = [factories.make_learner(course_key) for _ in range(30)]
    rows = [[user.username, str(number)] for number, user in enumerate(users)]
    made, anonymized = pseudonymize(course_key, ["username", "n"], *rows)
    text = io.StringIO(newline="")
    csv.writer(text).writerows(anonymized)
    again = api.deanonymize(course_key, io.BytesIO(text.getvalue().encode()), purpose="Testing that", by=BY)
    with again.content as content:
        found = list(csv.reader(io.StringIO(content.read().decode(), newline="")))
    assert [[row[2], row[1]] for row in found[1:]] == rows
    assert made.matched == 30


def test_column_of_learners_can_be_named(course_key, ada):
    made, rows = pseudonymize(course_key, ["email", "username"], ["someone@else.org", "ada"], column="username")
    assert rows == [["anonymized_id"], [factories.anonymous_id(ada, course_key)]]
    assert made.removed == ("email",)


def test_without_a_column_of_learners_it_is_refused(course_key):
    with pytest.raises(NoIdColumn):
        pseudonymize(course_key, ["answer"], ["yes"])
    with pytest.raises(NoIdColumn, match="answer"):
        pseudonymize(course_key, ["username"], ["yes"], column="answer")
    with pytest.raises(NoIdColumn):
        pseudonymize(course_key, ["username", "answer"], ["yes", "no"], column="answer")


def test_it_is_recorded(course_key, ada):
    pseudonymize(course_key, ["username", "answer"], ["ada", "yes"], kind="site")
    record = AuditRecord.objects.get(action="pseudonymized")
    assert (record.username, record.rows, record.detail) == ("researcher", 1, "site")
    assert record.columns == ["anonymized_id", "answer"]


def test_queries_grow_by_one_for_hundreds_of_rows(course_key):
    factories.make_learners(course_key, 1_900, prefix="bulk")
    names = list(get_user_model().objects.filter(username__startswith="bulk").values_list("username", flat=True))
    pseudonymize(course_key, ["username"], *zip(names))  # stores the IDs
    numbers = []
    for number in (ROWS_AT_ONCE, 2 * ROWS_AT_ONCE):
        with CaptureQueriesContext(connection) as queries:
            made, rows = pseudonymize(course_key, ["username"], *zip(names[:number]))
        assert made.matched == number
        assert len({cell for [cell] in rows}) == number + 1
        # A condition that is compared with True is not looked up in an index.
        assert all("= true" not in query["sql"].lower() for query in queries)
        numbers.append(len(queries))
    assert numbers[1] - numbers[0] == 1


def test_no_learner_is_looked_for_where_a_column_of_ids_has_none(course_key):
    made, rows = pseudonymize(course_key, ["id", "answer"], ["none", "yes"])
    assert (made.matched, rows) == (0, [["anonymized_id", "answer"], ["", "yes"]])
