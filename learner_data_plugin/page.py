"""What the page shows and its scripts need to know, for one person and one course."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from . import api, column_choice, configuration, permissions, platform_api
from .page_texts import page_texts

FILES_PER_PAGE = 10

VIEWS_AS_LEARNER = gettext_lazy(
    "You are viewing this course as a learner, and learners see no learner data. Choose to view the course as Staff again to "
    "see it."
)


def panel_context(user: Any, course_key: CourseKey) -> dict[str, Any]:
    """Return what the Mako templates read; its ``page`` is the JSON-safe part that the scripts read as well.

    Without access it holds nothing of the course but its id, and the sentence that says which role is missing.
    """
    role_needed = role_sentence(course_key)
    if not permissions.can_access_learner_data(user, course_key):
        if permissions.only_views_as_learner(user, course_key):
            role_needed = str(VIEWS_AS_LEARNER)
        return {"has_access": False, "course_name": str(course_key), "dashboard_url": "", "role_sentence": role_needed}
    course, state = api.get_course(str(course_key)), api.describe_course(course_key)
    return {
        "has_access": True,
        "course_name": course.display_name,
        "dashboard_url": _dashboard_url(course_key),
        "page_url": reverse("learner_data_plugin:page", kwargs={"course_id": str(course_key)}),
        "enrolled_sentence": _enrolled_sentence(state.learner_count),
        "no_table_sentence": _no_table_sentence(state.learners_limit),
        "retention_sentence": _retention_sentence(configuration.value("RETENTION_DAYS", org=course.org)),
        "columns": [
            {
                "key": column.key,
                "label": str(column.label),
                "description": str(column.description),
                "kept_for_compatibility": column.kept_for_compatibility,
            }
            for column in column_choice.offered_columns(course_key)
        ],
        "page": {
            "course_id": str(course_key),
            "username": user.username,
            "language": get_language() or settings.LANGUAGE_CODE,
            "urls": _urls(course_key),
            "csrf_cookie": settings.CSRF_COOKIE_NAME,
            "csv_bom": configuration.value("CSV_BOM", org=course.org),
            "files_per_page": FILES_PER_PAGE,
            "learner_count": state.learner_count,
            "learners_limit": state.learners_limit,
            "table_available": state.table_available,
            "formats": [str(file_format) for file_format in state.formats],
            "role_sentence": role_needed,
            "texts": page_texts(),
        },
    }


def absolute_page_url(course_key: CourseKey) -> str:
    """Return the full address of a course's own page."""
    return platform_api.lms_root_url() + reverse("learner_data_plugin:page", kwargs={"course_id": str(course_key)})


def role_sentence(course_key: CourseKey) -> str:
    """Return the sentence that says which roles see learner data here, and who gives them."""
    names = {
        "staff": _("Staff"),
        "instructor": _("Admin"),
        "limited_staff": _("Limited Staff"),
        "data_researcher": _("Course Data Researcher"),
    }
    allowed = [names[role] for role in configuration.value("ROLES", org=course_key.org)]
    if not allowed:
        return _("On this site only its operators see learner data. Please ask them for what you need.")
    return _(
        "To see learner data you need one of these roles in this course: {roles}. Someone with the Admin role in this course "
        "can give it to you, on the Membership tab of the instructor dashboard; otherwise ask the site's operators."
    ).format(roles=", ".join(allowed))


def _enrolled_sentence(count: int) -> str:
    return ngettext(
        "{count} person is enrolled right now.", "{count} people are enrolled right now.", count
    ).format(count=number_format(count, force_grouping=True))


def _no_table_sentence(limit: int) -> str:
    return _(
        "A table on this page is offered for courses with fewer than {limit} people enrolled. For this course, generate a "
        "report instead."
    ).format(limit=limit)


def _retention_sentence(days: int) -> str:
    if not days:
        return ""
    return ngettext(
        "Files are deleted {days} day after they were made.", "Files are deleted {days} days after they were made.", days
    ).format(days=days)


def _urls(course_key: CourseKey) -> dict[str, str]:
    names = ("learners", "reports", "tasks", "anonymized_ids", "statistics")
    urls = {name: reverse(f"learner_data_plugin:{name}", kwargs={"course_id": str(course_key)}) for name in names}
    return {**urls, "sign_in": str(settings.LOGIN_URL)}


def _dashboard_url(course_key: CourseKey) -> str:
    try:
        return reverse("instructor_dashboard", kwargs={"course_id": str(course_key)})
    except NoReverseMatch:
        return ""
