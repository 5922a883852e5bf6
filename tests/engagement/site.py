"""A site whose learners answer problems: the platform's addresses, and views that save something and say so in events."""

from __future__ import annotations

from typing import Any

from common.djangoapps.student.models import UserProfile
from common.djangoapps.track.views import server_track
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from lms.urls import urlpatterns as of_platform


class InnerFailure(Exception):
    """Ends a savepoint, not the request."""


def _save(request: HttpRequest, goals: str) -> None:
    UserProfile.objects.filter(user=request.user).update(goals=goals)


def _submit(request: HttpRequest, usage_key: str, **data: Any) -> None:
    server_track(
        request, "problem_check", {"problem_id": usage_key, "success": "correct", "attempts": 1, **data}, page="x_module"
    )


def answer(request: HttpRequest, course_id: str, usage_key: str) -> HttpResponse:
    """Save an answer, submit it and look at the result."""
    _save(request, "answered")
    _submit(request, usage_key)
    server_track(request, "problem_show", {"problem": usage_key}, page="x_module")
    return HttpResponse("saved")


def answer_and_fail(request: HttpRequest, course_id: str, usage_key: str) -> HttpResponse:
    """Save an answer, and fail: nothing of it is to stay."""
    _save(request, "answered")
    _submit(request, usage_key)
    raise RuntimeError("the view fails")


def answer_in_part(request: HttpRequest, course_id: str, usage_key: str) -> HttpResponse:
    """Save one answer, take back a second, save a third."""
    _submit(request, usage_key, attempts=1)
    try:
        with transaction.atomic():
            _save(request, "taken back")
            _submit(request, usage_key, attempts=2)
            raise InnerFailure
    except InnerFailure:
        pass
    with transaction.atomic():
        _save(request, "answered")
        _submit(request, usage_key, attempts=3)
    _submit(request, usage_key, attempts=4)
    return HttpResponse("saved")


urlpatterns = [
    path(f"courses/<course_id>/xblock/<usage_key>/handler/{view.__name__}", view)
    for view in (answer, answer_and_fail, answer_in_part)
] + list(of_platform)
