"""What the page shows and its scripts need to know, for one person and one course."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from .. import api, audit, configuration, permissions
from ..columns import words
from ..data import AuditAction as Action
from ..engagement import presets
from ..exceptions import LEAST_PURPOSE, VIEWS_AS_LEARNER
from ..export.base import Format, available_formats
from ..learners import offered_columns
from ..learners.pages import SEARCHED_ANYWHERE
from ..platform import api as platform_api
from ..reports.base import reports
from . import assets, course_facts, tabs
from .course_facts import CourseFacts
from .deanonymizing import deanonymize_context
from .js_messages import page_texts
from .schedules import schedules_context, schedules_page

FILES_PER_PAGE = 10
LEARNERS_PER_PAGE = 50
_SHOWN_AT_FIRST = ("username", "name", "email", "enrollment_mode", "cohort", "team", "grade", "last_active")
"""Columns of the table, unless the site's TICKED_COLUMNS says otherwise; the others are one click away."""

_NAMED_BY_THE_GUIDE = {("profile", "csv")}
"""Reports and formats whose button course teams read of in the guide."""

_ON_PAGE = ("key", "label", "optional", "sortable", "kept", "of_guide", "not_in")


def panel_context(user: Any, course_key: CourseKey, *, tab: str | None = None) -> dict[str, Any]:
    """Return what the Mako templates read; its ``page`` is the JSON-safe part that the scripts read as well.

    ``tab`` is the one to open, as the address names it.

    Without access it holds nothing of the course but its id, and the sentence that says which role is missing. Who sees the
    charts that are safe to share alone gets nothing besides.
    """
    held = permissions.roles_with_access(user, course_key)
    if held is None:
        if permissions.can_see_shareable_charts(user, course_key):
            return _charts_alone(user, course_key)
        views_as_learner = permissions.only_views_as_learner(user, course_key)
        return {
            "has_access": False,
            "has_charts": False,
            "course_name": str(course_key),
            "dashboard_url": "",
            "role_sentence": str(VIEWS_AS_LEARNER) if views_as_learner else role_sentence(course_key),
        }
    course, facts = api.get_course(str(course_key)), course_facts.read(course_key)
    columns = _columns(course_key, facts)
    filters = _filters(course_key, columns, facts)
    return {
        "has_access": True,
        "has_charts": True,
        "course_name": course.display_name,
        "dashboard_url": _dashboard_url(course_key),
        "page_url": _page_url(course_key),
        "tab": tabs.asked_for(tab),
        "counts": {"learners": number_format(facts.learner_count, force_grouping=True)},
        "enrolled_sentence": _enrolled_sentence(facts.learner_count),
        "no_table_sentence": _no_table_sentence(facts.learners_limit),
        "retention_sentence": _retention_sentence(configuration.days("RETENTION_DAYS", org=course.org)),
        "buttons": _buttons(),
        "offered_reports": {report.name: str(report.label) for report in reports() if report.offered_on_page},
        "report_notes": facts.report_notes,
        "columns": columns,
        "deanonymize": deanonymize_context(user, course_key, held=held),
        "schedules": schedules_context(course_key, filters),
        "page": {
            **_page(user, course_key, course.display_name),
            "files_per_page": FILES_PER_PAGE,
            "columns": [{name: column[name] for name in _ON_PAGE} for column in columns],
            "bulk_email_url": _bulk_email_url(user, course_key, held=held),
            "report_parameters": {report.name: list(report.parameters) for report in reports()},
            "filters": filters,
            "schedules": schedules_page(),
            "learners_per_page": LEARNERS_PER_PAGE,
            "least_purpose": LEAST_PURPOSE if configuration.value("REQUIRE_PURPOSE", org=course.org) else 0,
            "learner_count": facts.learner_count,
            "learners_limit": facts.learners_limit,
            "is_searched_anywhere": facts.learner_count <= SEARCHED_ANYWHERE,
            "counted_on_request": api.COUNTED_ON_REQUEST,
            "table_available": facts.learner_count < facts.learners_limit,
            "formats": {file_format.name: str(file_format.label) for file_format in _formats_on_page()},
            "reports": {report.name: str(report.label) for report in reports()},
            "actions": {str(action): str(audit.LABELS[action]) for action in (Action.DEANONYMIZED, Action.PSEUDONYMIZED)},
        },
    }


def _charts_alone(user: Any, course_key: CourseKey) -> dict[str, Any]:
    """What there is for somebody who sees the charts that are safe to share, and nothing else."""
    course = api.get_course(str(course_key))
    return {
        "has_access": False,
        "has_charts": True,
        "course_name": course.display_name,
        "dashboard_url": _dashboard_url(course_key),
        "tab": tabs.FIRST,
        "page": {**_page(user, course_key, course.display_name), "charts_alone": True},
    }


def _page(user: Any, course_key: CourseKey, course_name: str) -> dict[str, Any]:
    """What the scripts need to know for any of the panels."""
    return {
        "course_id": str(course_key),
        "course_name": course_name,
        "username": user.username,
        "language": get_language() or settings.LANGUAGE_CODE,
        "page_url": _page_url(course_key),
        "urls": _urls(course_key),
        "scripts": {"work": assets.urls(assets.LATER), "pictures": assets.urls(assets.PICTURES)},
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "csv_bom": configuration.value("CSV_BOM", org=course_key.org),
        "min_group_size": configuration.value("MIN_GROUP_SIZE", org=course_key.org),
        "role_sentence": role_sentence(course_key),
        "texts": page_texts(),
    }


def absolute_page_url(course_key: CourseKey) -> str:
    """Return the full address of a course's own page."""
    return platform_api.lms_root_url() + _page_url(course_key)


def _page_url(course_key: CourseKey) -> str:
    return reverse("learner_data_plugin:page", kwargs={"course_id": str(course_key)})


def role_sentence(course_key: CourseKey) -> str:
    """Return the sentence that says which roles see learner data here, and who gives them."""
    names = role_names()
    allowed = [names[role] for role in configuration.value("ROLES", org=course_key.org)]
    if not allowed:
        return _("On this site only its operators see learner data. Please ask them for what you need.")
    return _(
        "To see learner data you need one of these roles in this course: {roles}. Someone with the Admin role in this course "
        "can give it to you, on the Membership tab of the instructor dashboard; otherwise ask the site's operators."
    ).format(roles=", ".join(allowed))


def _columns(course_key: CourseKey, facts: CourseFacts) -> list[dict[str, Any]]:
    """The columns that the table can have, those first that it has unless somebody chooses others."""
    there = offered_columns.offered_columns(course_key, switched_on=facts.switched_on)
    offered = (*there, *offered_columns.optional_columns(course_key))
    ticked = configuration.value("TICKED_COLUMNS", org=course_key.org)
    choosing = [report for report in reports() if "columns" in report.parameters]
    return [
        {
            "key": column.key,
            "label": str(column.label),
            "description": str(column.description),
            "kept_for_compatibility": column.kept_for_compatibility,
            "optional": column.key not in (_SHOWN_AT_FIRST if ticked is None else ticked),
            "sortable": isinstance(column.path, str),
            "kept": column.kept_for_compatibility or column.key == "id",
            "of_guide": not column.optional,
            "not_in": [report.name for report in choosing if not report.takes_column(column)],
        }
        for column in {column.key: column for column in reversed(offered)}.values()
    ][::-1]


def _filters(
    course_key: CourseKey, columns: list[dict[str, Any]], facts: CourseFacts
) -> dict[str, list[tuple[str, str]]]:
    """The values, with their labels, by which the table can be filtered; activity last."""
    choices: dict[str, list[tuple[str, str]]] = {
        name: [(value, words.words(name, [value]).get(value, value)) for value in values]
        for name, values in api.list_filters(
            course_key, columns=[column["key"] for column in columns], tracks=facts.tracks
        ).items()
    }
    if tracks := choices.get("enrollment_mode"):
        names = platform_api.track_names(course_key) if facts.track_names is None else facts.track_names
        choices["enrollment_mode"] = [(slug, words.track_name(slug, names)) for slug, _word in tracks]
    return {**choices, "activity": [(preset, str(presets.LABELS[preset])) for preset in presets.offered(course_key.org)]}


def role_names() -> dict[str, str]:
    """What the roles are called for people."""
    return {
        "staff": _("Staff"),
        "instructor": _("Admin"),
        "limited_staff": _("Limited Staff"),
        "data_researcher": _("Course Data Researcher"),
        "global_staff": _("Global staff"),
    }


def _buttons() -> list[dict[str, str]]:
    """The buttons of the tab Reports that the guide names; the form beside them has every report in each format."""
    return [
        {"report": report.name, "format": file_format.name, "label": report.button_label(file_format)}
        for report in reports()
        for file_format in _formats_on_page()
        if (report.name, file_format.name) in _NAMED_BY_THE_GUIDE
    ]


def _formats_on_page() -> list[Format]:
    return [file_format for file_format in available_formats() if file_format.offered_on_page]


def _enrolled_sentence(count: int) -> str:
    return ngettext(
        "{count} person is enrolled right now.", "{count} people are enrolled right now.", count
    ).format(count=number_format(count, force_grouping=True))


def _no_table_sentence(limit: int) -> str:
    return _(
        "The table shows {number} at a time; in courses with fewer than {limit} people enrolled it shows everyone."
    ).format(limit=limit, number=LEARNERS_PER_PAGE)


def _retention_sentence(days: int) -> str:
    if not days:
        return ""
    return ngettext(
        "Files are deleted after {days} day.", "Files are deleted after {days} days.", days
    ).format(days=days)


def _urls(course_key: CourseKey) -> dict[str, str]:
    names = (
        "learners", "details", "presets", "views", "reports", "tasks", "anonymized_ids", "overview", "statistics",
        "pseudonymize", "verify", "deanonymize", "deanonymize_preview", "name_requests", "schedules",
    )  # fmt: skip
    urls = {name: reverse(f"learner_data_plugin:{name}", kwargs={"course_id": str(course_key)}) for name in names}
    return {**urls, "sign_in": str(settings.LOGIN_URL), "world_map": static("learner_data_plugin/map/world.json")}


def _bulk_email_url(user: Any, course_key: CourseKey, *, held: frozenset[str]) -> str:
    """The platform has its bulk email tool for staff of the course alone, not for data researchers."""
    return platform_api.bulk_email_url(course_key) if permissions.is_course_staff(user, held) else ""


def _dashboard_url(course_key: CourseKey) -> str:
    try:
        return reverse("instructor_dashboard", kwargs={"course_id": str(course_key)})
    except NoReverseMatch:
        return ""
