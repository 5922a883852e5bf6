"""The student profile report: what is said about a selection, and how its files are named."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from learner_data_plugin.exceptions import TooManyLearners, UnknownColumn
from learner_data_plugin.reports.base import get_report
from tests import factories
from tests.reading import as_table

MADE = datetime(2026, 3, 1, 0, 5, tzinfo=UTC)


@pytest.fixture
def report():
    return get_report("profile")


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        ({}, []),
        ({"cohort": "Red"}, ["Red"]),
        ({"cohort": "[unassigned]", "team": "[unavailable]"}, ["No cohort", "No team"]),
        ({"team": "Blue", "enrollment_mode": "verified"}, ["Blue", "Verified"]),
        ({"enrollment_mode": "a-slug", "activity": "inactive_7"}, ["a-slug", "Not active for 7 days"]),
        ({"usernames": ["ada"], "search": "Lovelace"}, ["Selected learners", "Search results"]),
        ({"usernames": []}, ["Selected learners"]),  # of whom all were erased
        ({"columns": ["id"], "sort": "id"}, ["1 column"]),
        ({"columns": ["id", "name"]}, ["2 columns"]),
    ],
)
def test_what_was_chosen_is_said_in_words_and_names_nobody(report, course_key, selection, said):
    assert report.contents(course_key, selection) == said
    assert report.is_partial(selection) is bool(selection)


@pytest.mark.parametrize(
    ("selection", "part"),
    [
        ({}, "student_profile_info_2026-03-01-0005"),
        ({"activity": ""}, "student_profile_info_2026-03-01-0005"),
        ({"activity": "never"}, "student_profile_info_never_2026-03-01-0005"),
    ],
)
def test_a_file_is_named_after_the_preset(report, selection, part):
    assert report.file_name_part(selection, made=MADE) == part


def test_an_order_is_refused_in_a_large_course_when_it_is_asked_for_and_when_it_is_made(report, course_key, settings):
    factories.make_learners(course_key, 2)
    settings.LEARNER_DATA_PLUGIN = {"MAX_LEARNERS_ON_PAGE": 2}
    report.check(course_key, {"columns": ["id"]})
    for make in (report.check, lambda key, chosen: report.batches(key, chosen, columns=report.columns(key, chosen))):
        with pytest.raises(TooManyLearners):
            make(course_key, {"columns": ["id"], "sort": "id"})


def test_columns_that_cannot_be_had_are_refused(report, course_key):
    with pytest.raises(UnknownColumn):
        report.check(course_key, {"columns": ["grade of all"]})


@pytest.mark.parametrize("sort", [{}, {"sort": "-username"}])
def test_accounts_of_the_rows_come_first_shown_or_not(report, course_key, sort):
    ada, bob = (factories.make_learner(course_key, name) for name in ("ada", "bob"))
    chosen = {"columns": ["username"], **sort}
    rows = as_table(report.batches(course_key, chosen, columns=report.columns(course_key, chosen)))
    expected = [(ada.pk, "ada"), (bob.pk, "bob")]
    assert rows == (expected[::-1] if sort else expected)


@pytest.mark.parametrize("sort", [{}, {"sort": "username"}])
def test_only_those_of_the_selection_are_counted_and_read(report, course_key, sort):
    factories.make_learner(course_key, "ada", mode="verified")
    factories.make_learner(course_key, "bob")
    chosen = {"enrollment_mode": "verified", "columns": ["username"], **sort}
    assert report.count(course_key, chosen) == 1
    [batch] = report.batches(course_key, chosen, columns=report.columns(course_key, chosen))
    assert list(batch[1]) == ["ada"]
    chosen["enrollment_mode"] = "honor"
    assert list(report.batches(course_key, chosen, columns=report.columns(course_key, chosen))) == []


@pytest.mark.parametrize("report", ["profile", "research", "anonymized_ids"])
def test_batches_are_of_the_size_that_the_organization_has(report, db):
    report, course_key = get_report(report), factories.make_course(org="SmallX")
    factories.configure_site("SmallX", LEARNER_DATA_PLUGIN={"BATCH_SIZE": 2})
    factories.make_learners(course_key, 5)
    batches = list(report.batches(course_key, {}, columns=report.columns(course_key, {})))
    assert [len(batch[0]) for batch in batches] == [2, 2, 1]
    assert report.count(course_key, {}) == 5
