"""Rows that are read in one order and written in another."""

from __future__ import annotations

import io
import random
import threading
from contextlib import nullcontext
from tempfile import TemporaryFile

import pytest

from learner_data_plugin import row_order
from learner_data_plugin.row_order import write_in_order
from learner_data_plugin.spreadsheets import CsvWriter

from .reading import csv_rows


def key(number):
    return number.to_bytes(4, "big")


def written(batches, **options):
    """The rows of a file with one column that was made of these batches."""
    file = io.BytesIO()
    with CsvWriter(file, ["number"]) as writer:
        assert write_in_order(writer, batches=batches, **options) == len(csv_rows(file.getvalue())) - 1
    return [int(cell) for [cell] in csv_rows(file.getvalue())[1:]]


def batches_of(numbers, size):
    for start in range(0, len(numbers), size):
        some = numbers[start : start + size]
        yield [key(number) for number in some], [some]


@pytest.mark.parametrize("run_bytes", [1, 500, 1_000_000])
@pytest.mark.parametrize("size", [1, 700, 5_000])
def test_rows_are_in_the_order_of_their_keys_however_they_come(monkeypatch, run_bytes, size):
    monkeypatch.setattr(row_order, "RUN_BYTES", run_bytes)
    numbers = random.Random(run_bytes + size).sample(range(10_000_000), 1_500)

    assert written(batches_of(numbers, size)) == sorted(numbers)


def test_no_row_at_all():
    assert written([]) == []


def test_a_row_larger_than_what_is_sorted_in_memory(monkeypatch):
    monkeypatch.setattr(row_order, "RUN_BYTES", 100)
    file = io.BytesIO()
    texts = ["a" * 50_000, "b", "c" * 20_000]
    with CsvWriter(file, ["text"]) as writer:
        write_in_order(writer, batches=[([key(number)], [[text]]) for number, text in enumerate(texts)])
    assert [text for [text] in csv_rows(file.getvalue())[1:]] == texts


def test_a_small_report_is_sorted_without_a_file(monkeypatch):
    monkeypatch.setattr(row_order, "TemporaryFile", None)
    assert written(batches_of([3, 1, 2], 2)) == [1, 2, 3]


@pytest.mark.parametrize("error", [None, OSError("No space left on device")])
def test_the_file_goes_with_the_work(monkeypatch, error):
    files = []

    def temporary_file(**options):
        files.append(TemporaryFile(**options))  # noqa: SIM115  (whether it is closed is the question)
        return files[0]

    def on_rows(_read, rows):
        if rows and error:
            raise error

    monkeypatch.setattr(row_order, "RUN_BYTES", 1)
    monkeypatch.setattr(row_order, "TemporaryFile", temporary_file)
    with pytest.raises(OSError, match="No space") if error else nullcontext():
        written(batches_of([3, 1, 2], 2), on_rows=on_rows)
    assert [file.closed for file in files] == [True]


def test_an_error_while_a_row_is_encoded_ends_it_with_that_error():
    def encode(_batch):
        raise OSError("No space left on device")

    read = []

    def batches():
        for number in range(1, 10):
            read.append(number)
            yield [key(number)], [[number]]

    with pytest.raises(OSError, match="No space left"):
        written(batches(), encode=encode)
    assert read == [1, 2]


def test_an_error_while_rows_are_read_ends_it_with_that_error_and_leaves_no_thread():
    def batches():
        yield [key(2)], [[2]]
        raise RuntimeError("the connection is gone")

    before = threading.active_count()
    with pytest.raises(RuntimeError, match="the connection is gone"):
        written(batches())
    assert threading.active_count() == before


def test_the_next_batch_is_read_while_one_is_encoded():
    reads_second, encodes_first = threading.Event(), threading.Event()

    def batches():
        yield [key(2)], [[2]]
        assert encodes_first.wait(10)
        reads_second.set()
        yield [key(1)], [[1]]

    def encode(batch):
        encodes_first.set()
        assert reads_second.wait(10)
        return [b"%d\r\n" % cell for cell in batch[0]]

    assert written(batches(), encode=encode) == [1, 2]
