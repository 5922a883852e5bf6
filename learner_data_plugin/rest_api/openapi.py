"""The API's own description in OpenAPI 3, made from the serializers with drf-spectacular where the platform has it.

The platform's page of APIs, ``/api-docs/``, shows what lies under ``/api/`` only, and this API does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.utils.translation import gettext as _
from django.views.generic import RedirectView

from ..export.base import formats, get_format
from .v1.base import LearnerDataView
from .v1.documentation import CSV_FILE, FILE, TABLE, Documentation
from .v1.serializers import ErrorAnswer

_API = [path("learner_data/api/v1/", include("learner_data_plugin.rest_api.v1.urls"))]
_INFO = {
    "title": "Learner Data API",
    "version": "v1",
    "description": "Reports, a table, anonymized IDs and charts of a course's learners, for those with a role in its team.",
}
_SECURITY = {
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
    "jwt": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "JWT, a blank, and the token."},
    "bearer": {"type": "http", "scheme": "bearer"},
}
_PARTS = {
    "course_id": "ID of the course run, such as course-v1:DemoX+Small+2026; the plus sign may be encoded.",
    "number": "Number of the request, the saved view or the recurring report.",
    "task_id": "ID of the task, as in ``tasks/``.",
    "name": "Name of the file or the chart, as the list has it.",
}


_JSON = "application/json"
_TEXT_TABLES = [
    f"text/{kind}{charset}"
    for kind in ("csv", "tab-separated-values")
    for charset in ("; charset=utf-8", "; charset=utf-16", "")
]


def _media_types(answer: Any) -> list[str]:
    if answer is CSV_FILE:
        return [get_format("csv").content_type]
    if answer is TABLE:
        return [*_TEXT_TABLES, get_format("xlsx").content_type]
    return [file_format.content_type for file_format in formats()] if answer is FILE else [_JSON]


def describe_api() -> Mapping[str, Any]:
    """Return the description of every call; it is the same on every site. Raises ImportError without drf-spectacular."""
    from drf_spectacular.generators import SchemaGenerator
    from drf_spectacular.openapi import AutoSchema
    from drf_spectacular.types import OpenApiTypes
    from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

    class Schema(AutoSchema):
        """Tells of each call what :func:`documented` says beside it."""

        @property
        def documentation(self) -> Documentation:
            return getattr(self.view, self.method.lower()).documentation

        def get_override_parameters(self) -> list[Any]:
            parts = [
                OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.PATH, description=_PARTS[name])
                for name in _PARTS
                if f"{{{name}}}" in self.path
            ]
            return [*parts, self.documentation.query] if self.documentation.query else parts

        def get_request_serializer(self) -> Any:
            return self.documentation.body() if self.documentation.body else None

        def get_response_serializers(self) -> Any:
            told = self.documentation
            media_types = _media_types(told.answer)
            kind = told.answer if media_types == [_JSON] else OpenApiTypes.BINARY
            meanings = {told.status: told.meaning, **told.others}
            answers = {
                (status, media_type): OpenApiResponse(kind, meaning)
                for status, meaning in meanings.items()
                for media_type in media_types
            }
            if told.query is not None:
                answers[414, "text/html"] = OpenApiResponse(OpenApiTypes.STR, "The server in front refuses so long an address.")
            also = {(status, _JSON): OpenApiResponse(body, meaning) for status, (body, meaning) in told.also.items()}
            errors = {(status, _JSON): OpenApiResponse(ErrorAnswer, meaning) for status, meaning in told.errors.items()}
            return {**answers, **also, **errors}

        def get_operation_id(self) -> str:
            return f"{self.method.lower()}{type(self.view).__name__.removesuffix('View')}"

        def get_auth(self) -> list[dict[str, list[str]]]:
            return [{name: []} for name in _SECURITY]

        def get_tags(self) -> list[str]:
            return ["learner data"]

    class Generator(SchemaGenerator):
        def create_view(self, callback: Any, method: str, request: Any = None) -> LearnerDataView:
            view = super().create_view(callback, method, request)
            type(view).schema = Schema()
            return view

    description = Generator(patterns=_API).get_schema(request=None, public=True)
    description["components"]["securitySchemes"] = _SECURITY
    for name in ("ReportRequest", "ScheduleRequest"):
        description["components"]["schemas"][name]["additionalProperties"] = False
    return {**description, "info": _INFO}


def openapi(request: HttpRequest) -> JsonResponse:
    """Answer the description, to everyone: it tells nothing that the plugin's source does not."""
    try:
        return JsonResponse(describe_api())
    except ImportError:
        message = _("This site has no drf-spectacular, with which the description is made.")
        return JsonResponse({"error_code": "openapi_unavailable", "developer_message": message}, status=404)


urlpatterns = [
    path("openapi.json", openapi, name="openapi"),
    # Where release 1.0 had it.
    path("swagger.json", RedirectView.as_view(url="openapi.json", permanent=True)),
]
