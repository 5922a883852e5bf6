"""A report: who enrolled since a day that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from common.djangoapps.student.models import CourseEnrollment
from django.db.models import QuerySet
from opaque_keys.edx.keys import CourseKey
from rest_framework import serializers

from learner_data_plugin.extending import Batch, Report, ReportColumn, StoredSelection, read_in_order


class NewcomersReport(Report):
    """Username and day of enrollment, the latest first."""

    name = "newcomers"
    label = "Newcomers"
    file_stem = "newcomers"
    id_column = "id"
    parameters = {"since": serializers.DateField(required=False, help_text="First day of enrollment.")}

    def columns(self, course_key: CourseKey, selection: StoredSelection) -> Sequence[ReportColumn]:
        return [ReportColumn("id"), ReportColumn("username"), ReportColumn("enrolled")]

    def count(self, course_key: CourseKey, selection: StoredSelection) -> int:
        return self._enrollments(course_key, selection).count()

    def batches(self, course_key: CourseKey, selection: StoredSelection, *, columns: Sequence[Any]) -> Iterable[Batch]:
        latest_first = self._enrollments(course_key, selection).order_by("-created", "-id")
        for rows in read_in_order(latest_first.values_list("user_id", "user__username", "created"), size=2_000):
            ids, usernames, created = zip(*rows, strict=True)
            yield [ids, ids, usernames, [moment.date().isoformat() for moment in created]]

    def _enrollments(self, course_key: CourseKey, selection: StoredSelection) -> QuerySet:
        enrollments = CourseEnrollment.objects.filter(course_id=course_key, is_active=True)
        return enrollments.filter(created__date__gte=selection["since"]) if "since" in selection else enrollments
