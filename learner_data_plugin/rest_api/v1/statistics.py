"""``statistics/``: charts of a course's learners, and the numbers behind each as a CSV file."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from ... import api
from ...data import Chart, ChartKind, FileFormat
from . import documentation
from .base import LearnerDataView
from .files import Pieces, attachment, byte_order_mark


class StatisticsView(LearnerDataView):
    """Who is enrolled in a course and what they do, in groups that are large enough to be shown."""

    @documentation.documented(documentation.STATISTICS)
    def get(self, request: Request, course_id: str) -> Response:
        """Answer every chart that this site shows, with its rows, its drawing (``svg``) and the address of its CSV file.

        ``count`` is null where a number is withheld; ``mark`` then says what is known of it. Without rows, ``note`` says why.
        """
        statistics = api.read_statistics(self.course_key)
        return Response(
            {
                "course_id": str(self.course_key),
                "learner_count": statistics.learner_count,
                "generated": timezone.now(),
                "charts": [self._describe_chart(chart) for chart in statistics.charts],
            }
        )

    def _describe_chart(self, chart: Chart) -> dict[str, Any]:
        rows: list[dict[str, Any]] = [
            {"key": row.key, "label": row.label, "count": row.count, "share": row.share, "mark": row.mark} for row in chart.rows
        ]
        if chart.kind is ChartKind.AREA:
            rows = [{**described, "total": row.drawn} for described, row in zip(rows, chart.rows, strict=True)]
        names = {"course_id": str(self.course_key), "name": chart.name}
        return {
            "name": chart.name,
            "title": chart.title,
            "description": chart.description,
            "note": chart.note,
            "rows": rows,
            "svg": api.draw_chart(chart),
            "csv_url": reverse("learner_data_plugin:statistics_csv", kwargs=names) if rows else None,
        }


class StatisticsCsvView(LearnerDataView):
    """The numbers behind one chart."""

    @documentation.documented(
        documentation.FILE,
        parameters=[documentation.CHART_NAME, documentation.BOM],
        errors={404: documentation.NOT_FOUND, 422: documentation.UNKNOWN_PARAMETER},
    )
    def get(self, request: Request, course_id: str, name: str) -> StreamingHttpResponse:
        """Answer the file, with a byte order mark if ``bom=1`` asks for it; 404 ``chart_not_found`` for an unknown name."""
        before = byte_order_mark(request, self.course)
        content = api.open_chart_csv(self.course_key, name)
        file_name = api.chart_file_name(self.course_key, name)
        return attachment(Pieces(content, before), name=file_name, file_format=FileFormat.CSV)
