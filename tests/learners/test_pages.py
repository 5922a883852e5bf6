"""A page of the learners of a course of any size."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models.expressions import RawSQL
from django.db.models.lookups import IContains
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learner_data_plugin.data import Selection
from learner_data_plugin.exceptions import InvalidSelection, UnknownColumn
from learner_data_plugin.learners import chosen, pages, table
from learner_data_plugin.learners.pages import count_presets, read_page
from learner_data_plugin.models import Erasure
from tests import factories
from tests.engagement.making import log_line, record
from tests.rest_api.paths import api_path


def usernames(page):
    return [learner["username"] for learner in page.learners]


@pytest.fixture
def learners(course_key, settings):
    settings.LEARNER_DATA_PLUGIN = {"MAX_LEARNERS_ON_PAGE": 2}
    names = ["žuÉric", "zoe", "adam", "eric2", "bob"]
    return {
        name: factories.make_learner(course_key, name, email=f"{5 - place}@example.com") for place, name in enumerate(names)
    }


@pytest.mark.parametrize(
    ("number", "size", "expected"),
    [
        (1, 2, ["adam", "bob"]),
        (2, 2, ["eric2", "zoe"]),
        (3, 2, ["žuÉric"]),
        (4, 2, []),
        (1, 200, ["adam", "bob", "eric2", "zoe", "žuÉric"]),
    ],
)
def test_pages_by_username(course_key, learners, number, size, expected):
    page = read_page(course_key, Selection(), number=number, size=size)
    assert usernames(page) == expected
    assert (page.count, page.current_page, page.num_pages) == (5, number, -(-5 // size))


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("email", ["bob", "eric2", "adam", "zoe", "žuÉric"]), ("-email", ["žuÉric", "zoe", "adam", "eric2", "bob"])],
)
@pytest.mark.parametrize("search", ["", "example"])
def test_by_another_stored_column(course_key, learners, sort, expected, search):
    assert usernames(read_page(course_key, Selection(sort=sort, search=search), number=1, size=50)) == expected


def test_numbers_are_sorted_as_numbers_when_searched(course_key, learners):
    ids = [user.pk for user in learners.values()]
    page = read_page(course_key, Selection(sort="-id", search="example"), number=1, size=50)
    assert [learner["id"] for learner in page.learners] == sorted(ids, reverse=True)


def test_search_is_that_of_reports(course_key, learners):
    page = read_page(course_key, Selection(search="ERIC"), number=1, size=1)
    assert (page.count, usernames(page)) == (2, ["eric2"])
    assert usernames(read_page(course_key, Selection(search="ERIC"), number=2, size=1)) == ["žuÉric"]


LETTERS = [*"aAáÄßsİiıKkñn%_\\'李-1", "\u212a", "\u0303"]


class TestSearchByTheRuleOfReports:
    """Whatever the database takes for the same: its condition only spares handing over learners who cannot be meant."""

    def found(self, course_key, text):
        return sorted(usernames(read_page(course_key, Selection(search=text), number=1, size=200)))

    def by_the_rule(self, course_key, text):
        selection = Selection(search=text, columns=("username",))
        return sorted(learner["username"] for learner in table.read_table(course_key, selection).learners)

    def test_any_letters(self, course_key):
        chance = random.Random(7)
        texts = ["".join(chance.choices(LETTERS, k=chance.randint(1, 4))) for _ in range(120)]
        for place in range(60):
            factories.make_learner(course_key, f"learner{place}", profile={"name": "".join(chance.choices(LETTERS, k=6))})
        found = {text: self.found(course_key, text) for text in texts}
        assert found == {text: self.by_the_rule(course_key, text) for text in texts}
        assert len({tuple(learners) for learners in found.values()}) > 20

    def test_learners_who_cannot_be_meant_are_not_handed_over(self, course_key, learners, monkeypatch):
        handed_over = []

        def read_in_order(rows, size):
            handed_over.append(list(rows))
            yield handed_over[0]

        monkeypatch.setattr(pages, "read_in_order", read_in_order)
        assert self.found(course_key, "bob") == ["bob"]
        assert len(handed_over[0]) == 2  # and one whose letters only the rule knows

    @pytest.mark.parametrize("key", ["name", "email"])
    def test_what_is_private_is_not_searched(self, course_key, settings, monkeypatch, key):
        settings.LEARNER_DATA_PLUGIN = {"PRIVATE_COLUMNS": [key]}
        factories.make_learner(course_key, "ada", email="zuse@example.com", profile={"name": "Zuse"})
        for limit in (100, 0):
            monkeypatch.setattr(pages, "SEARCHED_ANYWHERE", limit)
            assert self.found(course_key, "zuse") == ["ada"]  # by the other of the two
        settings.LEARNER_DATA_PLUGIN = {"PRIVATE_COLUMNS": ["name", "email"]}
        for limit in (100, 0):
            monkeypatch.setattr(pages, "SEARCHED_ANYWHERE", limit)
            assert self.found(course_key, "zuse") == []


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "mysql", reason="SQLite has no such collations.")
@pytest.mark.parametrize(
    ("charset", "collation"),
    [
        ("utf8mb4", "utf8mb4_bin"),
        ("utf8mb4", "utf8mb4_turkish_ci"),
        ("utf8mb4", "utf8mb4_unicode_ci"),
        ("utf8mb3", "utf8mb3_bin"),
        ("latin1", "latin1_swedish_ci"),
    ],
)
def test_columns_of_any_collation_are_searched_without_regard_to_case(charset, collation):
    factories.make_user()
    stored = RawSQL(f"CONVERT('IDA i' USING {charset}) COLLATE {collation}", [])
    for text in ("ida", "da i", "IDA I", "idaa"):
        found = IContains(chosen._AsAnybodyWrites(stored), text)
        assert get_user_model().objects.filter(found).exists() is (text != "idaa")


class TestSearchOfBeginnings:
    """In a course of more learners than are searched anywhere."""

    @pytest.fixture(autouse=True)
    def _few_are_many(self, course_key, learners, monkeypatch):
        monkeypatch.setattr(pages, "SEARCHED_ANYWHERE", 4)

    def found(self, course_key, text, **more):
        page = read_page(course_key, Selection(search=text, **more), number=1, size=50)
        assert page.count == len(page.learners)
        return usernames(page)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [("ERI", ["eric2"]), ("zoe", ["zoe"]), ("4@", ["zoe"]), ("oe", []), ("4@example.com", ["zoe"]), ("%", []), ("z_e", [])],
    )
    def test_of_usernames_and_addresses(self, course_key, text, expected):
        assert self.found(course_key, text) == expected

    def test_of_names(self, course_key):
        factories.make_learner(course_key, "countess", profile={"name": "Ada Lovelace"})
        assert self.found(course_key, "ADA") == ["adam", "countess"]
        assert self.found(course_key, "lovelace") == []

    def test_as_it_is_written(self, course_key):
        factories.make_learner(course_key, "countess", profile={"name": "Žofie"})
        assert self.found(course_key, "Žof") == ["countess"]

    def test_in_an_order_and_among_others_of_the_site(self, course_key):
        factories.make_learner(factories.make_course(), "zorro")
        factories.enroll(factories.make_user("zora"), course_key, is_active=False)
        factories.make_learner(course_key, "zo")
        assert self.found(course_key, "zo", sort="-username") == ["zoe", "zo"]

    def test_of_too_many(self, course_key, monkeypatch):
        monkeypatch.setattr(pages, "MOST_ACCOUNTS", 2)
        factories.make_learner(course_key, "zo")
        assert self.found(course_key, "zo") == ["zo", "zoe"]
        factories.make_user("zorro")
        with pytest.raises(InvalidSelection, match="More than 2 accounts begin like that"):
            self.found(course_key, "zo")

    def test_what_stands_for_retired_accounts_is_not_too_many(self, course_key, monkeypatch):
        monkeypatch.setattr(pages, "MOST_ACCOUNTS", 2)
        for number in range(4):
            retired = f"retired__user_{number}"
            accounts = get_user_model().objects.filter(pk=factories.make_user().pk)
            accounts.update(username=retired, email=f"{retired}@retired.invalid")
        factories.make_learner(course_key, "reto")
        assert self.found(course_key, "ret") == ["reto"]

    def test_of_too_many_by_several_columns(self, course_key, monkeypatch):
        monkeypatch.setattr(pages, "MOST_ACCOUNTS", 2)
        factories.make_learner(course_key, "zo", email="else@example.com")
        factories.make_learner(course_key, "maria", email="zo@example.com")
        with pytest.raises(InvalidSelection):
            self.found(course_key, "zo")

    def test_of_letters_that_the_columns_lack_finds_nobody(self, course_key):
        assert self.found(course_key, "😀") == []

    def test_of_nothing_but_accents_finds_everybody(self, course_key, learners):
        assert self.found(course_key, "\u0301") == ["adam", "bob", "eric2", "zoe", "žuÉric"]

    def test_a_few_of_a_large_course_are_searched_anywhere(self, course_key, learners):
        learners["zoe"].courseenrollment_set.update(mode="verified")
        assert self.found(course_key, "oe", enrollment_mode="verified") == ["zoe"]

    def test_a_page_costs_the_same_at_any_size(self, course_key, django_assert_max_num_queries):
        factories.make_learners(course_key, 60)
        with django_assert_max_num_queries(12):
            self.found(course_key, "zo")


@pytest.mark.parametrize("sort", ["cohort", "verification_status", "-city", "nonsense"])
def test_columns_that_are_worked_out_have_no_order(course_key, learners, sort):
    with pytest.raises(InvalidSelection):
        read_page(course_key, Selection(sort=sort), number=1, size=1)


def test_an_unknown_column(course_key, learners):
    with pytest.raises(UnknownColumn):
        read_page(course_key, Selection(columns=("password",)), number=1, size=1)


class TestCall:
    def get(self, client, course_key, query):
        return client.get(api_path(course_key, f"learners/?{query}"))

    def test_answers_a_page(self, course_key, learners, instructor_client):
        answer = self.get(instructor_client, course_key, "page=2&page_size=2&columns=username,last_active").json()
        assert [answer[key] for key in ("count", "current_page", "num_pages")] == [5, 2, 3]
        assert answer["learners"] == [{"username": "eric2", "last_active": ""}, {"username": "zoe", "last_active": ""}]

    def test_fifty_unless_told(self, course_key, learners, instructor_client):
        assert self.get(instructor_client, course_key, "page=1").json()["num_pages"] == 1

    def test_with_a_preset(self, course_key, learners, instructor_client):
        record([log_line(learners["bob"], course_key, timezone.now() - timedelta(days=3), "book")])
        for preset, count in (("never", 4), ("inactive_7", 4), ("inactive_14", 4), ("struggling", 0)):
            assert self.get(instructor_client, course_key, f"page=1&activity={preset}").json()["count"] == count

    def test_a_large_course_without_a_page_is_refused_as_before(self, course_key, learners, instructor_client):
        answer = self.get(instructor_client, course_key, "columns=username")
        assert (answer.status_code, answer.json()["error_code"]) == (422, "too_many_learners")

    @pytest.mark.parametrize(
        "query",
        ["page=0", "page_size=201", "page=1&page_size=0", "page=x", "activity=sleeping", "page=" + "0" * 5_000 + "1"],
    )
    def test_what_is_wrong_is_told(self, course_key, learners, instructor_client, query):
        answer = self.get(instructor_client, course_key, query)
        assert (answer.status_code, answer.json()["error_code"]) == (422, "invalid_parameter")

    def test_a_page_costs_the_same_at_any_size(self, course_key, learners, instructor_client, django_assert_max_num_queries):
        factories.make_learners(course_key, 60)
        self.get(instructor_client, course_key, "page=1&activity=inactive_7")
        with django_assert_max_num_queries(15 + 8):  # those of session, course, roles, configuration and audit besides
            self.get(instructor_client, course_key, "page=1&activity=inactive_7")


class TestLargeSelections:
    """Those whose first pages are read along an index of accounts; here already five learners are many."""

    @pytest.fixture(autouse=True)
    def _few_are_many(self, monkeypatch):
        monkeypatch.setattr(pages, "LARGE", 3)
        monkeypatch.setattr(pages, "ACCOUNTS_AT_FIRST", 2)

    @pytest.mark.parametrize("sort", ["", "username", "-username", "email", "-email", "id", "-id"])
    @pytest.mark.parametrize(("number", "size"), [(1, 2), (2, 2), (3, 2), (4, 2), (1, 200)])
    def test_pages_are_those_that_the_database_sorts(self, course_key, learners, monkeypatch, sort, number, size):
        factories.make_learner(factories.make_course(), "aaron")  # of another course
        factories.enroll(factories.make_user("abel"), course_key, is_active=False)
        selection = Selection(sort=sort)
        found = usernames(read_page(course_key, selection, number=number, size=size))
        monkeypatch.setattr(pages, "LARGE", 100)
        assert found == usernames(read_page(course_key, selection, number=number, size=size))
        assert bool(found) is (number < 4)

    @pytest.mark.parametrize("others", [3, 30, 300])
    def test_few_of_the_accounts_are_in_the_course(self, course_key, monkeypatch, others):
        chance, elsewhere = random.Random(others), factories.make_course()
        for name in chance.sample(range(1000), others):
            factories.make_learner(elsewhere, f"account{name:03}")
        names = [f"account{name:04}" for name in sorted(chance.sample(range(10_000), 12))]
        for name in names:
            factories.make_learner(course_key, name)
        for number in (1, 2, 4):
            with CaptureQueriesContext(connection) as queries:
                found = usernames(read_page(course_key, Selection(), number=number, size=3))
            assert found == names[number * 3 - 3 : number * 3]
            assert len(queries) <= 15

    def test_what_is_far_along_the_index_is_sorted(self, course_key, learners, monkeypatch):
        monkeypatch.setattr(pages, "ACCOUNTS_AT_MOST", 2)
        with CaptureQueriesContext(connection) as queries:
            assert usernames(read_page(course_key, Selection(), number=3, size=2)) == ["žuÉric"]
        assert any("ORDER BY" in query["sql"] and "student_courseenrollment" in query["sql"] for query in queries)

    def test_no_query_sorts_the_course(self, course_key, learners):
        with CaptureQueriesContext(connection) as queries:
            assert len(read_page(course_key, Selection(), number=1, size=2).learners) == 2
        sorting = [query["sql"] for query in queries if "ORDER BY" in query["sql"]]
        assert sorting
        assert [sql for sql in sorting if 'FROM "student_courseenrollment"' in sql and "LIMIT 2" in sql] == []

    def test_turning_a_page_does_not_count_anew(self, course_key, learners):
        assert read_page(course_key, Selection(), number=1, size=2).count == 5
        factories.make_learner(course_key, "carl")
        assert read_page(course_key, Selection(), number=2, size=2).count == 5
        assert read_page(course_key, Selection(enrollment_mode="audit"), number=1, size=2).count == 6

    def test_a_cache_that_does_not_answer_is_done_without(self, course_key, learners, monkeypatch, caplog):
        def fail(*_words):
            raise ConnectionError("of the cache")

        monkeypatch.setattr(pages.cache, "get", fail, raising=False)
        assert read_page(course_key, Selection(), number=1, size=2).count == 5
        assert "ConnectionError" in caplog.text

    def test_the_index_is_walked_in_three_steps_at_most(self, course_key):
        factories.make_learners(course_key, 30)
        for number in (1, 4, 15):
            with CaptureQueriesContext(connection) as queries:
                assert len(read_page(course_key, Selection(), number=number, size=2).learners) == 2
            walking = [query["sql"].replace("`", '"').startswith('SELECT "auth_user"."id"') for query in queries]
            assert sum(walking) in (1, 2, 3)

    def test_counting_reads_no_account(self, course_key, learners):
        with CaptureQueriesContext(connection) as queries:
            read_page(course_key, Selection(), number=1, size=2)
        (counting,) = (query["sql"] for query in queries if "COUNT(*)" in query["sql"])
        assert "JOIN" not in counting

    def test_whom_a_preset_found_is_not_looked_for_again(self, course_key, learners):
        selection = Selection(activity="never")
        assert usernames(read_page(course_key, selection, number=1, size=2)) == ["adam", "bob"]
        with CaptureQueriesContext(connection) as queries:
            page = read_page(course_key, selection, number=2, size=2)
        assert (usernames(page), page.count) == (usernames(read_page(course_key, Selection(), number=2, size=2)), 5)
        assert [query for query in queries if "learnerday" in query["sql"]] == []
        backwards = Selection(activity="never", sort="-username")
        assert usernames(read_page(course_key, backwards, number=3, size=2)) == ["adam"]

    def test_few_of_a_large_course_are_not_looked_for_again_either(self, course_key, learners):
        active = [learners[name] for name in ("adam", "bob", "zoe")]
        record([log_line(user, course_key, timezone.now(), "book") for user in active])
        selection = Selection(activity="inactive_7")
        first = usernames(read_page(course_key, selection, number=1, size=1))
        with CaptureQueriesContext(connection) as queries:
            assert {*first, *usernames(read_page(course_key, selection, number=2, size=1))} == {"eric2", "žuÉric"}
        assert [query for query in queries if "learnerday" in query["sql"]] == []

    def test_of_more_than_are_kept_only_the_number_is(self, course_key, learners, monkeypatch):
        monkeypatch.setattr(pages, "MOST_KEPT", 2)
        selection = Selection(activity="never")
        with CaptureQueriesContext(connection) as queries:
            first = read_page(course_key, selection, number=1, size=2)
        assert (usernames(first), first.count) == (["adam", "bob"], 5)
        sorting = [query["sql"] for query in queries if "ORDER BY" in query["sql"] and "learnerday" in query["sql"]]
        assert [sql for sql in sorting if "LIMIT" not in sql] == []  # the whole of it
        with CaptureQueriesContext(connection) as queries:
            second = read_page(course_key, selection, number=2, size=2)
        assert (usernames(second), second.count) == (["eric2", "zoe"], 5)
        assert [query for query in queries if "COUNT(*)" in query["sql"] and "learnerday" in query["sql"]] == []
        assert count_presets(course_key, Selection())["never"] == 5

    def test_who_was_erased_is_not_among_those_that_were_found(self, course_key, learners):
        selection = Selection(activity="never")
        read_page(course_key, selection, number=1, size=2)
        Erasure.objects.create(user_id=learners["bob"].pk)
        learners["adam"].courseenrollment_set.update(is_active=False)
        assert usernames(read_page(course_key, selection, number=1, size=2)) == []

    def test_counting_presets_finds_their_pages(self, course_key, learners):
        assert count_presets(course_key, Selection())["never"] == 5
        with CaptureQueriesContext(connection) as queries:
            assert usernames(read_page(course_key, Selection(activity="never"), number=1, size=2)) == ["adam", "bob"]
        assert [query for query in queries if "learnerday" in query["sql"]] == []

    @pytest.mark.parametrize("sort", ["", "-email", "id"])
    def test_pages_of_a_preset_are_the_same_before_and_after_it_was_counted(self, course_key, learners, sort):
        selection = Selection(activity="never", sort=sort)
        first, again = (
            [usernames(read_page(course_key, selection, number=number, size=2)) for number in (1, 2, 3)] for _time in range(2)
        )
        assert first == again
        assert sorted(name for page in first for name in page) == sorted(learners)
