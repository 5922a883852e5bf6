"""Pages that the stand-in has of its own: the list of courses, and signing out."""

from __future__ import annotations

from common.djangoapps.edxmako.shortcuts import render_to_response
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview


def course_list(request: HttpRequest) -> HttpResponse:
    """Show every course with links to its dashboard."""
    return render_to_response("courses.html", {"courses": CourseOverview.objects.order_by("id")})


@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out, by link as on the platform or by form."""
    logout(request)
    return HttpResponseRedirect("/")
