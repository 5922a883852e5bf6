"""``learners/``: the learners of a small course as a table."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from ... import api
from ...audit import actor_of
from ...data import LearnerTable, Selection
from ...learners.details import shown_weeks
from . import documentation
from .base import LearnerDataView
from .parameters import read_body, read_query, refuse_unknown
from .serializers import (
    DetailsAnswer,
    DetailsRequest,
    LearnersAnswer,
    LearnersQuery,
    LearnersRequest,
    PresetsAnswer,
    PresetsQuery,
)

PAGE_SIZE = 50


class LearnersView(LearnerDataView):
    """The learners enrolled in a course, one object a learner: all of them in small courses, page by page in others."""

    methods_that_read = ("POST",)

    @documentation.documented(
        LearnersAnswer,
        "Columns, and the learners with a value for each of them.",
        query=LearnersQuery,
        errors={422: f"{documentation.TOO_MANY_LEARNERS} {documentation.UNKNOWN_PARAMETER}"},
    )
    def get(self, request: Request, course_id: str) -> Response:
        """Answer columns and learners, ordered by username unless ``sort`` says otherwise.

        ``columns`` (keys, comma-separated), ``search``, ``cohort``, ``team``, ``enrollment_mode``, ``activity`` and ``sort`` (a
        column's key, with ``-`` before it for descending order) narrow what is answered. With ``page`` or ``page_size`` one
        page of a course of any size; without, all of a small course, and 422 ``too_many_learners`` with ``count`` and
        ``limit`` for a larger one.
        """
        return self._answer(request, read_query(request.query_params, LearnersQuery))

    @documentation.documented(
        LearnersAnswer,
        "As GET.",
        body=lambda: LearnersRequest,
        errors={
            415: documentation.NOT_JSON,
            422: f"{documentation.TOO_MANY_LEARNERS} {documentation.UNKNOWN_PARAMETER}",
        },
    )
    def post(self, request: Request, course_id: str) -> Response:
        """Answer the same with the parameters in the body, where no web server's log keeps who was searched for."""
        refuse_unknown(request.query_params, ())
        return self._answer(request, read_body(request.data, LearnersRequest))

    def _answer(self, request: Request, asked: dict[str, Any]) -> Response:
        number, size = asked.pop("page", None), asked.pop("page_size", None)
        with_words = asked.pop("words", False)
        selection, by = Selection.from_stored(asked), actor_of(request)
        if number is None and size is None:
            table = api.list_learners(self.course_key, selection=selection, by=by)
            return self._describe_table(table, len(table.learners), with_words=with_words)
        page = api.list_learners_page(
            self.course_key, selection=selection, number=number or 1, size=size or PAGE_SIZE, by=by
        )
        return self._describe_table(
            page, page.count, with_words=with_words, current_page=page.current_page, num_pages=page.num_pages
        )

    def _describe_table(self, table: LearnerTable, count: int, *, with_words: bool, **more: int) -> Response:
        words = api.words_for(table) if with_words else {}
        # Not through a serializer for each learner: their keys are the columns'.
        return Response(
            {
                "course_id": str(self.course_key),
                "count": count,
                **more,
                "columns": [
                    {"key": column.key, "label": str(column.label), **_words(words.get(column.key))}
                    for column in table.columns
                ],
                "learners": table.learners,
            }
        )


def _words(found: dict[str, str] | None) -> dict[str, Any]:
    return {"words": found} if found else {}


class LearnerDetailsView(LearnerDataView):
    """What learners of a page of the table did in the last weeks."""

    methods_that_read = ("POST",)

    @documentation.documented(
        DetailsAnswer,
        "The learners of these usernames that are enrolled, in the order asked for.",
        body=lambda: DetailsRequest,
        errors={415: documentation.NOT_JSON, 422: documentation.UNKNOWN_PARAMETER},
    )
    def post(self, request: Request, course_id: str) -> Response:
        """Answer days active in each of the last twelve weeks, the last day, and where the platform shows the progress."""
        usernames = read_body(request.data, DetailsRequest)["usernames"]
        found = api.describe_learners(self.course_key, usernames, by=actor_of(request))
        learners = [{"username": name, **vars(found[name])} for name in dict.fromkeys(usernames) if name in found]
        return Response(DetailsAnswer({"weeks": shown_weeks(), "learners": learners}).data)


class LearnerPresetsView(LearnerDataView):
    """How many learners each preset of activity keeps."""

    @documentation.documented(
        PresetsAnswer,
        "All learners, and those of each preset.",
        query=PresetsQuery,
        errors={422: documentation.UNKNOWN_PARAMETER},
    )
    def get(self, request: Request, course_id: str) -> Response:
        """Answer how many learners there are, and how many of them each value of ``activity`` keeps."""
        selection = Selection.from_stored(read_query(request.query_params, PresetsQuery))
        counts = api.count_by_activity(self.course_key, selection=selection)
        return Response({"presets": [{"activity": name, "count": count} for name, count in counts.items()]})
