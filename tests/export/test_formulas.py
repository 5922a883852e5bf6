"""Whatever a learner wrote, no spreadsheet takes it for a formula.

`make fuzz EXAMPLES=100000` tries the property tests with many more texts.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from learner_data_plugin.export.formulas import TRIGGERS, guard, guard_parts, splits_at_semicolons
from tests.export.attacks import many, texts, unguarded, written
from tests.reading import csv_rows, xlsx_rows

SPEC_TRIGGERS = "=+-@\t\r\0"


class TestGuard:
    @given(texts)
    @many
    @pytest.mark.fuzz
    def test_no_text_begins_with_a_trigger_and_taking_the_guard_away_gives_the_text(self, text):
        cell = guard(text)
        assert not cell.startswith(tuple(TRIGGERS))
        assert unguarded(cell) == text
        assert cell in (text, "'" + text)

    @pytest.mark.parametrize("trigger", TRIGGERS)
    def test_each_trigger_is_guarded_at_the_start_only(self, trigger):
        assert guard(trigger) == "'" + trigger
        assert guard(trigger + "x") == "'" + trigger + "x"
        assert guard("x" + trigger) == "x" + trigger

    @pytest.mark.parametrize("text", ["", "a", "'", "''", "'a", " =1", "\n=1", '"=1', "1-1"])
    def test_other_texts_stay_as_they_are(self, text):
        assert guard(text) == text

    def test_triggers_are_at_least_those_promised(self):
        assert set(SPEC_TRIGGERS) <= set(TRIGGERS)


class TestGuardOfParts:
    @given(texts)
    @many
    @pytest.mark.fuzz
    def test_no_part_begins_with_a_trigger(self, text):
        for part in re.split("[;\t|\r\n]\"*", guard_parts(text)):
            assert not part.startswith(tuple(TRIGGERS))

    @pytest.mark.parametrize(
        ("text", "guarded"),
        [
            ("a;=1;b", "a;'=1;b"), ("=1;=2", "'=1;'=2"), ("a|-1", "a|'-1"), ("a\t+1", "a\t'+1"), (";'=1", ";''=1"),
            ('a;"=1"', "a;\"'=1\""), ("a; =1", "a; =1"), ("a;b|c\td", "a;b|c\td"), ("a,=1", "a,=1"),
            ("", ""), ("a\n- b", "a\n'- b"), (";;=1", ";;'=1"), (";\t=1", ";'\t'=1"),
        ],
    )  # fmt: skip
    def test_parts(self, text, guarded):
        assert guard_parts(text) == guarded

    @pytest.mark.parametrize(
        ("language", "split"), [("en", False), ("en-gb", False), ("de-de", True), ("es-419", True), ("pl", True)]
    )
    def test_language_of_the_installation_says_how_lists_are_separated(self, language, split, settings):
        settings.LANGUAGE_CODE = language
        assert splits_at_semicolons() is split

    def test_cells_in_the_middle_of_a_text_are_guarded_in_such_a_language_alone(self, settings):
        row = (1, "x;=1+1", 'y";=1+1"')
        assert csv_rows(written("csv", ("id", "name", "goals"), [row]))[1] == ["1", *row[1:]]
        settings.LANGUAGE_CODE = "de-de"
        assert csv_rows(written("csv", ("id", "name", "goals"), [row]))[1] == ["1", "x;'=1+1", "y\";'=1+1\""]
        assert xlsx_rows(written("xlsx", ("id", "name", "goals"), [row]))[1] == [1, *row[1:]]
