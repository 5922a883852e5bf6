"""The log of requests, as far as views notice it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class TrackMiddleware:
    """Reads the form of a request before its view does, which the platform does in order to log it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.POST.dict()
        return self.get_response(request)
