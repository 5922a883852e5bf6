"""What the API's views have in common: who is asking, for which course, with which role, and how errors are told."""

from __future__ import annotations

import logging
from typing import Any, NoReturn

from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.http.request import RawPostDataException
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey
from rest_framework import exceptions as drf
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request, is_form_media_type
from rest_framework.response import Response
from rest_framework.views import APIView

from ... import api, audit, permissions
from ...audit import actor_of
from ...data import Course
from ...exceptions import (
    AccessRefused,
    CancellationRefused,
    ChartNotFound,
    CourseNotFound,
    DeletionRefused,
    FileNotFromHere,
    LearnerDataError,
    QueueUnavailable,
    ReportChanging,
    ReportNotFound,
    RequestNotFound,
    ScheduleNotFound,
    ScheduleRefused,
    StorageUnavailable,
    TaskNotFound,
    TooManyLearners,
    ViewNotFound,
    frames,
)
from ...platform import api as platform_api
from .errors import BodyTooLarge, CsrfFailed, TokenRefused
from .parameters import PlainJSONParser
from .throttles import RequestThrottle
from .token_scopes import HasTokenScope

log = logging.getLogger(__name__)

_STATUS: dict[type[LearnerDataError], int] = {
    AccessRefused: 403,
    CancellationRefused: 403,
    CsrfFailed: 403,
    DeletionRefused: 403,
    TokenRefused: 403,
    BodyTooLarge: 413,
    ChartNotFound: 404,
    CourseNotFound: 404,
    FileNotFromHere: 404,
    RequestNotFound: 404,
    ScheduleNotFound: 404,
    ScheduleRefused: 403,
    ReportNotFound: 404,
    TaskNotFound: 404,
    ViewNotFound: 404,
    QueueUnavailable: 503,
    ReportChanging: 503,
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
    such course, 403 no role in it or a token that is not enough (recorded in the audit), 405, 413, 415, 422 for what was asked
    for, 429, 503.
    """

    authentication_classes = platform_api.AUTHENTICATION_CLASSES
    permission_classes = (HasTokenScope,)
    throttle_classes: tuple[type, ...] = ()
    """Beside the one of every request."""

    parser_classes: tuple[type, ...] = (PlainJSONParser,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = AnyAcceptHeader
    pagination_class = None
    takes_files = False
    """Whether a body may be a form with a file in it."""

    most_body_bytes = 64 * 1024
    """Larger bodies are not read."""

    methods_that_read: tuple[str, ...] = ()
    """Further methods than GET that change nothing."""

    course: Course

    @property
    def course_key(self) -> CourseKey:
        return self.course.key

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Require learner-data access to this course, and the limits on how much and how often one may ask."""
        self.format_kwarg = None
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        self._refuse_large_body(request)
        self.perform_authentication(request)
        self.course = api.get_course(kwargs["course_id"])
        self.check_throttles(request)
        self.check_permissions(request)
        if not self.may_see(request):
            audit.record_refusal(self.course_key, by=actor_of(request), detail=self._asked_for(request))
            raise AccessRefused(views_as_learner=permissions.only_views_as_learner(request.user, self.course_key))
        # Middleware of the platform has read a form already; to a body that was read, Django REST framework applies no parser.
        is_taken = self.takes_files and request.content_type.startswith("multipart/")
        if is_form_media_type(request.content_type) and not is_taken and hasattr(self, str(request.method).lower()):
            raise drf.UnsupportedMediaType(request.content_type)

    def get_throttles(self) -> list[Any]:
        return [RequestThrottle(), *super().get_throttles()]

    def perform_authentication(self, request: Request) -> None:
        """Find out who is asking. Raises CsrfFailed for a session that is used from elsewhere."""
        try:
            super().perform_authentication(request)
        except drf.PermissionDenied as error:
            raise CsrfFailed(str(error.detail)) from None
        if not request.user or not request.user.is_authenticated:
            raise drf.NotAuthenticated

    def permission_denied(self, request: Request, message: str | None = None, code: str | None = None) -> NoReturn:
        """Refuse what a permission class does not let through.

        The platform's middleware adds one to each view that takes web tokens, against those of restricted applications; a site
        may add its own.
        """
        audit.record_refusal(self.course_key, by=actor_of(request), detail=self._asked_for(request))
        raise TokenRefused(message)

    def may_see(self, request: Request) -> bool:
        """Whether whoever is asking may have what this view answers about the course."""
        return permissions.can_access_learner_data(request.user, self.course_key)

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
        if isinstance(exc, (RawPostDataException, SuspiciousOperation)):  # of a form that Django does not read
            return 422, "malformed_body", self._malformed(), {}
        for kind, status, code in _DRF_CODES:
            if isinstance(exc, kind):
                return status, code, self._malformed() if code == "malformed_body" else str(exc.detail), {}
        where, course_id = frames(exc), self.kwargs.get("course_id")
        log.error("%s of course %s: %s\n%s", type(self).__name__, course_id, type(exc).__name__, where)
        return 500, "server_error", _("Something went wrong on the site. The error was logged."), {}

    def _refuse_large_body(self, request: Request) -> None:
        # A body without a length is none to Django.
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isdecimal() and (len(length) > 18 or int(length) > self.most_body_bytes):
            raise BodyTooLarge(self.most_body_bytes)

    def _asked_for(self, request: Request) -> str:
        # Anybody can invent methods.
        method = request.method if str(request.method).lower() in self.http_method_names else "OTHER"
        return f"{method} {type(self).__name__.removesuffix('View')}"

    def _malformed(self) -> str:
        if self.takes_files:
            return _("The body of the request is neither JSON nor a form that can be read.")
        return _("The body of the request is not JSON.")
