"""What stands for the new instructor dashboard: a page that asks the LMS for the tabs, and frames what plugins have in theirs.

The real one is a micro-frontend at an address of its own. Here the same web server answers on a second port, which makes it
another origin; nothing of the session is used.
"""

from __future__ import annotations

from pathlib import Path

from common.djangoapps.edxmako.shortcuts import render_to_response
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.clickjacking import xframe_options_exempt

TEMPLATE = "instructor/new_dashboard.html"


@xframe_options_exempt  # a micro-frontend is a static file, which nothing protects
def new_instructor_dashboard(request: HttpRequest, course_id: str, tab_id: str | None = None) -> HttpResponse:
    """Show the dashboard of a course with one of its tabs open; the site of micro-frontends where the demo was given one."""
    if settings.DASHBOARD_SITE:
        return HttpResponse((Path(settings.DASHBOARD_SITE) / "index.html").read_text(encoding="utf-8"))
    frontend = {"lms": settings.LMS_ROOT_URL, "course": course_id, "tab": tab_id or "course_info"}
    return render_to_response(TEMPLATE, {"frontend": frontend})


def frontend_site_config(request: HttpRequest) -> JsonResponse:
    """Answer what micro-frontends ask for when they start; the platform has it in FRONTEND_SITE_CONFIG."""
    return JsonResponse({"lmsBaseUrl": settings.LMS_ROOT_URL, "commonAppConfig": {}})
