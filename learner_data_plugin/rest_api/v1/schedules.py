"""``schedules/``: reports that are made every day, week or month."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from ... import api
from ...audit import actor_of
from ...export.base import get_format
from ...reports.base import get_report, reports
from . import documentation
from .base import LearnerDataView
from .parameters import read_body, read_number, require_object
from .reports import name_of
from .serializers import ScheduleAnswer, ScheduleChange, SchedulesAnswer, chosen, schedule_request
from .throttles import ReportThrottle

_NOT_FOUND = "schedule_not_found, or course_not_found."
_REFUSED = (
    "permission_denied or csrf_failed; schedule_refused: others set it up, or it cannot be resumed because whoever set it up "
    "has no role any more."
)


class SchedulesView(LearnerDataView):
    """The recurring reports of a course."""

    def get_throttles(self) -> list[Any]:
        return [*super().get_throttles(), *([ReportThrottle()] if self.request.method == "POST" else [])]

    @documentation.documented(SchedulesAnswer, "The recurring reports, the oldest first.")
    def get(self, request: Request, course_id: str) -> Response:
        """Answer the recurring reports, with what became of the latest due time of each."""
        return Response(SchedulesAnswer({"schedules": api.list_schedules(self.course_key, user=request.user)}).data)

    @documentation.documented(
        ScheduleAnswer,
        "The recurring report is set up.",
        status=201,
        body=lambda: schedule_request(*(report for report in reports() if report.rhythms)),
        errors={
            415: documentation.NOT_JSON,
            422: "unknown_report, unknown_format, format_unavailable, unknown_column, invalid_selection, too_many_learners, "
            "purpose_required, malformed_body, unknown_parameter or invalid_parameter: the message says what is wrong.",
            429: documentation.THROTTLED,
        },
    )
    def post(self, request: Request, course_id: str) -> Response:
        """Have a report made again and again, in the name of the account that asks.

        It takes the parameters of the report, except a search, which may be a learner's name, and the day or week, which its
        due times decide. Recipients are told by email while they may see learner data of the course.
        """
        body = require_object(request.data)
        report = get_report(name_of(body.get("report")))
        get_format(name_of(body.get("format", "csv")))
        values = read_body(body, schedule_request(report))
        schedule = api.add_schedule(
            self.course_key,
            report.name,
            file_format=values["format"],
            every=values["every"],
            recipients=values.get("recipients", [request.user.username]),
            selection=chosen(report, values),
            purpose=values.get("purpose", ""),
            changes=values["changes"],
            skip_empty=values["skip_empty"],
            by=actor_of(request),
            user=request.user,
        )
        return Response(ScheduleAnswer(schedule).data, status=201)


class ScheduleView(LearnerDataView):
    """One recurring report."""

    @documentation.documented(
        ScheduleAnswer,
        "The recurring report as it is now.",
        body=lambda: ScheduleChange,
        errors={
            403: _REFUSED,
            404: _NOT_FOUND,
            415: documentation.NOT_JSON,
            422: f"purpose_required, malformed_body; {documentation.UNKNOWN_PARAMETER}",
        },
    )
    def patch(self, request: Request, course_id: str, number: str) -> Response:
        """Pause it, or have it go on; what is due while it is paused is left out.

        Whoever set it up, Admins and global staff may.
        """
        paused = read_body(request.data, ScheduleChange)["paused"]
        change = api.pause_schedule if paused else api.resume_schedule
        schedule = change(self.course_key, read_number(number), user=request.user, by=actor_of(request))
        return Response(ScheduleAnswer(schedule).data)

    @documentation.documented(
        documentation.NOTHING, "It was deleted.", status=204, errors={403: _REFUSED, 404: _NOT_FOUND}
    )
    def delete(self, request: Request, course_id: str, number: str) -> Response:
        """Delete it for good; the reports that it has made stay. Whoever set it up, Admins and global staff may."""
        api.delete_schedule(self.course_key, read_number(number), user=request.user, by=actor_of(request))
        return Response(status=204)
