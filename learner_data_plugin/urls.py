"""Addresses of the plugin; the LMS includes them under ``learner_data/`` in the namespace ``learner_data_plugin``.

A course id may be anything here, so that a malformed one is answered by our views as what it is.
"""

from __future__ import annotations

from typing import Any

from django.urls import include, path, re_path

from .platform_support import missing_part

urlpatterns: list[Any] = []

if missing_part() is None:
    from .views import learner_data_page

    urlpatterns += [
        path("api/v1/", include("learner_data_plugin.rest_api.v1.urls")),
        path("", include("learner_data_plugin.rest_api.openapi")),
        re_path(r"^courses/(?P<course_id>.+)/$", learner_data_page, name="page"),
    ]
