"""What the API's views have in common: who is asking, for which course, with which role, and how errors are told."""

from __future__ import annotations

import logging
import traceback
from typing import Any

from django.db import transaction
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey
from rest_framework import exceptions as drf
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request, is_form_media_type
from rest_framework.response import Response
from rest_framework.views import APIView

from ... import api, audit, permissions, platform_api
from ...actors import actor_of
from ...data import Course
from ...exceptions import (
    ChartNotFound,
    CourseNotFound,
    DeletionRefused,
    LearnerDataError,
    QueueUnavailable,
    ReportNotFound,
    StorageUnavailable,
    TooManyLearners,
)
from .errors import AccessRefused
from .parameters import PlainJSONParser

log = logging.getLogger(__name__)

_STATUS: dict[type[LearnerDataError], int] = {
    AccessRefused: 403,
    DeletionRefused: 403,
    ChartNotFound: 404,
    CourseNotFound: 404,
    ReportNotFound: 404,
    QueueUnavailable: 503,
    StorageUnavailable: 503,
}
"""HTTP status of each error; all others are about what was asked for: 422."""

_DRF_CODES: tuple[tuple[type[drf.APIException], int, str], ...] = (
    (drf.NotAuthenticated, 401, "not_authenticated"),
    (drf.AuthenticationFailed, 401, "not_authenticated"),
    (drf.MethodNotAllowed, 405, "method_not_allowed"),
    (drf.UnsupportedMediaType, 415, "unsupported_media_type"),
    (drf.ParseError, 422, "malformed_body"),
    (drf.Throttled, 429, "throttled"),
)


class AnyAcceptHeader(BaseContentNegotiation):
    """Answers are JSON or the file asked for by its address, whatever the Accept header says."""

    def select_parser(self, request: Request, parsers: list[Any]) -> Any:
        media_type = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == media_type), None)

    def select_renderer(self, request: Request, renderers: list[Any], format_suffix: str | None = None) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


# The platform opens a transaction for each request. Tasks must not be queued inside one, and an audit record of a refusal
# must not be rolled back with it; the decorator has to be on ``dispatch``, of which as_view takes it over.
@method_decorator(transaction.non_atomic_requests, name="dispatch")
class LearnerDataView(APIView):
    """A view of one course's learner data.

    ``self.course`` is set for the handlers. Every error is ``{"error_code", "developer_message"}``: 401 not signed in, 404 no
    such course, 403 no role in it (recorded in the audit), 405, 415, 422 for what was asked for, 429, 503.
    """

    authentication_classes = platform_api.AUTHENTICATION_CLASSES
    permission_classes = ()
    parser_classes = (PlainJSONParser,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = AnyAcceptHeader
    pagination_class = None

    course: Course

    @property
    def course_key(self) -> CourseKey:
        return self.course.key

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let nobody past who may not see learner data of this course at this moment."""
        self.format_kwarg = None
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        self.perform_authentication(request)
        if not request.user or not request.user.is_authenticated:
            raise drf.NotAuthenticated
        self.course = api.get_course(kwargs["course_id"])
        if not permissions.can_access_learner_data(request.user, self.course_key):
            audit.record_refusal(self.course_key, by=actor_of(request), detail=self._asked_for(request))
            raise AccessRefused(views_as_learner=permissions.only_views_as_learner(request.user, self.course_key))
        self.check_throttles(request)
        # Middleware of the platform has read a form already; to a body that was read, Django REST framework applies no parser.
        if is_form_media_type(request.content_type) and hasattr(self, str(request.method).lower()):
            raise drf.UnsupportedMediaType(request.content_type)

    def handle_exception(self, exc: Exception) -> Response:
        """Turn an error into its answer. One that nobody foresaw is logged without its text, which may quote learner data."""
        status, code, message, extra = self._describe(exc)
        response = Response({"error_code": code, "developer_message": message, **extra}, status=status)
        if status == 401:
            response["WWW-Authenticate"] = self.get_authenticate_header(self.request) or "JWT"
        wait = getattr(exc, "wait", None)
        if wait:
            response["Retry-After"] = str(int(wait) + 1)
        response.exception = True
        return response

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep answers out of every cache."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def _describe(self, exc: Exception) -> tuple[int, str, str, dict[str, Any]]:
        if isinstance(exc, LearnerDataError):
            extra = {"count": exc.count, "limit": exc.limit} if isinstance(exc, TooManyLearners) else {}
            status = next((status for kind, status in _STATUS.items() if isinstance(exc, kind)), 422)
            return status, exc.error_code, str(exc), extra
        for kind, status, code in _DRF_CODES:
            if isinstance(exc, kind):
                return status, code, _malformed() if code == "malformed_body" else str(exc.detail), {}
        if isinstance(exc, drf.PermissionDenied):  # of session authentication: the CSRF token is missing or wrong
            return 403, "csrf_failed", str(exc.detail), {}
        where = "".join(traceback.format_tb(exc.__traceback__))
        log.error("%s of course %s: %s\n%s", type(self).__name__, self.kwargs.get("course_id"), type(exc).__name__, where)
        return 500, "server_error", _("Something went wrong on the site. Its operators find it in the log."), {}

    def _asked_for(self, request: Request) -> str:
        return f"{request.method} {type(self).__name__.removesuffix('View')}"


def _malformed() -> str:
    return _("The body of the request is not JSON.")
