"""The texts of the plugin in Spanish, and what stays as it is in every language."""

from __future__ import annotations

import ast
import csv
import gettext
import html
import io
import json
import re
from pathlib import Path

import pytest
from django.utils import translation

import learner_data_plugin

from . import factories
from .rest_api.paths import api_path

CATALOG = Path(learner_data_plugin.__file__).parent / "locale/es/LC_MESSAGES/django.po"
SPANISH = {"HTTP_ACCEPT_LANGUAGE": "es"}


@pytest.fixture(autouse=True)
def _language_ends_with_the_test():
    """The platform's middleware settles the language of the thread, which the next test has as well."""
    with translation.override(translation.get_language()):
        yield


def read_catalog():
    """Return ``{(context, text, its plural): translations}`` of the source of the catalog, and how often it says "fuzzy"."""
    entries, flags = {}, 0
    for block in CATALOG.read_text(encoding="utf-8").split("\n\n")[1:]:
        flags += len(re.findall(r"^#, .*fuzzy", block, re.MULTILINE))
        fields, name = {}, ""
        for line in block.splitlines():
            if found := re.match(r'(msg\S+)? ?(".*")$', line):
                name = found[1] or name
                fields[name] = fields.get(name, "") + ast.literal_eval(found[2])
        if fields:
            translations = [text for name, text in fields.items() if name.startswith("msgstr")]
            entries[fields.get("msgctxt"), fields["msgid"], fields.get("msgid_plural")] = translations
    return entries, flags


def test_every_text_is_translated_and_nothing_is_a_guess():
    entries, fuzzy = read_catalog()

    assert len(entries) > 250
    assert [key for key, translations in entries.items() if not all(translations)] == []
    assert [key for key, translations in entries.items() if len(translations) != (2 if key[2] else 1)] == []
    assert fuzzy == 0


def test_translations_have_the_places_of_the_text():
    def places(text):
        return sorted(re.findall(r"\{\w*\}", text))

    entries, _ = read_catalog()

    assert [(text, wrong) for (_, text, _), texts in entries.items() for wrong in texts if places(wrong) != places(text)] == []


def test_compiled_catalog_is_the_source():
    with CATALOG.with_suffix(".mo").open("rb") as compiled:
        catalog = gettext.GNUTranslations(compiled)
    entries, _ = read_catalog()

    for (context, text, plural), translations in entries.items():
        if plural:
            assert [catalog.ngettext(text, plural, number) for number in (1, 2)] == translations
        else:
            assert [catalog.pgettext(context, text) if context else catalog.gettext(text)] == translations


@pytest.mark.parametrize("language", ["es", "es-419"])
def test_page_is_in_the_language_of_the_reader(course_key, instructor_client, language):
    text = instructor_client.get(f"/learner_data/courses/{course_key}/", HTTP_ACCEPT_LANGUAGE=language).content.decode()

    assert "El trabajo con información personal" in text
    assert "Working with personal information" not in text
    page = json.loads(html.unescape(re.search(r'data-learner-data="([^"]*)"', text)[1]))
    assert page["language"].startswith("es")
    assert page["texts"]["table_shown"] == "Estudiantes mostrados: {shown} de {count}"


def test_one_reader_does_not_settle_the_language_of_the_next(course_key, instructor_client):
    path = f"/learner_data/courses/{course_key}/"

    assert "personas inscritas" in instructor_client.get(path, **SPANISH).content.decode()
    assert "people are enrolled" in instructor_client.get(path, HTTP_ACCEPT_LANGUAGE="en").content.decode()


def test_refusal_of_the_api_is_in_the_language_of_the_reader(course_key, sign_in):
    answer = sign_in(factories.make_learner(course_key)).get(api_path(course_key, "learners/"), **SPANISH)

    assert answer.json() == {
        "error_code": "permission_denied",
        "developer_message": "No tiene en este curso ningún rol que le permita ver los datos de sus estudiantes.",
    }


@pytest.fixture
def cohort_course(db):
    """A course with cohorts, in which nobody is in one."""
    course_key = factories.make_course(cohorts=True)
    factories.make_cohort(course_key, "Uno")
    return course_key


@pytest.fixture
def cohort_client(cohort_course, sign_in):
    return sign_in(factories.make_team_member("instructor", cohort_course))


def test_values_of_the_data_stay_as_they_are(cohort_course, cohort_client):
    factories.verify(factories.make_learner(cohort_course, "zoe", mode="verified"))

    answer = cohort_client.get(api_path(cohort_course, "learners/"), **SPANISH).json()

    assert {"key": "cohort", "label": "Cohorte"} in answer["columns"]
    [learner] = answer["learners"]
    assert (learner["cohort"], learner["verification_status"]) == ("[unassigned]", "ID Verified")


def test_heading_and_cells_of_a_report_stay_as_they_are(cohort_course, cohort_client):
    factories.make_learner(cohort_course, "zoe", mode="verified")

    with translation.override("es"):
        cohort_client.post(
            api_path(cohort_course, "reports/"),
            {"report": "profile", "format": "csv"},
            content_type="application/json",
            **SPANISH,
        )
        [file] = cohort_client.get(api_path(cohort_course, "reports/"), **SPANISH).json()["reports"]
        content = b"".join(cohort_client.get(file["url"], **SPANISH).streaming_content).decode()

    [row] = csv.DictReader(io.StringIO(content, newline=""))
    assert list(row)[:4] == ["id", "username", "name", "email"]
    assert (row["cohort"], row["verification_status"]) == ("[unassigned]", "Not ID Verified")


def test_chart_keeps_spaces_that_do_not_break(course_key, instructor_client):
    factories.make_learners(course_key, 20)

    answer = instructor_client.get(api_path(course_key, "statistics/"), **SPANISH).json()

    assert "20 (100\u00a0%)" in json.dumps(answer, ensure_ascii=False)
