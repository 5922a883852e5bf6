"""``overview/``: a course at a glance, and what its charts are drawn from in the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import StreamingHttpResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework.request import Request
from rest_framework.response import Response

from ... import api
from ...charts.overview import FILES, Overview, median_band
from ...data import Selection
from . import documentation
from .errors import InvalidParameter
from .files import Pieces, attachment, byte_order_mark
from .parameters import read_query
from .serializers import OverviewAnswer, OverviewDownloadQuery, OverviewQuery
from .statistics import ChartsView

_NUMBERS = tuple(OverviewAnswer().fields["numbers"].fields)
_ORDERED = ("age",)


def _sentences(numbers: Mapping[str, float | None]) -> dict[str, str] | None:
    """What there is to do, in the reader's language; None where that is not known."""
    struggling, away = (numbers.get(name) for name in ("struggling", "inactive_14"))
    if struggling is None or away is None:
        return None
    return {
        "struggling": _counted(
            ngettext("{count} learner is struggling", "{count} learners are struggling", int(struggling)), struggling
        ),
        "away": _counted(
            ngettext("{count} has been away for 14 days or more", "{count} have been away for 14 days or more", int(away)), away
        ),
    }


def _counted(sentence: str, number: float) -> str:
    return sentence.format(count=number_format(int(number), force_grouping=True))


def read_selection(asked: dict[str, Any]) -> Selection | None:
    """Return the cohort or track that is asked for. Raises InvalidParameter together with ``safe=1``."""
    chosen = {name: asked[name] for name in ("cohort", "enrollment_mode") if asked.get(name)}
    if chosen and "safe" in asked:
        raise InvalidParameter("safe", _("Numbers of a cohort or track are not safe to share."))
    return Selection(**chosen) if chosen else None


class OverviewView(ChartsView):
    """Numbers of the tiles, weeks, who joined and left, and who is enrolled."""

    @documentation.documented(
        OverviewAnswer,
        "The course at a glance.",
        query=OverviewQuery,
        others={202: "A large course is counted for the first time, and has no numbers yet."},
        errors={
            422: f"{documentation.UNKNOWN_PARAMETER} invalid_selection: the course is too large for a cohort or track.",
            503: "queue_unavailable: the course was never counted, and that cannot be started at the moment.",
        },
    )
    def get(self, request: Request, course_id: str) -> Response:
        """Answer the numbers of the course, from what is stored; they are as of ``generated``, as those of ``statistics/``.

        With ``cohort`` or ``enrollment_mode`` the course is counted anew for these learners, and has no weeks.
        """
        asked = read_query(request.query_params, OverviewQuery)
        selection, safe = read_selection(asked), "safe" in asked
        found = api.read_overview(self.course_key, safe=safe, selection=selection)
        if found is None:
            return Response(self._describe_overview(None, safe, {}, generated=None, refreshing=True), status=202)
        stored, overview = found
        query = {"safe": "1"} if safe else {name: asked[name] for name in ("cohort", "enrollment_mode") if asked.get(name)}
        return Response(
            self._describe_overview(overview, safe, query, generated=stored.as_of, refreshing=stored.is_refreshing)
        )

    def _describe_overview(self, overview: Overview | None, safe: bool, query: dict[str, str], **state: Any) -> dict[str, Any]:
        weeks_url, members_url = (self._csv_url(name, query) for name in FILES)
        return {
            "course_id": str(self.course_key),
            "safe": safe,
            **state,
            "sentences": _sentences(overview.numbers) if overview else None,
            "numbers": {name: overview.numbers.get(name) for name in _NUMBERS} if overview else None,
            "week": overview.week if overview else "",
            "weeks": [
                {"week": week.monday, "label": week.label, "complete": week.is_complete, **week.counts}
                for week in (overview.weeks if overview else ())
            ],
            "weeks_csv_url": weeks_url,
            "members": [vars(period) for period in (overview.members if overview else ())],
            "members_csv_url": members_url,
            "left_unknown": overview.left_unknown if overview else 0,
            "charts": [
                {
                    "name": chart.name,
                    "title": chart.title,
                    "description": chart.description,
                    "note": chart.note,
                    "median": median_band(chart) if chart.name in _ORDERED else "",
                    "rows": [
                        {name: getattr(row, name) for name in ("key", "label", "count", "share", "muted")} for row in chart.rows
                    ],
                    "csv_url": self._csv_url(chart.name, query),
                }
                for chart in (overview.groups if overview else ())
            ],
        }

    def _csv_url(self, name: str, query: dict[str, str]) -> str:
        url = reverse("learner_data_plugin:overview_csv", kwargs={"course_id": str(self.course_key), "name": name})
        return url + ("?" + urlencode(query) if query else "")


class OverviewCsvView(ChartsView):
    """The numbers behind one of its drawings."""

    @documentation.documented(
        documentation.CSV_FILE,
        "The numbers, as an attachment.",
        query=OverviewDownloadQuery,
        errors={
            404: documentation.NOT_FOUND,
            422: f"{documentation.UNKNOWN_PARAMETER} invalid_selection: the course is too large for a cohort or track.",
        },
    )
    def get(self, request: Request, course_id: str, name: str) -> StreamingHttpResponse:
        """Answer ``weekly_activity``, ``joined_and_left`` or a chart of ``statistics/`` as a file; 404 for an unknown name."""
        before = byte_order_mark(request, self.course, OverviewDownloadQuery)
        asked = read_query(request.query_params, OverviewDownloadQuery)
        safe, selection = "safe" in asked, read_selection(asked)
        content = api.open_overview_csv(self.course_key, name, safe=safe, selection=selection)
        file_name = api.chart_file_name(self.course_key, name, safe=safe)
        return attachment(Pieces(content, before), name=file_name, file_format="csv")
