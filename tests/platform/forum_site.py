"""The platform's addresses with those of the forum's API, which its test settings leave out."""

from __future__ import annotations

from django.urls import include, path
from lms.urls import urlpatterns as of_platform

urlpatterns = [path("api/discussion/", include("lms.djangoapps.discussion.rest_api.urls")), *of_platform]
