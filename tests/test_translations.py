"""The texts of the plugin in Spanish and Arabic, and what stays as it is in every language."""

from __future__ import annotations

import ast
import csv
import gettext
import io
import json
import re
from pathlib import Path

import pytest
from django.utils import translation

import learner_data_plugin

from . import factories
from .reading import page_data
from .rest_api.paths import api_path

LOCALE = Path(learner_data_plugin.__file__).parent / "locale"
PLURALS = {"ar": (0, 1, 2, 3, 11, 100), "es": (1, 2)}
"""A number for each plural form of a language, in the order of the forms in its catalog."""

SPANISH = {"HTTP_ACCEPT_LANGUAGE": "es"}
in_each_language = pytest.mark.parametrize("language", PLURALS)


@pytest.fixture(autouse=True)
def _language_ends_with_the_test():
    """The platform's middleware settles the language of the thread, which the next test has as well."""
    with translation.override(translation.get_language()):
        yield


def catalog_of(language):
    return LOCALE / language / "LC_MESSAGES/django.po"


def read_catalog(language):
    """Return ``{(context, text, its plural): translations}`` of the source of a catalog, and how often it says "fuzzy"."""
    entries, flags = {}, 0
    for block in catalog_of(language).read_text(encoding="utf-8").split("\n\n")[1:]:
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


def test_every_catalog_is_looked_at():
    assert {path.name for path in LOCALE.iterdir()} == set(PLURALS)


@in_each_language
def test_every_text_is_translated_and_nothing_is_a_guess(language):
    entries, fuzzy = read_catalog(language)
    forms = len(PLURALS[language])

    assert len(entries) > 250
    assert [key for key, translations in entries.items() if not all(translations)] == []
    assert [key for key, translations in entries.items() if len(translations) != (forms if key[2] else 1)] == []
    assert fuzzy == 0


@in_each_language
def test_translations_have_the_places_of_the_text(language):
    def places(text):
        return sorted(re.findall(r"\{\w*\}|%\(\w+\)[a-z]|%[ds]", text))

    entries, _ = read_catalog(language)

    assert [(text, wrong) for (_, text, _), texts in entries.items() for wrong in texts if places(wrong) != places(text)] == []


@in_each_language
def test_compiled_catalog_is_the_source(language):
    with catalog_of(language).with_suffix(".mo").open("rb") as compiled:
        catalog = gettext.GNUTranslations(compiled)
    entries, _ = read_catalog(language)

    for (context, text, plural), translations in entries.items():
        if plural:
            assert [catalog.ngettext(text, plural, number) for number in PLURALS[language]] == translations
        else:
            assert [catalog.pgettext(context, text) if context else catalog.gettext(text)] == translations


@pytest.mark.parametrize(
    ("language", "notice", "shown"),
    [
        ("es", "Información personal: solo para el equipo del curso.", "Se muestran {shown} de {count} estudiantes"),
        ("es-419", "Información personal: solo para el equipo del curso.", "Se muestran {shown} de {count} estudiantes"),
        ("ar", "معلومات شخصية: لفريق المساق فقط.", "يُعرض {shown} من {count} من المتعلمين"),
    ],
)
def test_page_is_in_the_language_of_the_reader(course_key, instructor_client, language, notice, shown):
    answer = instructor_client.get(f"/learner_data/courses/{course_key}/", HTTP_ACCEPT_LANGUAGE=language)
    text = answer.content.decode()
    assert notice in text
    assert "Personal information: for the course team only." not in text
    page = page_data(answer)
    assert page["language"].startswith(language[:2])
    assert page["texts"]["table_shown"] == shown


def test_one_reader_does_not_settle_the_language_of_the_next(course_key, instructor_client):
    path = f"/learner_data/courses/{course_key}/"

    assert "personas inscritas" in instructor_client.get(path, **SPANISH).content.decode()
    assert "people are enrolled" in instructor_client.get(path, HTTP_ACCEPT_LANGUAGE="en").content.decode()


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("es", "No tiene en este curso ningún rol que le permita ver los datos de sus estudiantes."),
        ("ar", "ليس لك في هذا المساق دور يتيح لك رؤية بيانات متعلميه."),
    ],
)
def test_refusal_of_the_api_is_in_the_language_of_the_reader(course_key, sign_in, language, message):
    client = sign_in(factories.make_learner(course_key))
    answer = client.get(api_path(course_key, "learners/"), HTTP_ACCEPT_LANGUAGE=language)

    assert answer.json() == {"error_code": "permission_denied", "developer_message": message}


@pytest.fixture
def cohort_course(db):
    """A course with cohorts, in which nobody is in one."""
    course_key = factories.make_course(cohorts=True)
    factories.make_cohort(course_key, "Uno")
    return course_key


@pytest.fixture
def cohort_client(cohort_course, sign_in):
    return sign_in(factories.make_team_member("instructor", cohort_course))


@pytest.mark.parametrize(("language", "label"), [("es", "Cohorte"), ("ar", "المجموعة")])
def test_values_of_the_data_stay_as_they_are(cohort_course, cohort_client, language, label):
    factories.verify(factories.make_learner(cohort_course, "zoe", mode="verified"))

    answer = cohort_client.get(api_path(cohort_course, "learners/"), HTTP_ACCEPT_LANGUAGE=language).json()

    assert {"key": "cohort", "label": label} in answer["columns"]
    [learner] = answer["learners"]
    assert (learner["cohort"], learner["verification_status"]) == ("[unassigned]", "ID Verified")


@in_each_language
def test_heading_and_cells_of_a_report_stay_as_they_are(cohort_course, cohort_client, language):
    accepted = {"HTTP_ACCEPT_LANGUAGE": language}
    factories.make_learner(cohort_course, "zoe", mode="verified")

    with translation.override(language):
        cohort_client.post(
            api_path(cohort_course, "reports/"),
            {"report": "profile", "format": "csv"},
            content_type="application/json",
            **accepted,
        )
        [file] = cohort_client.get(api_path(cohort_course, "reports/"), **accepted).json()["reports"]
        content = b"".join(cohort_client.get(file["url"], **accepted).streaming_content).decode()

    [row] = csv.DictReader(io.StringIO(content, newline=""))
    assert list(row)[:4] == ["id", "username", "name", "email"]
    assert (row["cohort"], row["verification_status"]) == ("[unassigned]", "Not ID Verified")


def test_chart_keeps_spaces_that_do_not_break(course_key, instructor_client):
    factories.make_learners(course_key, 20)

    answer = instructor_client.get(api_path(course_key, "statistics/"), **SPANISH).json()

    assert "20 (100\u00a0%)" in json.dumps(answer, ensure_ascii=False)
