"""The research export: who takes part, without who they are; and its codebook."""

from __future__ import annotations

import csv
import io

import pytest

from learner_data_plugin import api
from learner_data_plugin.dashboard.context import panel_context
from learner_data_plugin.data import Actor
from learner_data_plugin.exceptions import ReportNotFound, UnknownColumn
from learner_data_plugin.models import ReportFile
from learner_data_plugin.privacy import disclosures
from learner_data_plugin.reports import research
from learner_data_plugin.reports.base import get_report
from tests.erasing import erase

from .. import factories
from ..reading import cells_of, content_of, rows_of


@pytest.fixture
def by(instructor):
    return Actor(instructor.pk, instructor.username)


def make(course_key, by, **selection):
    api.request_report(course_key, "research", selection=selection, by=by)
    return ReportFile.objects.select_related("run").order_by("-id")[0]


def test_holds_what_the_profile_report_holds_but_who_it_is(course_key, by):
    profile = {"name": "Ada Byron", "country": "GB", "goals": "Ask Ada", "mailing_address": "1 James St", "gender": "f"}
    user = factories.make_learner(course_key, "ada_b", mode="verified", profile=profile)
    file = make(course_key, by)
    header, row = rows_of(file)
    assert header == [
        "anonymized_id", "language", "location", "year_of_birth", "gender", "level_of_education", "enrollment_mode",
        "verification_status", "city", "country",
    ]  # fmt: skip
    told = dict(zip(header, row, strict=True))
    assert told["anonymized_id"] == factories.anonymous_id(user, course_key)
    assert (told["gender"], told["country"], told["enrollment_mode"]) == ("f", "GB", "verified")
    content = content_of(file).decode()
    for telling in ("ada_b", "Ada", "example.com", "James", str(user.pk) + ","):
        assert telling not in content
    assert "research_export" in file.name


def test_ids_can_be_site_wide_and_rows_stand_in_their_order(course_key, by):
    users = [factories.make_learner(course_key) for _ in range(30)]
    for kind, key in (("site", None), ("course", course_key)):
        ids = cells_of(make(course_key, by, kind=kind), "anonymized_id")
        assert ids == sorted(factories.anonymous_id(user, key) for user in users)


def test_columns_can_be_chosen_but_not_those_that_tell(course_key, by):
    factories.make_learner(course_key, profile={"country": "GB"})
    assert rows_of(make(course_key, by, columns=["country"]))[0] == ["anonymized_id", "country"]
    for column in ("id", "username", "name", "email", "mailing_address", "goals"):
        with pytest.raises(UnknownColumn, match=column):
            api.request_report(course_key, "research", selection={"columns": ["country", column]}, by=by)


def test_the_first_column_that_would_tell_is_named(course_key, by):
    with pytest.raises(UnknownColumn) as caught:
        api.request_report(course_key, "research", selection={"columns": ["country", "goals", "email"]}, by=by)
    assert caught.value.key == "goals"


@pytest.mark.parametrize(
    ("selection", "is_partial"), [({}, False), ({"kind": "site"}, False), ({"kind": "site", "cohort": "a"}, True)]
)
def test_another_kind_of_ids_leaves_nothing_out(selection, is_partial):
    assert get_report("research").is_partial(selection) is is_partial


def test_learners_are_told_apart_by_ids_that_are_stored(course_key):
    user = factories.make_learner(course_key)
    ids = [factories.anonymous_id(user, key) for key in (course_key, None)]
    assert get_report("research").accounts(course_key, research.KEY, [*ids, "0" * 32]) == dict.fromkeys(ids, user.pk)


@pytest.mark.parametrize("kind", ["course", "site"])
def test_ids_that_nobody_asked_for_before_are_those_that_the_platform_gives_later(course_key, by, kind):
    user = factories.make_learner(course_key)
    [anonymized_id] = cells_of(make(course_key, by, kind=kind), "anonymized_id")
    assert anonymized_id == factories.anonymous_id(user, None if kind == "site" else course_key)


def test_rows_of_a_filter_are_counted(course_key):
    factories.make_learner(course_key, mode="audit")
    factories.make_learner(course_key, mode="verified")
    count = get_report("research").count
    assert (count(course_key, {"kind": "site"}), count(course_key, {"enrollment_mode": "audit"})) == (2, 1)


def test_columns_that_the_page_offers_for_it_can_be_had(course_key, by, instructor):
    factories.make_learner(course_key)
    columns = panel_context(instructor, course_key)["page"]["columns"]
    offered = [column["key"] for column in columns if "research" not in column["not_in"]]
    assert rows_of(make(course_key, by, columns=offered))[0] == ["anonymized_id", *offered]
    assert {column["key"] for column in columns} >= {"username", "goals", "country", "last_active", *offered}


def test_columns_of_a_site_are_left_out_where_they_may_tell(course_key, by, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "COLUMNS": ["first_name", "meta.shoe size", "country"]}
    factories.make_learner(course_key)
    assert rows_of(make(course_key, by))[0] == ["anonymized_id", "country"]


def test_filters_narrow_it(course_key, by):
    factories.make_learner(course_key, mode="audit")
    user = factories.make_learner(course_key, mode="verified")
    assert cells_of(make(course_key, by, enrollment_mode="verified"), "anonymized_id") == [
        factories.anonymous_id(user, course_key)
    ]


def test_erased_learner_is_not_in_it_any_more(course_key, by):
    learner, _other = factories.make_learner(course_key), factories.make_learner(course_key)
    make(course_key, by)
    erase(learner)
    assert not ReportFile.objects.exists()
    assert disclosures.held_in(learner.pk, [course_key]).numbers == ()


def test_codebook_has_a_row_for_each_column(course_key, by):
    factories.make_learner(course_key)
    file = make(course_key, by)
    with api.open_codebook(course_key, file.name) as content:
        rows = list(csv.DictReader(io.StringIO(content.read().decode())))
    assert [row["column"] for row in rows] == file.columns
    assert all(row["label"] and row["description"] and row["source"] for row in rows)
    assert "m: male" in next(row["description"] for row in rows if row["column"] == "gender")
    assert rows[0]["column"] == research.KEY


def test_other_reports_have_none(course_key, instructor):
    file = factories.make_report(course_key, instructor)
    for name in (file.name, "nonsense.csv"):
        with pytest.raises(ReportNotFound):
            api.open_codebook(course_key, name)


def test_list_of_files_tells_where_the_codebook_is(course_key, by, instructor, instructor_client):
    factories.make_learner(course_key)
    make(course_key, by)
    factories.make_report(course_key, instructor)
    path = f"/learner_data/api/v1/courses/{course_key}/reports/"
    profile, exported = instructor_client.get(path).json()["reports"]
    assert profile["codebook_url"] is None
    answer = instructor_client.get(exported["codebook_url"] + "?bom=1")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert content.startswith("column,label,description,source")
    assert answer["Content-Disposition"].endswith('_codebook.csv"')
