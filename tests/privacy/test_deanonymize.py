"""From anonymized IDs to learners: every kind the platform hands out, and nobody who does not belong to the course."""

from __future__ import annotations

import csv
import io
import tracemalloc
from urllib.parse import quote
from uuid import uuid4

import pytest
from common.djangoapps.student.models import AnonymousUserId
from django.db import connection
from django.test.utils import CaptureQueriesContext
from freezegun import freeze_time

from learner_data_plugin import api
from learner_data_plugin.data import Actor
from learner_data_plugin.exceptions import NoIdColumn, TooManyUnknownIds, UnknownColumn
from learner_data_plugin.models import AuditRecord
from learner_data_plugin.privacy.unknown_ids import UnknownIds

from .. import factories
from .tables.writing import xlsx_of

BY = Actor(1, "researcher", "192.0.2.1")
WHY = "Return the grades of the external grader"


def file_of(*rows) -> io.BytesIO:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return io.BytesIO(text.getvalue().encode())


def deanonymize(course_key, given, **options):
    made = api.deanonymize(course_key, given, purpose=WHY, by=BY, **options)
    with made.content as content:
        return list(csv.reader(io.StringIO(content.read().decode(), newline="")))


def preview(course_key, given, **options):
    return api.preview_deanonymization(course_key, given, by=BY, **options)


def result_id(course_key, link, user_id, *, is_quoted=False):
    text = f"{quote(str(course_key))}:{link}:{user_id}"
    return quote(text) if is_quoted else text


@pytest.fixture
def ids(course_key):
    """An ID of each kind, and whose it is."""
    names = ("ada", "bob", "cy", "dora", "eve", "finn", "gil", "hal")
    users = {name: factories.make_learner(course_key, name) for name in names}
    lti = factories.make_external_id(users["finn"], "lti")
    return {
        factories.anonymous_id(users["ada"], None): ("site", "ada"),
        factories.anonymous_id(users["bob"], course_key): ("course", "bob"),
        factories.make_external_id(users["cy"], "lti"): ("lti", "cy"),
        factories.make_external_id(users["dora"], "xapi"): ("xapi", "dora"),
        factories.make_external_id(users["eve"], "caliper"): ("caliper", "eve"),
        result_id(course_key, "lms.example.com-i4x-2-3-lti-31de", lti): ("lis_result_sourcedid", "finn"),
        result_id(course_key, "link", factories.anonymous_id(users["gil"], course_key)): ("lis_result_sourcedid", "gil"),
        result_id(course_key, "link", factories.anonymous_id(users["hal"], course_key), is_quoted=True): (
            "lis_result_sourcedid",
            "hal",
        ),
    }


class TestKinds:
    def test_every_kind_of_id_leads_to_its_learner(self, course_key, ids):
        rows = deanonymize(course_key, list(ids))
        assert rows == [["anonymized_id", "username"], *([key, name] for key, (_kind, name) in ids.items())]

    def test_kind_is_guessed_from_the_content(self, course_key, ids):
        for key, (kind, _name) in ids.items():
            assert preview(course_key, [key]).kind == kind

    def test_kind_can_be_chosen(self, course_key, ids):
        keys = list(ids)
        for kind in ("site", "course", "lti", "xapi", "caliper", "lis_result_sourcedid"):
            names = [name for _key, name in deanonymize(course_key, keys, kind=kind)[1:] if name]
            assert names == [name for found, name in ids.values() if found == kind]

    def test_kind_that_is_chosen_is_told_and_ids_of_the_others_are_unknown(self, course_key, ids):
        for kind, found in (("course", 1), ("site", 1), ("lti", 1), ("lis_result_sourcedid", 3)):
            counts = preview(course_key, list(ids), kind=kind)
            assert (counts.kind, counts.matched, counts.not_in_course, counts.unknown) == (kind, found, 0, len(ids) - found)

    def test_ids_of_other_courses_are_of_the_kind_of_courses(self, course_key):
        elsewhere = factories.make_course()
        key = factories.anonymous_id(factories.make_learner(elsewhere), elsewhere)
        for kind, not_in_course in (("", 1), ("course", 1), ("site", 0), ("xapi", 0)):
            counts = preview(course_key, [key], kind=kind)
            assert (counts.not_in_course, counts.unknown, counts.kind) == (not_in_course, 1 - not_in_course, kind)

    def test_kind_of_most_ids_is_told(self, course_key):
        users = [factories.make_learner(course_key) for _ in range(3)]
        keys = [factories.make_external_id(users[0]), *(factories.anonymous_id(user, course_key) for user in users[1:])]
        assert preview(course_key, keys).kind == "course"
        assert preview(course_key, [uuid4().hex]).kind == ""

    def test_all_ids_of_one_learner_and_course_lead_there(self, course_key):
        user = factories.make_learner(course_key, "ada")
        older = factories.anonymous_id(user, course_key)
        newer = AnonymousUserId.objects.create(user=user, course_id=course_key, anonymous_user_id="f" * 32).anonymous_user_id
        assert [name for _key, name in deanonymize(course_key, [older, newer.upper(), f" {older}"])[1:]] == ["ada"] * 3


class TestRules:
    @pytest.fixture
    def outsiders(self, course_key):
        """IDs that must lead to nobody."""
        other = factories.make_course()
        elsewhere, both = factories.make_learner(other), factories.make_learner(course_key)
        factories.enroll(both, other)
        return [
            factories.anonymous_id(elsewhere, None),
            factories.anonymous_id(elsewhere, other),
            factories.anonymous_id(both, other),
            factories.make_external_id(elsewhere),
            factories.anonymous_id(factories.make_user(), course_key),
        ]

    def test_ids_of_others_lead_to_nobody(self, course_key, outsiders):
        keys = [*outsiders, str(uuid4()), uuid4().hex, "", "no ID"]
        rows = deanonymize(course_key, keys, columns=["username", "email", "id"])
        assert {tuple(row[1:]) for row in rows[1:]} == {("", "", "")}

    def test_preview_counts_each_row_once(self, course_key, outsiders):
        user, gone = factories.make_learner(course_key), factories.make_learner(course_key, is_active=False)
        known, left = factories.anonymous_id(user, course_key), factories.anonymous_id(gone, None)
        found = preview(course_key, [known, left, known, *outsiders, uuid4().hex, "", "nonsense"])
        assert (found.total, found.matched, found.not_in_course, found.unknown) == (11, 3, len(outsiders), 3)
        assert (found.retired, found.duplicates) == (0, 1)

    def test_rows_that_are_short_or_empty_stay_as_they_are(self, course_key):
        key = factories.anonymous_id(factories.make_learner(course_key, "ada"), course_key)
        content = f"n,anon\n1\n\n2,{key}\n".encode()
        counts = preview(course_key, io.BytesIO(content), id_column="anon")
        assert (counts.total, counts.matched, counts.unknown) == (2, 1, 1)
        rows = deanonymize(course_key, io.BytesIO(content), columns=["username", "id"], id_column="anon")
        assert rows[:3] == [["n", "anon", "username", "id"], ["1", "", "", ""], []]
        assert rows[3][:3] == ["2", key, "ada"]

    def test_retired_accounts_stay_nameless(self, course_key):
        user = factories.make_learner(course_key, profile={"name": "Ada Byron"})
        key = factories.anonymous_id(user, course_key)
        factories.retire(user)
        assert deanonymize(course_key, [key], columns=["username", "name"])[1] == [key, "retired", "retired"]
        assert preview(course_key, [key]).retired == 1

    def test_account_that_waits_for_its_retirement_is_retired(self, course_key):
        user = factories.make_learner(course_key, "still_there")
        key = factories.anonymous_id(user, course_key)
        factories.retire(user)
        type(user).objects.filter(pk=user.pk).update(username="still_there")
        assert deanonymize(course_key, [key])[1] == [key, "retired"]

    def test_private_columns_are_not_to_be_had(self, course_key, settings):
        settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "PRIVATE_COLUMNS": ["email"]}
        for column in ("email", "x" * 300):
            with pytest.raises(UnknownColumn) as caught:
                deanonymize(course_key, ["x"], columns=["username", column])
            assert caught.value.key == column[:100]

    def test_column_that_is_asked_for_twice_is_added_once(self, course_key):
        key = factories.anonymous_id(factories.make_learner(course_key, "ada"), course_key)
        rows = deanonymize(course_key, [key], columns=["username", "id", "username"])
        assert rows[0] == ["anonymized_id", "username", "id"]

    def test_who_it_is_can_be_added_also_where_the_profile_report_does_not_say_it(self, course_key, settings):
        settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "COLUMNS": ["country"], "PRIVATE_COLUMNS": ["email"]}
        user = factories.make_learner(course_key, "ada", profile={"name": "Ada", "country": "GB"})
        key = factories.anonymous_id(user, course_key)
        rows = deanonymize(course_key, [key], columns=["username", "name", "id", "country"])
        assert rows[1] == [key, "ada", "Ada", str(user.pk), "GB"]
        for column in ("email", "goals"):
            with pytest.raises(UnknownColumn):
                deanonymize(course_key, [key], columns=[column])

    def test_username_is_what_is_added_unless_something_else_is_asked_for(self, course_key):
        key = factories.anonymous_id(factories.make_learner(course_key, "ada"), course_key)
        assert deanonymize(course_key, [key]) == [["anonymized_id", "username"], [key, "ada"]]

    def test_file_is_of_the_kind_that_was_brought(self, course_key):
        key = factories.anonymous_id(factories.make_learner(course_key, "ada"), course_key)
        for given, extension, kind in (
            (xlsx_of(["anon"], [key]), "xlsx", "spreadsheetml"),
            (f"anon\tn\n{key}\t1\n".encode(), "tsv", "tab-separated-values"),
            (f"anon\n{key}\n".encode(), "csv", "text/csv"),
        ):
            made = api.deanonymize(course_key, io.BytesIO(given), purpose=WHY, by=BY)
            made.content.close()
            assert made.extension == extension
            assert kind in made.content_type

    def test_columns_of_the_profile_report_can_be_added(self, course_key):
        user = factories.make_learner(course_key, "ada", mode="verified", profile={"name": "Ada", "country": "GB"})
        key = factories.anonymous_id(user, course_key)
        columns = ["username", "name", "country", "verification_status", "id"]
        header, row = deanonymize(course_key, [key], columns=columns)
        assert header[1:] == columns
        assert row[1:] == ["ada", "Ada", "GB", "Not ID Verified", str(user.pk)]


class TestTrying:
    """Asking for IDs to find out what they are."""

    @pytest.fixture(autouse=True)
    def _few(self, settings):
        settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "DEANONYMIZE_MAX_UNKNOWN": 20}

    def unknown(self, number):
        return [uuid4().hex for _ in range(number)]

    def test_many_unknown_ids_in_a_file_are_refused_and_recorded(self, course_key):
        for call in (preview, deanonymize):
            with pytest.raises(TooManyUnknownIds, match="20"):
                call(course_key, self.unknown(21))
        refused = AuditRecord.objects.get(action="refused", detail="too_many_unknown_ids")
        assert (refused.course_id, refused.user_id, refused.username) == (course_key, BY.user_id, BY.username)
        assert not AuditRecord.objects.exclude(pk=refused.pk).exists()

    def test_few_files_of_unknown_ids_are_as_much_as_one_of_many(self, course_key):
        preview(course_key, self.unknown(15))
        with pytest.raises(TooManyUnknownIds):
            preview(course_key, self.unknown(6))

    def test_the_same_file_counts_once(self, course_key):
        keys = self.unknown(15)
        for _time in range(5):
            preview(course_key, keys)
        deanonymize(course_key, keys)

    def test_a_file_that_was_counted_with_more_does_not_count_less_later(self, course_key, instructor):
        counter = UnknownIds(course_key, Actor(instructor.pk, instructor.username), "the same file")
        counter.count(7)
        counter.count(3)
        other = UnknownIds(course_key, Actor(instructor.pk, instructor.username), "another file")
        assert other.left() == 20 - 7

    def test_ids_of_another_course_and_of_none_count_alike(self, course_key):
        elsewhere = factories.make_course()
        keys = [factories.anonymous_id(factories.make_learner(elsewhere), elsewhere) for _ in range(21)]
        with pytest.raises(TooManyUnknownIds):
            preview(course_key, keys)

    def test_an_id_counts_once_however_often_it_stands_in_a_file(self, course_key):
        preview(course_key, self.unknown(20) * 3)

    def test_the_next_day_begins_anew(self, course_key):
        for day in range(1, 5):
            with freeze_time(f"2026-05-{day:02} 12:00"):
                preview(course_key, self.unknown(15))
            with freeze_time(f"2026-05-{day:02} 23:59"), pytest.raises(TooManyUnknownIds):
                preview(course_key, self.unknown(6))

    def test_organization_says_how_many(self, course_key):
        factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"DEANONYMIZE_MAX_UNKNOWN": 2})
        preview(course_key, self.unknown(2))
        with pytest.raises(TooManyUnknownIds, match="2"):
            preview(course_key, self.unknown(1))
        preview(factories.make_course(org="ElsewhereX"), self.unknown(20))

    def test_fewer_that_are_allowed_than_were_asked_for_leave_none(self, course_key):
        preview(course_key, self.unknown(20))
        factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"DEANONYMIZE_MAX_UNKNOWN": 2})
        assert UnknownIds(course_key, BY, "another").left() == 0

    def test_refused_files_use_up_what_is_left_and_a_mistake_does_not(self, course_key):
        with pytest.raises(TooManyUnknownIds):
            preview(course_key, self.unknown(500))
        preview(course_key, self.unknown(3))
        for _time in range(6):
            with pytest.raises(TooManyUnknownIds):
                preview(course_key, self.unknown(21))
        with pytest.raises(TooManyUnknownIds):
            preview(course_key, self.unknown(3))

    def test_other_courses_and_people_have_their_own(self, course_key):
        preview(course_key, self.unknown(20))
        preview(factories.make_course(), self.unknown(20))
        api.preview_deanonymization(course_key, self.unknown(20), by=Actor(2, "another"))


class TestColumn:
    def test_column_that_leads_to_learners_wins_over_other_uuids(self, course_key):
        users = [factories.make_learner(course_key) for _ in range(3)]
        rows = [["event", "actor", "note"], *([uuid4(), factories.make_external_id(user, "xapi"), "x"] for user in users)]
        found = preview(course_key, file_of(*rows))
        assert (found.id_column, found.matched, found.file_columns) == ("actor", 3, ("event", "actor", "note"))
        assert preview(course_key, file_of(*rows), id_column="event").matched == 0

    def test_of_columns_that_lead_to_as_many_learners_the_one_with_ids_in_most_cells_wins(self, course_key):
        key = factories.anonymous_id(factories.make_learner(course_key), course_key)
        assert preview(course_key, file_of(["note", "anon"], [key, key], ["x", ""], ["y", ""])).id_column == "anon"

    def test_column_of_usernames_does_no_harm_beside_one_of_ids(self, course_key):
        key = factories.anonymous_id(factories.make_learner(course_key, "ada"), course_key)
        rows = deanonymize(course_key, file_of(["lis_person_sourcedid", "anon"], ["ada", key]))
        assert rows[1] == ["ada", key, "ada"]

    def test_columns_of_the_same_name_are_told_apart(self, course_key):
        key = factories.anonymous_id(factories.make_learner(course_key, "ada"), course_key)
        found = preview(course_key, file_of(["x", "x", ""], ["1", key, "2"]))
        assert (found.id_column, found.file_columns) == ("2", ("x", "2", "3"))

    def test_column_can_be_named_or_numbered(self, course_key):
        key = factories.anonymous_id(factories.make_learner(course_key, "ada"), course_key)
        for name in ("anon", "2"):
            rows = deanonymize(course_key, file_of(["n", "anon"], ["1", key]), id_column=name)
            assert rows == [["n", "anon", "username"], ["1", key, "ada"]]

    def test_list_without_header(self, course_key):
        key = factories.anonymous_id(factories.make_learner(course_key, "ada"), course_key)
        found = preview(course_key, io.BytesIO(f"{key}\n{key}\n".encode()))
        assert (found.id_column, found.total, found.duplicates) == ("1", 2, 1)
        assert deanonymize(course_key, io.BytesIO(f"{key}\n".encode())) == [[key, "ada"]]

    def test_json_list_as_a_file(self, course_key):
        key = factories.anonymous_id(factories.make_learner(course_key, "ada"), course_key)
        assert deanonymize(course_key, io.BytesIO(f'["{key}"]'.encode())) == [["anonymized_id", "username"], [key, "ada"]]

    def test_usernames_are_said_not_to_be_anonymous(self, course_key):
        for name, options in (
            ("lis_person_sourcedid", {}),
            ("LIS_person_SourcedID", {}),
            ("lis_person_sourcedid", {"id_column": "LIS_Person_sourcedid"}),
        ):
            with pytest.raises(NoIdColumn, match="lis_person_sourcedid holds usernames, which are not anonymous"):
                preview(course_key, file_of([name], ["ada"]), **options)

    def test_file_without_ids_is_refused(self, course_key):
        with pytest.raises(NoIdColumn, match="no column of anonymized IDs"):
            preview(course_key, file_of(["name"], ["Ada"]))
        with pytest.raises(NoIdColumn, match="nowhere"):
            preview(course_key, file_of(["name"], ["Ada"]), id_column="nowhere")


@pytest.mark.standin_only(reason="the queries are counted of one database")
def test_queries_are_two_for_nine_hundred_rows(course_key):
    keys = [factories.anonymous_id(factories.make_learner(course_key), course_key) for _ in range(40)]
    numbers = []
    for chunks in (1, 1, 5):
        file = file_of(["anon"], *([keys[place % 40]] for place in range(900 * chunks)))
        with CaptureQueriesContext(connection) as queries:
            deanonymize(course_key, file, columns=["username", "email"])
        numbers.append(len(queries))
    assert numbers[2] - numbers[1] == 2 * 4


def test_memory_does_not_grow_with_what_is_in_the_file(course_key):
    key = factories.anonymous_id(factories.make_learner(course_key), course_key)
    text = "anon,answer\n" + f"{key},{'long answer ' * 200}\n" * 4_000
    file = io.BytesIO(text.encode())
    preview(course_key, [key])
    tracemalloc.start()
    try:
        made = api.deanonymize(course_key, file, purpose=WHY, by=BY)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    made.content.close()
    assert len(text) > 9_000_000
    assert peak < 6_000_000
