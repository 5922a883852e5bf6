"""``reports/``: having a report made, and the files that are there."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from ... import api, permissions
from ...audit import actor_of
from ...exceptions import UnknownFormat
from ...export.base import get_format
from ...reports.base import get_report, reports
from . import documentation
from .base import LearnerDataView
from .files import Pieces, attachment, byte_order_mark
from .parameters import read_body, read_query, require_object
from .serializers import (
    DownloadQuery,
    PageQuery,
    ReportsAnswer,
    RequestedAnswer,
    WithdrawnAnswer,
    chosen,
    report_request,
)
from .throttles import ReportThrottle

PAGE_SIZE = 50


class ReportsView(LearnerDataView):
    """The stored reports of a course, and the place where new ones are requested."""

    def get_throttles(self) -> list[Any]:
        return [*super().get_throttles(), *([ReportThrottle()] if self.request.method == "POST" else [])]

    @documentation.documented(
        ReportsAnswer,
        "The stored reports, newest first; count, num_pages and current_page if a page was asked for.",
        query=PageQuery,
        errors={422: documentation.UNKNOWN_PARAMETER},
    )
    def get(self, request: Request, course_id: str) -> Response:
        """Answer the files, newest first: all of them, or with ``page`` one page of ``page_size``."""
        asked = read_query(request.query_params, PageQuery)
        if not asked:
            return self._answer({"reports": api.list_reports(self.course_key, user=request.user)})
        number, size = asked.get("page", 1), asked.get("page_size", PAGE_SIZE)
        found, count = api.list_reports_page(
            self.course_key, start=(number - 1) * size, stop=number * size, user=request.user
        )
        pages = max(1, -(-count // size))
        return self._answer({"reports": found, "count": count, "num_pages": pages, "current_page": number})

    @documentation.documented(
        RequestedAnswer,
        "The report is queued or running.",
        status=202,
        body=lambda: report_request(*reports()),
        errors={
            415: documentation.NOT_JSON,
            404: "course_not_found; report_not_found: a report that is to be compared is not there.",
            422: "unknown_report, unknown_format, format_unavailable, unknown_column, invalid_selection, too_many_learners, "
            "purpose_required, malformed_body, unknown_parameter or invalid_parameter: the message says what is wrong.",
            429: documentation.THROTTLED,
            503: "queue_unavailable: no report can be queued at the moment, and none was.",
        },
    )
    def post(self, request: Request, course_id: str) -> Response:
        """Have a report made in the background; 202 with its task, or with that of the one that is being made already.

        Each report has parameters of its own. A profile report takes the fields of a table's query: ``columns`` (a list),
        ``search``, ``cohort``, ``team``, ``enrollment_mode``, ``sort``.
        """
        body = require_object(request.data)
        report = get_report(name_of(body.get("report")))
        get_format(name_of(body.get("format", "csv")))
        values = read_body(body, report_request(report))
        requested = api.request_report(
            self.course_key,
            report.name,
            file_format=values["format"],
            selection=chosen(report, values),
            purpose=values.get("purpose", ""),
            by=actor_of(request),
        )
        return Response(RequestedAnswer(requested).data, status=202)

    def _answer(self, answer: dict[str, Any]) -> Response:
        user = self.request.user
        context = {
            "course_id": str(self.course_key),
            "username": user.username,
            "may_delete_any": permissions.can_delete_any_report(user, self.course_key),
        }
        return Response(ReportsAnswer(answer, context=context).data)


class ReportView(LearnerDataView):
    """One stored report."""

    @documentation.documented(
        documentation.FILE,
        "The file, as an attachment.",
        query=DownloadQuery,
        errors={
            404: documentation.NOT_FOUND,
            422: documentation.UNKNOWN_PARAMETER,
            503: f"{documentation.STORAGE_UNAVAILABLE} report_changing: a learner is being removed from the report.",
        },
    )
    def get(self, request: Request, course_id: str, name: str) -> StreamingHttpResponse:
        """Answer the file as an attachment; a CSV starts with a byte order mark if ``bom=1`` asks for it (CSV_BOM)."""
        bom = byte_order_mark(request, self.course)
        report, content = api.open_report(self.course_key, name, by=actor_of(request), user=request.user)
        bom = bom if _takes_byte_order_mark(report.file_format) else b""
        return attachment(
            Pieces(content, bom),
            name=report.name,
            file_format=report.file_format,
            size_bytes=report.size_bytes + len(bom),
        )

    @documentation.documented(
        documentation.NOTHING,
        "The file was deleted.",
        status=204,
        also={202: (WithdrawnAnswer, "The report store refused; nobody gets the file any more, and it is deleted later.")},
        errors={
            403: "permission_denied or csrf_failed; deletion_refused: others asked for this report.",
            404: documentation.NOT_FOUND,
        },
    )
    def delete(self, request: Request, course_id: str, name: str) -> Response:
        """Delete the file for good; 204, or 202 if the store refused for now. Its requester, Admins and global staff may."""
        if api.delete_report(self.course_key, name, user=request.user, by=actor_of(request)):
            return Response(status=204)
        message = _("Nobody can download this report any more. The report store will delete the file later.")
        return Response(WithdrawnAnswer({"name": name, "message": message}).data, status=202)


class CodebookView(LearnerDataView):
    """What the columns of a stored report are."""

    @documentation.documented(
        documentation.CSV_FILE,
        "A CSV file, as an attachment.",
        query=DownloadQuery,
        errors={404: documentation.NOT_FOUND, 422: documentation.UNKNOWN_PARAMETER},
    )
    def get(self, request: Request, course_id: str, name: str) -> StreamingHttpResponse:
        """Answer name, label, description and source of each column; 404 for reports without a codebook."""
        bom = byte_order_mark(request, self.course)
        content = api.open_codebook(self.course_key, name, user=request.user)
        return attachment(Pieces(content, bom), name=f"{PurePath(name).stem}_codebook.csv", file_format="csv")


def name_of(given: Any) -> str:
    """Return a name that was sent; what is no text is the name of nothing."""
    return given if isinstance(given, str) else ""


def _takes_byte_order_mark(file_format: str) -> bool:
    try:
        return get_format(file_format).takes_byte_order_mark
    except UnknownFormat:
        return False
