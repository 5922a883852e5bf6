"""The page on which learners read who was given their data."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from .. import api, configuration
from ..audit import LABELS
from ..columns.base import CATALOGUE
from ..data import AuditAction, LearnerDisclosure
from ..exceptions import CourseNotFound
from ..privacy import disclosures
from ..reports.base import reports
from . import frames
from .context import role_names

TEMPLATE = "learner_data_plugin/my_data.html"
PER_PAGE = 50


@require_safe
@login_required
@cache_control(no_cache=True, no_store=True, must_revalidate=True, private=True)
def my_data_page(request: HttpRequest) -> HttpResponse:
    """Show a learner which files held their data, newest first; 404 where no site of theirs has DISCLOSURES_PAGE on."""
    user_id: Any = request.user.pk
    course_keys = [
        key for key in disclosures.courses_of(user_id) if configuration.value("DISCLOSURES_PAGE", org=key.org)
    ]
    if not course_keys and not configuration.value("DISCLOSURES_PAGE"):
        raise Http404
    held = disclosures.held_in(user_id, course_keys)
    page = Paginator(held.numbers, PER_PAGE).get_page(request.GET.get("page"))
    names: dict[Any, str] = {}
    rows = [_row(disclosure, names) for disclosure in disclosures.describe(page.object_list)]
    shown = {"rows": rows, "page": page, "unsearchable": held.unsearchable}
    return frames.render(request, TEMPLATE, {"shown": shown, "page_title": _("Who was given my data")})


def _row(disclosure: LearnerDisclosure, names: dict[Any, str]) -> dict[str, Any]:
    """What a learner reads of one file, in words; whose account it was stays with the privacy officer."""
    key = disclosure.course_key
    if key not in names:
        names[key] = _course_name(key)
    return {
        "course": names[key],
        "what": _what(disclosure.what),
        "created": date_format(localtime(disclosure.created), "DATETIME_FORMAT"),
        "columns": ", ".join(str(CATALOGUE[key].label) if key in CATALOGUE else key for key in disclosure.columns),
        "role": role_names().get(disclosure.role, _("not known")),
        "purpose": disclosure.purpose or _("not stated"),
        "downloads": disclosure.downloads,
    }


def _what(what: str) -> str:
    labels = {report.name: report.label for report in reports()} | {str(action): LABELS[action] for action in _AT_ONCE}
    return str(labels.get(what, what))


_AT_ONCE = (AuditAction.DEANONYMIZED, AuditAction.PSEUDONYMIZED)


def _course_name(course_key: Any) -> str:
    try:
        return api.get_course(str(course_key)).display_name
    except CourseNotFound:
        return str(course_key)
