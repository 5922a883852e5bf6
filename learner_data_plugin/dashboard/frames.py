"""The frame around our pages.

It is the platform's own, ours where the platform has none any more, or next to nothing inside the new instructor dashboard.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, get_language_bidi
from opaque_keys.edx.keys import CourseKey

from ..platform import api as platform_api
from ..platform import frontends, sites

TAB_ID = "learner_data"
"""The tab of the new instructor dashboard, and with it the end of its address."""

OWN = "/learner_data_plugin/frames/own.html"
EMBEDDED = "/learner_data_plugin/frames/embedded.html"


def is_embedded(request: HttpRequest) -> bool:
    """Whether a page is asked for that is to stand inside the new instructor dashboard."""
    return request.GET.get("embedded") == "1"


def render(
    request: HttpRequest, template: str, values: dict[str, Any], *, org: str = "", embedded: bool = False
) -> HttpResponse:
    """Answer a page in its frame. An ``embedded`` one may be framed by the new instructor dashboard, and by nobody else."""
    frame = {**_frame(request, org), "template": EMBEDDED if embedded else _standing_alone()}
    response = platform_api.render_to_response(template, {**values, "frame": frame})
    if embedded:
        _let_dashboard_frame(response)
    return response


def return_url(course_key: CourseKey | str) -> str:
    """Where somebody comes back to who had to leave the embedded page; empty where the site has no such dashboard."""
    return frontends.instructor_dashboard_url(course_key, TAB_ID)


def _standing_alone() -> str:
    return frontends.PAGE_FRAME if frontends.has_page_frame() else OWN


def _frame(request: HttpRequest, org: str) -> dict[str, Any]:
    """What our own two frames show; the platform's has its own means."""
    return {
        "language": get_language() or settings.LANGUAGE_CODE,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "site_name": str(sites.values_for(org).first("platform_name") or settings.PLATFORM_NAME),
        "username": request.user.get_username(),
        "sign_out_url": _sign_out_url(),
        "dashboard_origin": frontends.instructor_dashboard_origin(),
    }


def _sign_out_url() -> str:
    try:
        return reverse("logout")
    except NoReverseMatch:
        return ""


def _let_dashboard_frame(response: Any) -> None:
    """Allow the origin of the new instructor dashboard to frame this answer, and nobody else.

    The site's own policy, where it has one, is enforced beside this one. ``X-Frame-Options``, which knows no other origin than
    that of the page itself, stays where there is no dashboard.
    """
    origin = frontends.instructor_dashboard_origin()
    response.headers["Content-Security-Policy"] = "frame-ancestors " + (origin or "'none'")
    response.xframe_options_exempt = origin != ""
