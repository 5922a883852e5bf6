"""Pages that the stand-in has of its own: the list of courses, a learner's progress, and signing out."""

from __future__ import annotations

from common.djangoapps.edxmako.shortcuts import render_to_response
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods
from opaque_keys.edx.keys import CourseKey
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

from lms.djangoapps.grades.models import PersistentCourseGrade


def course_list(request: HttpRequest) -> HttpResponse:
    """Show every course with links to its dashboard."""
    return render_to_response("courses.html", {"courses": CourseOverview.objects.order_by("id")})


@login_required
def progress(request: HttpRequest, course_id: str, student_id: str) -> HttpResponse:
    """Say whose progress the platform would show here: to the learner and to the course team."""
    course_key = CourseKey.from_string(course_id)
    learner = get_object_or_404(User, pk=int(student_id) if student_id.isdecimal() else 0)
    if request.user != learner and not request.user.has_perm("instructor.dashboard", course_key):
        raise Http404
    grade = PersistentCourseGrade.objects.filter(course_id=course_key, user_id=learner.pk).first()
    context = {"learner": learner, "percent": None if grade is None else round(100 * grade.percent_grade)}
    return render_to_response("progress.html", context)


@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out, by link as on the platform or by form."""
    logout(request)
    return HttpResponseRedirect("/")
