"""Addresses of the REST API, version 1."""

from __future__ import annotations

from django.urls import re_path

from .anonymized_ids import AnonymizedIdsView
from .deanonymize import DeanonymizeView, NameRequestsView, NameRequestView, PreviewView
from .engagement import EngagementWeeksView
from .learners import LearnerDetailsView, LearnerPresetsView, LearnersView
from .overview import OverviewCsvView, OverviewView
from .pseudonymize import PseudonymizeView
from .reports import CodebookView, ReportsView, ReportView
from .schedules import SchedulesView, ScheduleView
from .statistics import StatisticsCsvView, StatisticsView
from .tasks import TasksView, TaskView
from .verification import VerifyView
from .views import SavedViewsView, SavedViewView

# Anything may stand for the course id and the name: what is malformed is answered as JSON by the views.
_COURSE = r"^courses/(?P<course_id>[\s\S]+?)/"

urlpatterns = [
    re_path(_COURSE + r"learners/\Z", LearnersView.as_view(), name="learners"),
    re_path(_COURSE + r"learners/details/\Z", LearnerDetailsView.as_view(), name="details"),
    re_path(_COURSE + r"learners/presets/\Z", LearnerPresetsView.as_view(), name="presets"),
    re_path(_COURSE + r"views/\Z", SavedViewsView.as_view(), name="views"),
    re_path(_COURSE + r"views/(?P<number>[\s\S]+)\Z", SavedViewView.as_view(), name="view"),
    re_path(_COURSE + r"reports/\Z", ReportsView.as_view(), name="reports"),
    re_path(_COURSE + r"reports/verify\Z", VerifyView.as_view(), name="verify"),
    re_path(_COURSE + r"reports/(?P<name>[^/]+)/codebook\.csv\Z", CodebookView.as_view(), name="codebook"),
    re_path(_COURSE + r"reports/(?P<name>[\s\S]+)\Z", ReportView.as_view(), name="report"),
    re_path(_COURSE + r"tasks/\Z", TasksView.as_view(), name="tasks"),
    re_path(_COURSE + r"tasks/(?P<task_id>[^/]+)\Z", TaskView.as_view(), name="task"),
    re_path(_COURSE + r"overview/\Z", OverviewView.as_view(), name="overview"),
    re_path(_COURSE + r"overview/(?P<name>.+)\.csv\Z", OverviewCsvView.as_view(), name="overview_csv"),
    re_path(_COURSE + r"schedules/\Z", SchedulesView.as_view(), name="schedules"),
    re_path(_COURSE + r"schedules/(?P<number>[\s\S]+)\Z", ScheduleView.as_view(), name="schedule"),
    re_path(_COURSE + r"statistics/\Z", StatisticsView.as_view(), name="statistics"),
    re_path(_COURSE + r"statistics/(?P<name>[\s\S]+)\.csv\Z", StatisticsCsvView.as_view(), name="statistics_csv"),
    re_path(_COURSE + r"engagement/weeks/\Z", EngagementWeeksView.as_view(), name="engagement_weeks"),
    re_path(_COURSE + r"anonymized_ids\.csv\Z", AnonymizedIdsView.as_view(), name="anonymized_ids"),
    re_path(_COURSE + r"deanonymize/preview\Z", PreviewView.as_view(), name="deanonymize_preview"),
    re_path(_COURSE + r"deanonymize/\Z", DeanonymizeView.as_view(), name="deanonymize"),
    re_path(_COURSE + r"deanonymize/requests/\Z", NameRequestsView.as_view(), name="name_requests"),
    re_path(_COURSE + r"deanonymize/requests/(?P<number>[\s\S]+)\Z", NameRequestView.as_view(), name="name_request"),
    re_path(_COURSE + r"pseudonymize/\Z", PseudonymizeView.as_view(), name="pseudonymize"),
]
