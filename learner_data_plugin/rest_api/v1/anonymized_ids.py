"""``anonymized_ids.csv``: the anonymized IDs of everyone who ever enrolled."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from rest_framework.request import Request

from ... import api
from ...audit import actor_of
from ..v1 import documentation
from .base import LearnerDataView
from .files import Pieces, attachment
from .parameters import read_query
from .serializers import AnonymizedIdsQuery
from .throttles import GenerateThrottle


class AnonymizedIdsView(LearnerDataView):
    """The file ``{course-id}-anon-id.csv``, which IDs that are missing are created for."""

    throttle_classes = (GenerateThrottle,)

    @documentation.documented(
        documentation.CSV_FILE,
        "The file, as an attachment.",
        query=AnonymizedIdsQuery,
        errors={
            422: f"{documentation.TOO_MANY_LEARNERS} purpose_required. {documentation.UNKNOWN_PARAMETER}",
            429: documentation.THROTTLED,
        },
    )
    def get(self, request: Request, course_id: str) -> StreamingHttpResponse:
        """Answer the file; 422 ``too_many_learners`` where it is to be made as a report instead."""
        purpose = read_query(request.query_params, AnonymizedIdsQuery).get("purpose", "")
        content = api.open_anonymized_ids(self.course_key, purpose=purpose, by=actor_of(request))
        name = api.anonymized_ids_file_name(self.course_key)
        return attachment(Pieces(content), name=name, file_format="csv")
