"""``learners/``: the learners of a small course as a table."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from ... import api
from ...actors import actor_of
from . import documentation
from .base import LearnerDataView
from .parameters import SELECTION_TEXTS, read_query_selection, refuse_unknown


class LearnersView(LearnerDataView):
    """The learners enrolled in a course of fewer than MAX_LEARNERS_ON_PAGE, one object a learner."""

    @documentation.documented(
        documentation.LEARNERS,
        parameters=[documentation.COLUMNS, *documentation.SELECTION],
        errors={422: f"{documentation.TOO_MANY_LEARNERS} {documentation.UNKNOWN_PARAMETER}"},
    )
    def get(self, request: Request, course_id: str) -> Response:
        """Answer columns and learners, ordered by username unless ``sort`` says otherwise.

        ``columns`` (keys, comma-separated), ``search``, ``cohort``, ``team``, ``enrollment_mode`` and ``sort`` (a column's key,
        with ``-`` before it for descending order) narrow what is answered. 422 ``too_many_learners`` with ``count`` and
        ``limit`` for a larger course.
        """
        refuse_unknown(request.query_params, ("columns", *SELECTION_TEXTS))
        selection = read_query_selection(request.query_params)
        table = api.list_learners(self.course_key, selection=selection, by=actor_of(request))
        return Response(
            {
                "course_id": str(self.course_key),
                "count": len(table.learners),
                "columns": [{"key": column.key, "label": str(column.label)} for column in table.columns],
                "learners": table.learners,
            }
        )
