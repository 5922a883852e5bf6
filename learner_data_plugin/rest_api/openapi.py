"""The API's own description, as Swagger 2.0.

The platform's page of APIs, ``/api-docs/``, shows what lies under ``/api/`` only, and this API does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from drf_yasg.generators import OpenAPISchemaGenerator
from edx_api_doc_tools import openapi

_API = [path("learner_data/api/v1/", include("learner_data_plugin.rest_api.v1.urls"))]
_INFO = openapi.Info(
    title="Learner Data API",
    default_version="v1",
    description="Reports, a table, anonymized IDs and charts of the learners of a course, for those with a role in its team.",
)


def describe_api() -> Mapping[str, Any]:
    """Return the description of every call; it is the same on every site."""
    return OpenAPISchemaGenerator(_INFO, patterns=_API).get_schema(request=None, public=True)


def swagger(request: HttpRequest) -> JsonResponse:
    """Answer the description, to everyone: it tells nothing that the plugin's source does not."""
    return JsonResponse(describe_api())


urlpatterns = [path("swagger.json", swagger, name="swagger")]
