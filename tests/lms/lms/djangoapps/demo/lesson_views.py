"""The pages of a lesson, at the addresses of the platform: its video and its problems, and what the tracker is told of them."""

from __future__ import annotations

import json
from typing import Any

from common.djangoapps.edxmako.shortcuts import render_to_response
from common.djangoapps.student.models import CourseEnrollment
from completion.models import BlockCompletion
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST
from eventtracking import tracker
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey, UsageKey
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview
from xmodule.capa_block import ProblemBlock

from lms.djangoapps.courseware.access import has_access
from lms.djangoapps.courseware.models import StudentModule

from .lessons import find_problem, lessons_of


@require_GET
@login_required
def course_home(request: HttpRequest, course_id: str) -> HttpResponse:
    """Lead to the latest lesson."""
    course_key = _course_of(request, course_id)
    return HttpResponseRedirect(lessons_of(course_key)[-1].path)


@require_GET
@ensure_csrf_cookie
@login_required
def lesson(request: HttpRequest, course_id: str, chapter: str, section: str) -> HttpResponse:
    """Show a lesson with what the learner has answered so far."""
    course_key = _course_of(request, course_id)
    lessons = lessons_of(course_key)
    shown = next((one for one in lessons if (one.chapter, one.section) == (chapter, section)), None)
    if shown is None:
        raise Http404
    states = StudentModule.objects.filter(student=request.user, course_id=course_key, module_type="problem")
    saved = {key: json.loads(state or "{}") for key, state in states.values_list("module_state_key", "state")}
    context = {
        "course": CourseOverview.get_from_id(course_key),
        "lesson": shown,
        "before": lessons[shown.number - 2] if shown.number > 1 else None,
        "after": lessons[shown.number] if shown.number < len(lessons) else None,
        "states": {problem.location: saved.get(problem.location, {}) for problem in shown.problems},
    }
    return render_to_response("courseware/lesson.html", context, request=request)


@require_POST
def handle_xblock_callback(request: HttpRequest, course_id: str, usage_id: str) -> HttpResponse:
    """Grade an answer, keep the learner's state with its history and completion, and tell the tracker, as the platform does."""
    if not request.user.is_authenticated:
        return HttpResponseForbidden("Unauthenticated")
    course_key = _course_of(request, course_id)
    try:
        problem = find_problem(UsageKey.from_string(usage_id))
    except InvalidKeyError:
        problem = None
    if problem is None or problem.location.course_key != course_key:
        raise Http404
    answer = request.POST.get(f"input_{problem.input_id}", "")
    event = _submit(request.user, problem, answer)
    return JsonResponse({"success": event["success"], "attempts_used": event["attempts"]})


def _submit(user: Any, problem: ProblemBlock, answer: str) -> dict[str, Any]:
    key, now = problem.location, timezone.now()
    place = {"student": user, "module_state_key": key, "course_id": key.course_key}
    module, _created = StudentModule.objects.get_or_create(**place, defaults={"module_type": "problem", "state": "{}"})
    state, event = problem.submit_problem(json.loads(module.state or "{}"), answer, now)
    module.state, module.grade, module.max_grade = json.dumps(state), event["grade"], event["max_grade"]
    module.save()
    BlockCompletion.objects.get_or_create(
        user=user, context_key=key.course_key, block_key=key, defaults={"block_type": "problem", "completion": 1.0}
    )
    with tracker.get_tracker().context("module", {"module": {"usage_key": str(key)}, "event_source": "server"}):
        tracker.emit("problem_check", event)
    return event


def _course_of(request: HttpRequest, course_id: str) -> CourseKey:
    """The key of a course that has lessons, and that the account may see."""
    course_key = CourseKey.from_string(course_id)
    if not CourseOverview.objects.filter(id=course_key).exists():
        raise Http404
    is_enrolled = CourseEnrollment.objects.filter(user=request.user, course_id=course_key, is_active=True).exists()
    if not is_enrolled and not has_access(request.user, "staff", course_key):
        raise Http404
    return course_key
