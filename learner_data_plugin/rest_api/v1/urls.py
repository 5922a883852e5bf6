"""Addresses of the REST API, version 1."""

from __future__ import annotations

from django.urls import re_path

from .anonymized_ids import AnonymizedIdsView
from .learners import LearnersView
from .reports import ReportsView, ReportView
from .statistics import StatisticsCsvView, StatisticsView
from .tasks import TasksView

# Anything may stand for the course id and the name: what is malformed is answered as JSON by the views.
_COURSE = r"^courses/(?P<course_id>[\s\S]+?)/"

urlpatterns = [
    re_path(_COURSE + r"learners/\Z", LearnersView.as_view(), name="learners"),
    re_path(_COURSE + r"reports/\Z", ReportsView.as_view(), name="reports"),
    re_path(_COURSE + r"reports/(?P<name>[\s\S]+)\Z", ReportView.as_view(), name="report"),
    re_path(_COURSE + r"tasks/\Z", TasksView.as_view(), name="tasks"),
    re_path(_COURSE + r"statistics/\Z", StatisticsView.as_view(), name="statistics"),
    re_path(_COURSE + r"statistics/(?P<name>.+)\.csv\Z", StatisticsCsvView.as_view(), name="statistics_csv"),
    re_path(_COURSE + r"anonymized_ids\.csv\Z", AnonymizedIdsView.as_view(), name="anonymized_ids"),
]
