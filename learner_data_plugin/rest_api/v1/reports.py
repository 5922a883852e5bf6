"""``reports/``: having a report made, and the files that are there."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from ... import api, permissions
from ...actors import actor_of
from ...data import FileFormat, StoredReport
from . import documentation
from .base import LearnerDataView
from .files import Pieces, attachment, byte_order_mark
from .parameters import (
    SELECTION_TEXTS,
    read_body,
    read_format,
    read_number,
    read_report,
    read_selection,
    refuse_unknown,
)
from .throttles import ReportThrottle

PAGE_SIZE = 50
MOST_ON_A_PAGE = 1_000


class ReportsView(LearnerDataView):
    """The stored reports of a course, and the place where new ones are requested."""

    def get_throttles(self) -> list[Any]:
        return [ReportThrottle()] if self.request.method == "POST" else []

    @documentation.documented(
        documentation.REPORTS,
        parameters=[documentation.PAGE, documentation.PAGE_SIZE],
        errors={422: documentation.UNKNOWN_PARAMETER},
    )
    def get(self, request: Request, course_id: str) -> Response:
        """Answer the files, newest first: all of them, or with ``page`` one page of ``page_size``."""
        refuse_unknown(request.query_params, ("page", "page_size"))
        if "page" not in request.query_params and "page_size" not in request.query_params:
            return Response({"reports": [self._report(report) for report in api.list_reports(self.course_key)]})
        size = read_number(request.query_params, "page_size", default=PAGE_SIZE, most=MOST_ON_A_PAGE)
        number = read_number(request.query_params, "page", default=1, most=10**9)
        reports, count = api.list_reports_page(self.course_key, start=(number - 1) * size, stop=number * size)
        return Response(
            {
                "reports": [self._report(report) for report in reports],
                "count": count,
                "num_pages": max(1, -(-count // size)),
                "current_page": number,
            }
        )

    @documentation.documented(
        documentation.REQUESTED,
        body=documentation.REPORT_BODY,
        errors={
            415: "unsupported_media_type: the body is not JSON.",
            422: "unknown_report, unknown_format, format_unavailable, unknown_column, invalid_selection, too_many_learners, "
            "malformed_body, unknown_parameter or invalid_parameter: the message says what is wrong.",
            429: documentation.THROTTLED,
            503: "queue_unavailable: no report can be queued at the moment, and none was.",
        },
    )
    def post(self, request: Request, course_id: str) -> Response:
        """Have a report made in the background; 202 with its task, or with that of the one that is being made already.

        ``report`` is ``profile`` or ``anonymized_ids``, ``format`` ``csv`` or ``xlsx``. A profile report takes the fields of a
        table's query as well: ``columns`` (a list), ``search``, ``cohort``, ``team``, ``enrollment_mode``, ``sort``.
        """
        body = read_body(request.data, known=("report", "format", "columns", *SELECTION_TEXTS))
        requested = api.request_report(
            request._request,
            self.course_key,
            report=read_report(body),
            file_format=read_format(body),
            selection=read_selection(body),
            by=actor_of(request),
        )
        return Response(
            {
                "task_id": requested.task_id,
                "report": requested.report,
                "state": requested.state,
                "already_running": requested.already_running,
            },
            status=202,
        )

    def _report(self, report: StoredReport) -> dict[str, Any]:
        address = {"course_id": str(self.course_key), "name": report.name}
        return {
            "name": report.name,
            "report": report.report,
            "format": report.file_format,
            "created": report.created.isoformat(),
            "size_bytes": report.size_bytes,
            "rows": report.rows,
            "requester": report.requester,
            "selection": report.is_selection,
            "can_delete": self._can_delete(report),
            "url": reverse("learner_data_plugin:report", kwargs=address),
        }

    def _can_delete(self, report: StoredReport) -> bool:
        user = self.request.user
        if not hasattr(self, "_may_delete_any"):
            self._may_delete_any = permissions.can_delete_any_report(user, self.course_key)
        return self._may_delete_any or (bool(report.requester) and report.requester == user.username)


class ReportView(LearnerDataView):
    """One stored report."""

    @documentation.documented(
        documentation.FILE,
        parameters=[documentation.REPORT_NAME, documentation.BOM],
        errors={404: documentation.NOT_FOUND, 422: documentation.UNKNOWN_PARAMETER, 503: documentation.STORAGE_UNAVAILABLE},
    )
    def get(self, request: Request, course_id: str, name: str) -> StreamingHttpResponse:
        """Answer the file as an attachment; a CSV starts with a byte order mark if ``bom=1`` asks for it (CSV_BOM)."""
        bom = byte_order_mark(request, self.course)
        report, content = api.open_report(self.course_key, name, by=actor_of(request))
        bom = bom if report.file_format is FileFormat.CSV else b""
        return attachment(
            Pieces(content, bom),
            name=report.name,
            file_format=report.file_format,
            size_bytes=report.size_bytes + len(bom),
        )

    @documentation.documented(
        documentation.DELETED,
        parameters=[documentation.REPORT_NAME],
        errors={
            403: "permission_denied or csrf_failed; deletion_refused: others asked for this report.",
            404: documentation.NOT_FOUND,
        },
    )
    def delete(self, request: Request, course_id: str, name: str) -> Response:
        """Delete the file for good; 204. Only who asked for it, the course's Admins and global staff may."""
        api.delete_report(self.course_key, name, user=request.user, by=actor_of(request))
        return Response(status=204)
