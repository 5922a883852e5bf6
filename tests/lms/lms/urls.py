"""URLs of the LMS; those of the plugins come last, as on the platform."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.views import LoginView
from django.urls import include, path, re_path
from edx_django_utils.plugins import get_plugin_url_patterns
from openedx.core.constants import COURSE_ID_PATTERN
from openedx.core.djangoapps.plugins.constants import ProjectType

from lms import views
from lms.djangoapps.instructor.views import api, api_v2
from lms.djangoapps.instructor.views.instructor_dashboard import instructor_dashboard_2
from lms.djangoapps.instructor_task.views import instructor_task_status

dashboard_api = f"^courses/{COURSE_ID_PATTERN}/instructor/api/"
api_v1 = [
    re_path(f"^tasks/{COURSE_ID_PATTERN}$", api.InstructorTasks.as_view(), name="list_instructor_tasks"),
    re_path(f"^reports/{COURSE_ID_PATTERN}$", api.ReportDownloads.as_view(), name="list_report_downloads"),
]

urlpatterns = [
    path("", views.course_list, name="root"),
    path("admin/", admin.site.urls),
    path("login", LoginView.as_view(), name="signin_user"),
    path("logout", views.sign_out, name="logout"),
    path("instructor_task_status/", instructor_task_status, name="instructor_task_status"),
    re_path(f"^courses/{COURSE_ID_PATTERN}/instructor$", instructor_dashboard_2, name="instructor_dashboard"),
    re_path(f"{dashboard_api}list_instructor_tasks$", api.PostedInstructorTasks.as_view(), name="list_instructor_tasks"),
    re_path(f"{dashboard_api}list_report_downloads$", api.PostedReportDownloads.as_view(), name="list_report_downloads"),
    path("api/instructor/v1/", include((api_v1, "instructor_api_v1"))),
    re_path(
        f"^api/instructor/v2/courses/{COURSE_ID_PATTERN}$", api_v2.CourseMetadata.as_view(), name="instructor_api_v2"
    ),
]
urlpatterns.extend(get_plugin_url_patterns(ProjectType.LMS))
