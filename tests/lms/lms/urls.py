"""URLs of the LMS; those of the plugins come last, as on the platform."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.views import LoginView
from django.urls import include, path, re_path
from edx_django_utils.plugins import get_plugin_url_patterns
from openedx.core.constants import COURSE_ID_PATTERN
from openedx.core.djangoapps.plugins.constants import ProjectType
from openedx.core.djangoapps.user_authn.views import login_refresh

from lms import views
from lms.djangoapps.demo import lesson_views
from lms.djangoapps.instructor.views import api, api_v2
from lms.djangoapps.instructor.views.instructor_dashboard import instructor_dashboard_2
from lms.djangoapps.instructor.views.new_dashboard import frontend_site_config, new_instructor_dashboard
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
    path("login_refresh", login_refresh),
    path("api/frontend_site_config/v1/", frontend_site_config),
    path("", include("csrf.urls")),
    path("logout", views.sign_out, name="logout"),
    path("", include("common.djangoapps.track.urls")),
    path("instructor_task_status/", instructor_task_status, name="instructor_task_status"),
    re_path(f"^courses/{COURSE_ID_PATTERN}/course/$", lesson_views.course_home, name="openedx.course_experience.course_home"),
    re_path(
        f"^courses/{COURSE_ID_PATTERN}/courseware/(?P<chapter>[^/]+)/(?P<section>[^/]+)/$",
        lesson_views.lesson,
        name="courseware_section",
    ),
    re_path(
        f"^courses/{COURSE_ID_PATTERN}/xblock/(?P<usage_id>[^/]+)/handler/xmodule_handler/problem_check$",
        lesson_views.handle_xblock_callback,
        name="xblock_handler",
    ),
    re_path(f"^courses/{COURSE_ID_PATTERN}/instructor$", instructor_dashboard_2, name="instructor_dashboard"),
    re_path(f"^instructor-dashboard/{COURSE_ID_PATTERN}(?:/(?P<tab_id>[a-z_]+))?$", new_instructor_dashboard),
    re_path(
        f"^courses/{COURSE_ID_PATTERN}/progress/(?P<student_id>[^/]*)/$", views.progress, name="student_progress"
    ),
    re_path(f"{dashboard_api}list_instructor_tasks$", api.PostedInstructorTasks.as_view(), name="list_instructor_tasks"),
    re_path(f"{dashboard_api}list_report_downloads$", api.PostedReportDownloads.as_view(), name="list_report_downloads"),
    path("api/instructor/v1/", include((api_v1, "instructor_api_v1"))),
    re_path(
        f"^api/instructor/v2/courses/{COURSE_ID_PATTERN}$", api_v2.CourseMetadata.as_view(), name="instructor_api_v2"
    ),
]
urlpatterns.extend(get_plugin_url_patterns(ProjectType.LMS))
