"""``statistics/``: charts of a course's learners, and the numbers behind each as a CSV file."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from ... import api, permissions
from ...data import Chart, ChartKind
from . import documentation
from .base import LearnerDataView
from .files import Pieces, attachment, byte_order_mark
from .parameters import read_body, read_query
from .serializers import ChartDownloadQuery, ChartsQuery, NothingRequest, RefreshedAnswer, StatisticsAnswer
from .throttles import GenerateThrottle


class ChartsView(LearnerDataView):
    """A view of charts: with ``safe=1`` of numbers that are safe to share, which STATISTICS_ROLES may see as well."""

    def may_see(self, request: Request) -> bool:
        if super().may_see(request):
            return True
        asks_for_safe = request.method == "GET" and request.query_params.get("safe") == "1"
        return asks_for_safe and permissions.can_see_shareable_charts(request.user, self.course_key)


class StatisticsView(ChartsView):
    """Who is enrolled in a course and what they do."""

    def get_throttles(self) -> list[Any]:
        return [*super().get_throttles(), *([GenerateThrottle()] if self.request.method == "POST" else [])]

    @documentation.documented(
        StatisticsAnswer,
        "The charts that the site shows.",
        query=ChartsQuery,
        others={202: "A large course is counted for the first time, and has no charts yet."},
        errors={
            422: documentation.UNKNOWN_PARAMETER,
            503: "queue_unavailable: the course was never counted, and that cannot be started at the moment.",
        },
    )
    def get(self, request: Request, course_id: str) -> Response:
        """Answer every chart that this site shows, with its rows, its drawing (``svg``) and the address of its CSV file.

        The numbers are as of ``generated``; what is some minutes old is counted anew in the background. ``count`` is null where
        a number is not shown; ``mark`` then says what is known of it. Without rows, ``note`` says why.
        """
        asked = read_query(request.query_params, ChartsQuery)
        statistics = api.read_statistics(self.course_key, safe="safe" in asked)
        return Response(
            {
                "course_id": str(self.course_key),
                "safe": statistics.safe,
                "learner_count": statistics.learner_count,
                "generated": statistics.as_of,
                "refreshing": statistics.is_refreshing,
                "charts": [self._describe_chart(chart, safe=statistics.safe) for chart in statistics.charts],
            },
            status=202 if statistics.as_of is None else 200,
        )

    @documentation.documented(
        RefreshedAnswer,
        "The numbers are counted anew.",
        status=202,
        body=lambda: NothingRequest,
        errors={
            415: documentation.NOT_JSON,
            422: "malformed_body, unknown_parameter or invalid_parameter: the message says what is wrong.",
            429: documentation.THROTTLED,
            503: "queue_unavailable: that cannot be started at the moment.",
        },
    )
    def post(self, request: Request, course_id: str) -> Response:
        """Have the numbers counted anew: of a small course at once, of a large one in the background."""
        read_body(request.data, NothingRequest)
        return Response({"refreshing": api.refresh_statistics(self.course_key)}, status=202)

    def _describe_chart(self, chart: Chart, *, safe: bool) -> dict[str, Any]:
        rows: list[dict[str, Any]] = [
            {"key": row.key, "label": row.label, "count": row.count, "share": row.share, "mark": row.mark} for row in chart.rows
        ]
        if chart.kind is ChartKind.AREA:
            rows = [
                {**described, "total": row.drawn, "left": row.left}
                for described, row in zip(rows, chart.rows, strict=True)
            ]
        names = {"course_id": str(self.course_key), "name": chart.name}
        csv_url = reverse("learner_data_plugin:statistics_csv", kwargs=names) + ("?safe=1" if safe else "")
        return {
            "name": chart.name,
            "title": chart.title,
            "description": chart.description,
            "note": chart.note,
            "rows": rows,
            "svg": api.draw_chart(chart),
            "csv_url": csv_url if rows else None,
        }


class StatisticsCsvView(ChartsView):
    """The numbers behind one chart."""

    @documentation.documented(
        documentation.CSV_FILE,
        "The numbers, as an attachment.",
        query=ChartDownloadQuery,
        errors={404: documentation.NOT_FOUND, 422: documentation.UNKNOWN_PARAMETER},
    )
    def get(self, request: Request, course_id: str, name: str) -> StreamingHttpResponse:
        """Answer the file, with a byte order mark if ``bom=1`` asks for it; 404 ``chart_not_found`` for an unknown name."""
        before = byte_order_mark(request, self.course, ChartDownloadQuery)
        safe = "safe" in read_query(request.query_params, ChartDownloadQuery)
        content = api.open_chart_csv(self.course_key, name, safe=safe)
        file_name = api.chart_file_name(self.course_key, name, safe=safe)
        return attachment(Pieces(content, before), name=file_name, file_format="csv")
