"""Addresses of the plugin; the LMS includes them under ``learner_data/`` in the namespace ``learner_data_plugin``.

A course id may be anything here, so that a malformed one is answered by our views as what it is.
"""

from __future__ import annotations

from typing import Any

from django.urls import include, path, re_path

from .platform.compatibility import missing_part

urlpatterns: list[Any] = []

if missing_part() is None:
    from .dashboard.my_data import my_data_page
    from .dashboard.views import learner_data_page

    urlpatterns += [
        path("api/v1/", include("learner_data_plugin.rest_api.v1.urls")),
        path("", include("learner_data_plugin.rest_api.openapi")),
        path("mine/", my_data_page, name="mine"),
        re_path(r"^courses/(?P<course_id>.+)/$", learner_data_page, name="page"),
    ]
