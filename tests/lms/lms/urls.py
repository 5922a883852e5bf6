"""URLs of the LMS; those of the plugins come last, as on the platform."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path
from edx_django_utils.plugins import get_plugin_url_patterns

from lms.djangoapps.instructor_task.views import instructor_task_status
from openedx.core.djangoapps.plugins.constants import ProjectType

urlpatterns = [
    path("admin/", admin.site.urls),
    path("instructor_task_status/", instructor_task_status, name="instructor_task_status"),
]
urlpatterns.extend(get_plugin_url_patterns(ProjectType.LMS))
