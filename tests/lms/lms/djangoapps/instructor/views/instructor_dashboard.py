"""The legacy instructor dashboard, with a few small sections of its own."""

from __future__ import annotations

from typing import Any

from common.djangoapps.edxmako.shortcuts import render_to_response
from common.djangoapps.student.models import CourseAccessRole, CourseEnrollment
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, HttpResponseServerError
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import ensure_csrf_cookie
from edx_django_utils.plugins import get_plugins_view_context
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey
from openedx.core.djangoapps.plugins.constants import ProjectType
from openedx.core.lib.courses import get_course_by_id
from openedx_filters.learning.filters import InstructorDashboardRenderStarted

from lms.djangoapps.bulk_email.models_api import is_bulk_email_feature_enabled
from lms.djangoapps.courseware.access import has_access
from lms.djangoapps.instructor import permissions
from lms.djangoapps.instructor.constants import INSTRUCTOR_DASHBOARD_PLUGIN_VIEW_NAME
from lms.djangoapps.instructor_task.models import ReportStore

TEMPLATE = "instructor/instructor_dashboard_2/instructor_dashboard_2.html"


@ensure_csrf_cookie
@cache_control(no_cache=True, no_store=True, must_revalidate=True)
def instructor_dashboard_2(request: HttpRequest, course_id: str) -> HttpResponse:
    """Show the dashboard of a course; 404 for those who may not see it, 500 for a malformed course id."""
    try:
        course_key = CourseKey.from_string(course_id)
    except InvalidKeyError:
        return HttpResponseServerError()
    if course_key.deprecated:
        raise Http404
    course = get_course_by_id(course_key, depth=None)
    if not request.user.has_perm(permissions.VIEW_DASHBOARD, course_key):
        raise Http404
    context = {
        "course": course,
        "sections": _sections(request.user, course_key),
        "studio_url": None,
        "disable_buttons": not CourseEnrollment.objects.is_small_course(course_key),
        "analytics_dashboard_message": None,
        "certificate_allowlist": [],
        "certificate_invalidations": [],
        "generate_certificate_exceptions_url": "",
        "generate_bulk_certificate_exceptions_url": "",
        "certificate_exception_view_url": "",
        "certificate_invalidation_view_url": "",
        "xqa_server": settings.FEATURES.get("XQA_SERVER", ""),
    }
    context.update(get_plugins_view_context(ProjectType.LMS, INSTRUCTOR_DASHBOARD_PLUGIN_VIEW_NAME, context))
    try:
        context, template = InstructorDashboardRenderStarted.run_filter(context=context, template_name=TEMPLATE)
    except InstructorDashboardRenderStarted.RenderInvalidDashboard as instead:
        return render_to_response(instead.instructor_template, instead.template_context)
    except InstructorDashboardRenderStarted.RedirectToPage as instead:
        return HttpResponseRedirect(instead.redirect_to)
    except InstructorDashboardRenderStarted.RenderCustomResponse as instead:
        return instead.response
    return render_to_response(template, context)


def _sections(user: Any, course_key: CourseKey) -> list[dict[str, Any]]:
    sections = []
    if has_access(user, "staff", course_key):
        sections += [_course_info(course_key), _membership(course_key)]
    if user.has_perm(permissions.CAN_RESEARCH, course_key):
        sections.append(_data_download(course_key))
    if is_bulk_email_feature_enabled(course_key) and has_access(user, "staff", course_key):
        sections.append({"section_key": "send_email", "section_display_name": _("Email")})
    return sections


def _course_info(course_key: CourseKey) -> dict[str, Any]:
    return {
        "section_key": "course_info",
        "section_display_name": _("Course Info"),
        "course_id": str(course_key),
        "enrollment_count": dict(CourseEnrollment.objects.enrollment_counts(course_key)),
    }


def _membership(course_key: CourseKey) -> dict[str, Any]:
    team = CourseAccessRole.objects.filter(course_id=course_key).order_by("role", "user__username")
    return {
        "section_key": "membership",
        "section_display_name": _("Membership"),
        "team": list(team.values_list("role", "user__username")),
    }


def _data_download(course_key: CourseKey) -> dict[str, Any]:
    return {
        "section_key": "data_download",
        "section_display_name": _("Data Download"),
        "downloads": ReportStore.from_config("GRADES_DOWNLOAD").links_for(course_key),
    }
