"""Rows that are read in one order and written in another."""

from __future__ import annotations

import io
import random
import threading

import pytest

from learner_data_plugin.row_order import write_in_order
from learner_data_plugin.spreadsheets import CsvWriter

from .reading import csv_rows


def written(batches, order, **options):
    """The rows of a file with one column that was made of these batches."""
    file = io.BytesIO()
    with CsvWriter(file, ["number"]) as writer:
        assert write_in_order(writer, batches=batches, order=order, **options) == len(csv_rows(file.getvalue())) - 1
    return [int(cell) for [cell] in csv_rows(file.getvalue())[1:]]


def batches_of(numbers, size):
    for start in range(0, len(numbers), size):
        keys = numbers[start : start + size]
        yield keys, [[number * 10 for number in keys]]


def test_rows_of_batches_larger_than_what_is_encoded_at_once():
    numbers = list(range(1, 4_000, 3))
    order = random.Random(1).sample(numbers, len(numbers))

    rows = written(batches_of(numbers, 700), [order[:900], order[900:]])

    assert rows == [number * 10 for number in order]


def test_keys_without_row_rows_without_key_and_a_key_given_twice():
    assert written(batches_of([2, 3, 5, 7], 3), [[7, 4, 2], [2, 5, 9, 1]]) == [70, 20, 50]


def test_no_row_at_all():
    assert written([], []) == []
    assert written([], [[1, 2]]) == []
    assert written(batches_of([1, 2], 1), []) == []


def test_an_error_while_a_row_is_encoded_ends_it_with_that_error():
    def encode(_batch):
        raise OSError("No space left on device")

    read = []

    def batches():
        for number in range(1, 10):
            read.append(number)
            yield [number], [[number]]

    with pytest.raises(OSError, match="No space left"):
        written(batches(), [], encode=encode)
    assert read == [1, 2]


def test_an_error_while_rows_are_read_ends_it_with_that_error_and_leaves_no_thread():
    def batches():
        yield [1], [[1]]
        raise RuntimeError("the connection is gone")

    before = threading.active_count()
    with pytest.raises(RuntimeError, match="the connection is gone"):
        written(batches(), [[1]])
    assert threading.active_count() == before


def test_the_next_batch_is_read_while_one_is_encoded():
    reads_second, encodes_first = threading.Event(), threading.Event()

    def batches():
        yield [1], [[1]]
        assert encodes_first.wait(10)
        reads_second.set()
        yield [2], [[2]]

    def encode(batch):
        encodes_first.set()
        assert reads_second.wait(10)
        return [b"%d\r\n" % cell for cell in batch[0]]

    assert written(batches(), [[2, 1]], encode=encode) == [2, 1]
