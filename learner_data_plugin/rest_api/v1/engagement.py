"""``engagement/weeks/``: what learners did, week by week."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from ... import api
from . import documentation
from .base import LearnerDataView
from .serializers import EngagementWeeksAnswer


class EngagementWeeksView(LearnerDataView):
    """How many learners were active, watched a video, tried a problem and took part in discussions."""

    @documentation.documented(EngagementWeeksAnswer, "The weeks since the course began, the running one last.")
    def get(self, request: Request, course_id: str) -> Response:
        """Answer the weeks, Monday to Sunday (UTC), of everyone who did something, enrolled now or not.

        A number is null where it is not known, and in a week that has not been counted yet. ``known_since`` says for each
        number the first day from which on it is known completely, up to the end of the week; where that is null or lies within
        the week, there may have been more.
        """
        return Response(EngagementWeeksAnswer({"weeks": api.read_engagement_weeks(self.course_key)}).data)
