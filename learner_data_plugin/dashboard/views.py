"""The page of a course: on its own, and inside the new instructor dashboard."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from .. import api, audit
from ..audit import actor_of
from ..exceptions import CourseNotFound
from . import context, frames

TEMPLATE = "learner_data_plugin/page.html"
SIGNED_OUT = "learner_data_plugin/signed_out.html"


@require_safe
@ensure_csrf_cookie
@cache_control(no_cache=True, no_store=True, must_revalidate=True, private=True)
def learner_data_page(request: HttpRequest, course_id: str) -> HttpResponse:
    """Show the panels of a course on a page of their own: 404 without such a course, 403 with the reason without the role.

    ``?embedded=1`` leaves the frame out, for the new instructor dashboard; there somebody who is not signed in reads so (401),
    since no form to sign in can be shown inside it.
    """
    embedded = frames.is_embedded(request)
    if not request.user.is_authenticated:
        return _signed_out(request, course_id) if embedded else redirect_to_login(request.get_full_path())
    try:
        course = api.get_course(course_id)
    except CourseNotFound as error:
        raise Http404(str(error)) from None
    panel = context.panel_context(request.user, course.key, tab=request.GET.get("tab"))
    if not panel["has_charts"]:
        audit.record_refusal(course.key, by=actor_of(request), detail="page")
    elif embedded:
        panel["page"] |= {"embedded": True, "return_url": frames.return_url(course.key)}
    values = {"panel": panel, "page_title": _("Learner Data")}
    response = frames.render(request, TEMPLATE, values, org=course.org, embedded=embedded)
    response.status_code = 200 if panel["has_charts"] else 403
    return response


def _signed_out(request: HttpRequest, course_id: str) -> HttpResponse:
    """The way to sign in, and back to the dashboard; the same for courses that there are and those that there are not."""
    sign_in = f"{settings.LOGIN_URL}?{urlencode({'next': frames.return_url(course_id) or request.path})}"
    response = frames.render(request, SIGNED_OUT, {"sign_in_url": sign_in, "page_title": _("Learner Data")}, embedded=True)
    response.status_code = 401
    return response
