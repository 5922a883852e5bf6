"""What ``make lint`` finds of the words that this project does not use."""

from __future__ import annotations

import pytest

from .words import check


def found(text, name="docs/index.rst"):
    return [(line, was) for line, was, _ in check.findings(text, check.sections_for(name))]


@pytest.mark.parametrize(
    "text",
    [
        "Files that cannot be brought back.",
        "Files that CANNOT be\n   brought back.",
        '_("Files that cannot be "\n  "brought back.")',
        'msgid ""\n"Files that cannot "\n"be brought back."',
        "# Files that cannot be\n# brought back.",
        "/* Files that cannot\n * be brought back. */",
    ],
)
def test_a_phrase_is_found_across_lines_signs_and_quotes(text):
    assert [was for _, was in found(text)] == ["cannot be brought back"]


def test_the_line_is_where_the_phrase_begins():
    assert found("One.\nTwo: cannot be\nbrought back.") == [(2, "cannot be brought back")]


def test_parts_of_words_are_left_alone():
    assert found("The filmmade.", "learner_data_plugin/templates/learner_data_plugin/page.html") == []


def test_a_heading_is_found_as_a_heading_alone():
    assert found("Key  What it says") == [(1, "What it says")]
    assert found("Nobody reads what it says.") == []


def test_what_course_teams_read_is_held_more_strictly():
    text = "No file was made."
    assert found(text) == []
    assert found(text, "learner_data_plugin/templates/learner_data_plugin/panels/reports.html") == [(1, "made")]


def test_names_are_found_as_they_are_written():
    assert found("from . import lost_runs", "learner_data_plugin/api.py") == [(1, "lost_runs")]
    assert found("LOST_RUNS = 5", "learner_data_plugin/api.py") == []


def test_the_list_says_what_to_say_instead():
    listed = check.phrases()
    assert listed.keys() == {"everywhere", "names", "page"}
    assert all(was and instead for pairs in listed.values() for was, instead in pairs)
