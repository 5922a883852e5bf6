from __future__ import annotations

import itertools
import random
from contextlib import nullcontext
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from freezegun import freeze_time

from learner_data_plugin.engagement import statements
from learner_data_plugin.engagement.answers import struggling
from learner_data_plugin.engagement.batch import Batch
from learner_data_plugin.engagement.facts import Facts, Kind
from learner_data_plugin.engagement.numbers import ItemNumbers
from learner_data_plugin.engagement.periods import DAY as ONE_DAY
from learner_data_plugin.engagement.writing import Writer
from learner_data_plugin.models import NEVER, NO_ITEM, EngagementCourse, EngagementItem, LastAnswers, LearnerDay, LearnerDayItem
from tests import factories

DAY = date(2026, 3, 2)


@pytest.fixture
def make_facts(course_key: Any) -> Any:
    def make(**values: Any) -> Facts:
        return Facts(**{"user_id": 7, "username": "ada", "course_id": str(course_key), "day": DAY, "moment": 1_000, **values})

    return make


def write(*facts: Facts, writer: Writer | None = None, **options: Any) -> Any:
    batch = Batch()
    for fact in facts:
        batch.add(fact)
    return (writer or Writer()).write(batch, **options)


def opened() -> list[Any]:
    return list(LearnerDay.objects.order_by("user_id", "day").values_list("user_id", "subsection__key", "subsection_moment"))


def test_visit_is_one_day_however_often(make_facts):
    writer = Writer()
    for _ in range(3):
        write(make_facts(), make_facts(moment=2_000), writer=writer)
        write(make_facts())
    assert list(LearnerDay.objects.values_list("user_id", "day", "subsection_id", "subsection_moment")) == [
        (7, DAY, NO_ITEM, 0)
    ]
    assert not LearnerDayItem.objects.exists()


def test_learners_days_and_courses_are_kept_apart(make_facts):
    other = str(factories.make_course())
    write(make_facts(), make_facts(user_id=8), make_facts(day=date(2026, 3, 3)), make_facts(course_id=other))
    assert LearnerDay.objects.count() == 4
    assert EngagementCourse.objects.count() == 2


def test_same_facts_again_change_nothing(make_facts):
    facts = [
        make_facts(kind=Kind.VIDEO, item="v1"),
        make_facts(kind=Kind.VIDEO, item="v2"),
        make_facts(kind=Kind.PROBLEM_TRIED, item="p1", mark=1),
        make_facts(kind=Kind.PROBLEM_SOLVED, item="p1", mark=2),
        make_facts(kind=Kind.PAGE, mark=-3),
        make_facts(kind=Kind.PAGE, mark=4),
    ]
    write(*facts)
    before = list(LearnerDayItem.objects.order_by("id").values())
    write(*facts, *facts)
    write(*reversed(facts))
    assert list(LearnerDayItem.objects.order_by("id").values()) == before
    assert len(before) == 6
    assert sorted(EngagementItem.objects.values_list("key", flat=True)) == ["p1", "v1", "v2"]


def test_keys_that_differ_in_case_are_different_items(make_facts):
    write(make_facts(kind=Kind.VIDEO, item="v1"), make_facts(kind=Kind.VIDEO, item="V1"))
    assert LearnerDayItem.objects.values("item").distinct().count() == 2


def test_same_key_in_another_course_is_another_item(make_facts):
    other = str(factories.make_course())
    write(make_facts(kind=Kind.VIDEO, item="v1"), make_facts(course_id=other, kind=Kind.VIDEO, item="v1"))
    assert LearnerDayItem.objects.values("item").distinct().count() == 2


def test_any_text_can_be_a_key(make_facts):
    keys = ["Überblick", "第一章", "p😀", "p😃", "a%sb", "'; DROP TABLE x; --", "k" * 500]
    write(*(make_facts(kind=Kind.VIDEO, item=key) for key in keys))
    assert LearnerDayItem.objects.count() == len(keys)
    assert EngagementItem.objects.count() == len(keys)


OPENINGS = [(1_000, "b"), (3_000, "b"), (3_000, "a"), (3_000, "c"), (2_000, "d"), (0, "")]


@pytest.mark.parametrize("order", list(itertools.permutations(range(6)))[::37])
def test_last_subsection_does_not_depend_on_the_order(order, make_facts):
    facts = [make_facts(moment=moment, subsection=subsection) for moment, subsection in (OPENINGS[place] for place in order)]
    write(*facts)
    assert opened() == [(7, "a", 3_000)]
    LearnerDay.objects.all().delete()
    for fact in facts:
        write(fact, resolve_ties=True)
    assert opened() == [(7, "a", 3_000)]


def test_later_subsection_replaces_and_an_earlier_one_does_not(make_facts):
    for moment, subsection, expected in [(2_000, "b", "b"), (1_000, "a", "b"), (3_000, "c", "c")]:
        write(make_facts(moment=moment, subsection=subsection))
        assert opened()[0][1] == expected


def test_course_that_is_not_on_the_site_is_left_out(make_facts, django_assert_num_queries):
    writer = Writer()
    elsewhere = make_facts(course_id="course-v1:Not+Here+1", kind=Kind.VIDEO, item="v1")
    left_out = write(elsewhere, make_facts(), writer=writer)
    assert (left_out.course_ids, left_out.days) == ({"course-v1:Not+Here+1"}, 1)
    assert LearnerDay.objects.count() == 1
    assert not EngagementItem.objects.exists()
    with django_assert_num_queries(0):
        write(elsewhere, writer=writer)


def test_course_of_other_case_is_not_on_the_site(make_facts, course_key):
    assert write(make_facts(course_id=str(course_key).replace("TestX", "testx"))).days == 1


def test_event_without_a_number_belongs_to_the_account_of_exactly_that_name(make_facts):
    ada = factories.make_user("Ada")
    write(*(make_facts(user_id=None, username=name) for name in ("Ada", "ada", "Bob")))
    assert list(LearnerDay.objects.values_list("user_id", flat=True)) == [ada.pk]


def test_events_with_and_without_a_number_are_one_learners(make_facts):
    ada = factories.make_user("ada")
    left_out = write(
        make_facts(user_id=ada.pk, moment=1_000, subsection="a"),
        make_facts(user_id=None, moment=2_000, subsection="b", kind=Kind.VIDEO, item="v"),
        make_facts(user_id=ada.pk, kind=Kind.VIDEO, item="v"),
    )
    assert opened() == [(ada.pk, "b", 2_000)]
    assert LearnerDayItem.objects.count() == 1
    assert left_out.days == 0


def test_accounts_that_are_gone_or_retired_are_left_out_where_asked(make_facts, settings):
    ada, bob = factories.make_user(), factories.make_user()
    get_user_model().objects.filter(pk=bob.pk).update(username=f"{settings.RETIRED_USERNAME_PREFIX}abc")
    facts = [make_facts(user_id=user_id, kind=Kind.PAGE, mark=1) for user_id in (ada.pk, bob.pk, 2_000_000)]
    assert write(*facts, only_present=True).days == 2
    assert list(LearnerDay.objects.values_list("user_id", flat=True)) == [ada.pk]
    assert list(LearnerDayItem.objects.values_list("user_id", flat=True)) == [ada.pk]


def test_many_rows_take_several_statements(make_facts):
    write(*(make_facts(user_id=user_id, kind=Kind.VIDEO, item="v") for user_id in range(1, 2_502)))
    assert LearnerDay.objects.count() == LearnerDayItem.objects.count() == 2_501


def test_known_course_and_item_take_one_statement(make_facts, django_assert_num_queries):
    writer = Writer()
    batch = Batch()
    batch.add(make_facts(kind=Kind.VIDEO, item="v"), is_day_written=True)
    writer.write(batch)
    with django_assert_num_queries(1):
        writer.write(batch)


def test_items_that_are_forgotten_are_found_again(make_facts):
    writer = Writer(most_remembered=3)
    for place in range(10):
        write(make_facts(kind=Kind.VIDEO, item=f"v{place % 5}"), writer=writer)
    assert EngagementItem.objects.count() == LearnerDayItem.objects.count() == 5


def test_parts_of_a_batch_are_the_batch(make_facts):
    batch = Batch()
    for user_id in (3, 1, 2):
        for mark in range(4):
            batch.add(make_facts(user_id=user_id, kind=Kind.PAGE, mark=mark))
    batch.add(make_facts(user_id=None, username="zoe"))
    parts = list(batch.parts(7))
    assert [len(part) for part in parts] == [10, 6]
    assert {day for part in parts for day in part.days} == set(batch.days)
    assert set().union(*(part.items for part in parts)) == batch.items


def test_number_of_a_course_that_was_rolled_back_leads_to_no_item_of_another(course_key):
    """Tests of a site roll back everything, and the next course gets the same number."""
    numbers = ItemNumbers(most_remembered=10)
    one = numbers.of({1: "course-v1:A+B+C"}, [(1, "p")])
    other = numbers.of({1: "course-v1:D+E+F"}, [(1, "p")])
    assert one[1, "p"] != other[1, "p"]
    assert numbers.known("course-v1:A+B+C", "p") == one[1, "p"]


@freeze_time(datetime.combine(DAY + 13 * ONE_DAY, time(12), UTC))
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("is_short", [False, True])
def test_last_days_of_answers_do_not_depend_on_order_and_way(is_short, seed, make_facts, course_key):
    """Of days of which nobody asks any more there are none."""
    answers = [(7, -1, 2), (7, 0, 1), (7, 3, 1), (7, 3, 1), (7, 2, 2), (7, 0, 2), (8, 5, 1), (9, 6, 2), (10, 1, 3), (11, -1, 1)]
    facts = [
        make_facts(user_id=user_id, day=DAY + place * ONE_DAY, kind=Kind(kind), item="p", mark=mark)
        for mark, (user_id, place, kind) in enumerate(answers)
    ]
    random.Random(seed).shuffle(facts)
    writer = Writer()
    write(make_facts(item="p", kind=Kind.VIDEO), writer=writer)
    if is_short:
        for fact in facts:
            assert writer.write_known(fact, is_day_written=seed % 2 == 0, is_answer_written=False)
    else:
        write(*facts[:4], writer=writer)
        write(*facts[4:], writer=writer)
    rows = LastAnswers.objects.order_by("user_id").values_list("user_id", "tried", "solved")
    three = [(7, DAY + 3 * ONE_DAY, DAY + 2 * ONE_DAY), (8, DAY + 5 * ONE_DAY, NEVER), (9, NEVER, DAY + 6 * ONE_DAY)]
    assert list(rows) == three
    course = EngagementCourse.objects.get(course_id=course_key).pk
    assert [row.user_id for row in struggling().filter(course_id=course)] == [8]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [2, 7])  # few, that MariaDB takes in one question, and many
@pytest.mark.parametrize("in_transaction", [False, True])
def test_statements_take_effect_together_or_not_at_all(in_transaction, number):
    columns = ("course_id", "day", "user_id", "subsection_id", "subsection_moment")
    merge = {name: f"{{new[{name}]}}" for name in ("subsection_id", "subsection_moment")}

    def rows(day, user_id):
        return statements.Table(LearnerDay, columns, merge), [(1, day, user_id, -1, 0)]

    with transaction.atomic() if in_transaction else nullcontext():
        for last in (None, date(2026, 5, 4)):
            first = 1 if last is None else 1 + number
            tables = [rows(date(2026, 5, 4), first + place) for place in range(number - 1)]
            with pytest.raises(IntegrityError) if last is None else nullcontext():
                statements.enter(*tables, rows(last, first + number - 1))
    assert transaction.get_autocommit()
    connection.close()  # what was not committed would be gone
    assert sorted(LearnerDay.objects.values_list("user_id", flat=True)) == list(range(1 + number, 1 + 2 * number))


@pytest.mark.django_db(transaction=True)
@freeze_time(DAY)
def test_all_that_an_answer_enters_takes_one_question_on_mariadb(make_facts, django_assert_num_queries):
    writer = Writer()
    write(make_facts(kind=Kind.PROBLEM_SOLVED, item="p", mark=1), writer=writer)
    fact = make_facts(kind=Kind.PROBLEM_SOLVED, item="p", mark=2, user_id=8)
    is_mariadb = connection.vendor == "mysql" and connection.mysql_is_mariadb
    with django_assert_num_queries(1 if is_mariadb else 5):
        assert writer.write_known(fact, is_day_written=False, is_answer_written=False)
    assert [model.objects.count() for model in (LearnerDay, LearnerDayItem, LastAnswers)] == [2, 2, 2]


def test_short_way_keeps_the_subsection_that_was_opened_last(make_facts):
    keys = [f"block-v1:X+Y+Z+type@sequential+block@{name}" for name in "ab"]
    writer = Writer()
    write(make_facts(subsection=keys[0]), make_facts(subsection=keys[1], user_id=8), writer=writer)
    for subsection, moment in ((keys[1], 3_000), (keys[0], 2_000), ("", 4_000)):
        fact = make_facts(subsection=subsection, moment=moment)
        assert writer.write_known(fact, is_day_written=subsection == "", is_answer_written=False)
    assert opened() == [(7, keys[1], 3_000), (8, keys[1], 1_000)]
