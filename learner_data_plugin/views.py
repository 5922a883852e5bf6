"""The stand-alone page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from . import api, audit, page, platform_api
from .actors import actor_of
from .exceptions import CourseNotFound

TEMPLATE = "learner_data_plugin/page.html"


@require_safe
@login_required
@ensure_csrf_cookie
@cache_control(no_cache=True, no_store=True, must_revalidate=True, private=True)
def learner_data_page(request: HttpRequest, course_id: str) -> HttpResponse:
    """Show the panels of a course on a page of their own: 404 without such a course, 403 with the reason without the role."""
    try:
        course = api.get_course(course_id)
    except CourseNotFound as error:
        raise Http404(str(error)) from None
    panel = page.panel_context(request.user, course.key)
    if not panel["has_access"]:
        audit.record_refusal(course.key, by=actor_of(request), detail="page")
    response = platform_api.render_to_response(TEMPLATE, {"panel": panel, "page_title": _("Learner Data")})
    response.status_code = 200 if panel["has_access"] else 403
    return response
