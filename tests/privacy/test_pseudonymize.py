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
from learner_data_plugin.exceptions import FileTooLarge, NoIdColumn
from learner_data_plugin.models import AuditRecord
from learner_data_plugin.privacy.matching import ROWS_AT_ONCE

from .. import factories
from ..reading import xlsx_rows
from .tables.writing import xlsx_of

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


def test_learners_are_known_behind_the_apostrophe_of_our_own_files(course_key):
    ada = factories.make_learner(course_key, "-ada", email="+ada@example.com", profile={"name": "@Ada"})
    expected = factories.anonymous_id(ada, course_key)
    made, rows = pseudonymize(course_key, ["username", "q1", "q2"], ["'-ada", "'@Ada", "'=1"])
    assert (rows, made.removed) == ([["anonymized_id", "q2"], [expected, "'=1"]], ("q1",))
    assert pseudonymize(course_key, ["email"], ["'+ada@example.com"])[1] == [["anonymized_id"], [expected]]


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


@pytest.mark.parametrize(
    ("header", "column"),
    [
        (["id", "email", "User Name"], "User Name"),
        (["id", "Email Address", "answer"], "Email Address"),
        (["answer", "user_id", "id"], "user_id"),
        (["answer", "RecipientEmail", "Email"], "RecipientEmail"),
        (["id", "lis_person_contact_email_primary", "lis_person_sourcedid"], "lis_person_sourcedid"),
    ],
)
def test_column_that_tells_learners_best_is_taken(header, column, course_key):
    made, _rows = pseudonymize(course_key, header, ["x", "y", "z"])
    assert made.column == column


def test_cells_are_compared_without_blanks_and_case(course_key, ada):
    made, rows = pseudonymize(course_key, ["username", "note"], [" ADA ", " ada "], ["ada", ""], ["", "5"])
    assert rows == [["anonymized_id"], *[[factories.anonymous_id(ada, course_key)]] * 2, [""]]
    assert (made.removed, made.total, made.matched) == (("note",), 3, 2)


@pytest.mark.parametrize("cell", ["9" * 18, "9" * 19, "9" * 40, "-1", "1.0", "²", ""])
def test_what_is_no_number_of_an_account_is_nobodys(cell, course_key, ada):
    made, _rows = pseudonymize(course_key, ["user_id", "answer"], [str(ada.pk), "x"], [cell, "y"])
    assert made.matched == 1


def test_rows_without_a_cell_for_the_learner_stay(course_key, ada):
    _made, rows = pseudonymize(course_key, ["n", "username"], ["1", "ada"], ["2"], [], ["3", "nobody"])
    expected = factories.anonymous_id(ada, course_key)
    assert rows == [["n", "anonymized_id"], ["1", expected], ["2"], [], ["3", ""]]


def test_cell_that_tells_of_another_learner_is_left(course_key, ada):
    """A text that is somebody else's name is an answer like any other."""
    factories.make_learner(course_key, "bob", profile={"name": "Bob"})
    _made, rows = pseudonymize(course_key, ["username", "friend"], ["ada", "bob"], ["bob", "ada"])
    assert [row[1] for row in rows] == ["friend", "bob", "ada"]


def test_learner_without_profile_or_address_has_no_name_that_blanks_could_tell(course_key):
    factories.make_learner(course_key, "ada", email="", profile=None)
    made, rows = pseudonymize(course_key, ["username", "note"], ["ada", " "])
    assert (made.removed, rows[1][1]) == ((), " ")


@pytest.mark.parametrize("text", ["a@b", "@home", "5 @ 3.50", "call me@home.org", "a@b@c.d"])
def test_text_with_an_at_sign_is_no_address_yet(text, course_key, ada):
    made, _rows = pseudonymize(course_key, ["username", "note"], ["ada", text])
    assert made.removed == ()


def test_more_rows_than_the_organization_allows_are_refused(course_key):
    factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"DEANONYMIZE_MAX_ROWS": 2})
    assert pseudonymize(course_key, ["username"], ["a"], ["b"])[0].total == 2
    with pytest.raises(FileTooLarge, match="2 rows"):
        pseudonymize(course_key, ["username"], ["a"], ["b"], ["c"])


def test_first_row_is_the_header_whatever_stands_in_it(course_key):
    _made, rows = pseudonymize(course_key, ["username", "0123456789abcdef0123456789abcdef"], ["a", "b"])
    assert rows == [["anonymized_id", "0123456789abcdef0123456789abcdef"], ["", "b"]]


def test_file_is_of_the_kind_that_was_brought(course_key, ada):
    key = factories.anonymous_id(ada, course_key)
    made = api.pseudonymize(course_key, io.BytesIO(xlsx_of(["username", "n", "name"], ["ada", 5, "Ada"])), by=BY)
    with made.content as content:
        assert xlsx_rows(content.read()) == [["anonymized_id", "n"], [key, 5]]
    assert (made.extension, "spreadsheetml" in made.content_type) == ("xlsx", True)


def test_header_of_qualtrics_has_the_new_name_in_all_its_rows(course_key, ada):
    rows = [["RecipientEmail", "Q1"], ["Email", "How?"], ['{"ImportId":"recipientEmail"}', '{"ImportId":"QID1"}']]
    _made, pseudonymized = pseudonymize(course_key, *rows, ["ada@example.com", "well"])
    assert [row[0] for row in pseudonymized[:3]] == ["anonymized_id", "anonymized_id", '{"ImportId": "anonymized_id"}']
    assert pseudonymized[3] == [factories.anonymous_id(ada, course_key), "well"]


def test_without_a_column_of_learners_it_is_refused(course_key):
    with pytest.raises(NoIdColumn, match="no column named username, email or id"):
        pseudonymize(course_key, ["answer"], ["yes"])
    with pytest.raises(NoIdColumn, match="no column 'answer'"):
        pseudonymize(course_key, ["username"], ["yes"], column="answer")
    with pytest.raises(NoIdColumn, match="found by a column named"):
        pseudonymize(course_key, ["username", "answer"], ["yes", "no"], column="answer")


def test_it_is_recorded(course_key, ada):
    pseudonymize(course_key, ["username", "answer"], ["ada", "yes"], kind="site")
    record = AuditRecord.objects.get(action="pseudonymized")
    assert (record.username, record.rows, record.detail) == ("researcher", 1, "site")
    assert (record.course_id, record.user_id, record.address) == (course_key, 1, "192.0.2.1")
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
