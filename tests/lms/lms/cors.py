"""Calls from other origins, as far as the platform's django-cors-headers lets those of CORS_ORIGIN_WHITELIST make them."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class CrossOriginMiddleware:
    """Answers the question that browsers ask beforehand, and lets the origins of the list read answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asks_beforehand = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        response = HttpResponse() if asks_beforehand else self._get_response(request)
        if (origin := request.headers.get("Origin")) in settings.CORS_ORIGIN_WHITELIST:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Credentials"] = "true"
        if asks_beforehand:
            response.headers["Access-Control-Allow-Methods"] = "DELETE, GET, OPTIONS, PATCH, POST, PUT"
            response.headers["Access-Control-Allow-Headers"] = request.headers.get("Access-Control-Request-Headers", "")
        response.headers["Vary"] = ", ".join(filter(None, [response.headers.get("Vary"), "Origin"]))
        return response
