"""What differs between two tables of learners."""

from __future__ import annotations

import pytest

from learner_data_plugin.reports.comparing import Difference, Places, differences

WAS = Places(key=0, name=1, compared=[2, 3])


def compare(earlier, later, *, was=WAS, now=WAS):
    return list(differences(earlier, later, was=was, now=now))


def test_joined_and_changed_stand_in_the_order_of_the_later_table_and_then_left_in_that_of_the_earlier():
    earlier = [["4", "dan", "x", "y"], ["1", "ada", "x", "y"], ["2", "bob", "x", "y"], ["3", "cyd", "x", "y"]]
    later = [["6", "fay", "x", "y"], ["2", "bob", "x", "Y"], ["5", "eve", "x", "y"], ["3", "cyd", "X", "Y"]]
    assert compare(earlier, later) == [
        Difference("joined", "6", "fay"),
        Difference("changed", "2", "bob", 1, "y", "Y"),
        Difference("joined", "5", "eve"),
        Difference("changed", "3", "cyd", 0, "x", "X"),
        Difference("changed", "3", "cyd", 1, "y", "Y"),
        Difference("left", "4", "dan"),
        Difference("left", "1", "ada"),
    ]


def test_columns_stand_elsewhere_in_the_later_table():
    now = Places(key=3, name=2, compared=[1, 0])
    earlier = [["1", "ada", "x", "y"], ["2", "bob", "x", "y"]]
    assert compare(earlier, [["y", "x", "ada", "1"], ["Y", "x", "bob", "2"], ["", "", "cyd", "3"]], now=now) == [
        Difference("changed", "2", "bob", 1, "y", "Y"),
        Difference("joined", "3", "cyd"),
    ]


def test_a_changed_name_is_the_later_one_of_those_who_are_there_and_the_earlier_of_those_who_left():
    was, now = Places(0, 1, [1]), Places(0, 1, [1])
    assert compare([["1", "ada"], ["2", "bob"]], [["1", "Ada"]], was=was, now=now) == [
        Difference("changed", "1", "Ada", 0, "ada", "Ada"),
        Difference("left", "2", "bob"),
    ]


@pytest.mark.parametrize(("earlier", "later", "kind"), [([], [["1", "x"]], "joined"), ([["1", "x"]], [], "left")])
def test_without_a_column_of_names_they_are_empty(earlier, later, kind):
    places = Places(0, None, [1])
    assert compare(earlier, later, was=places, now=places) == [Difference(kind, "1", "")]


def test_of_a_key_that_stands_in_the_earlier_table_twice_the_last_row_counts():
    assert compare([["1", "a", "x", "y"], ["1", "a", "X", "y"]], [["1", "a", "X", "y"]]) == []
    assert compare([["1", "a", "x", "y"], ["1", "a", "X", "y"]], []) == [Difference("left", "1", "a")]
