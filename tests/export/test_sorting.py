"""Rows that are written in another order than they come in."""

from __future__ import annotations

import random

import pytest

from learner_data_plugin.export.sorting import in_order


def keyed(*rows):
    return [key for key, *_ in rows], [list(column) for column in zip(*(row[1:] for row in rows), strict=True)]


def test_rows_of_all_batches_are_in_the_order_of_their_keys():
    batches = [keyed((b"c", 3, "three"), (b"a", 1, "one")), keyed((b"b", 2, None))]
    assert list(in_order(batches, size=10)) == [[(1, 2, 3), ("one", None, "three")]]


def test_keys_are_compared_byte_by_byte():
    keys = [bytes([number]) for number in range(256)]
    random.Random(3).shuffle(keys)
    [[found]] = in_order([keyed(*((key, key) for key in keys))], size=256)
    assert list(found) == sorted(keys)


def test_batches_are_as_large_as_asked_for_and_the_last_is_what_is_left():
    rows = keyed(*((b"%02d" % number, number) for number in range(7)))
    assert list(in_order([rows], size=3)) == [[(0, 1, 2)], [(3, 4, 5)], [(6,)]]


def test_nothing_comes_of_nothing():
    assert list(in_order([], size=3)) == []


@pytest.mark.parametrize("batch", [([b"a"], [[1, 2]]), ([b"a", b"b"], [[1]]), ([b"a", b"b"], [[1, 2], [3]])])
def test_keys_and_columns_of_different_lengths_are_refused(batch):
    with pytest.raises(ValueError, match="zip"):
        list(in_order([batch], size=3))


def test_batches_of_different_columns_are_refused():
    with pytest.raises(ValueError, match="zip"):
        list(in_order([keyed((b"a", 1, 2)), keyed((b"b", 3))], size=3))
