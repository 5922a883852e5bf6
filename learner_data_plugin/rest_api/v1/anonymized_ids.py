"""``anonymized_ids.csv``: the anonymized IDs of everyone who ever enrolled."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from rest_framework.request import Request

from ... import api
from ...actors import actor_of
from ...data import FileFormat
from . import documentation
from .base import LearnerDataView
from .files import Pieces, attachment
from .throttles import GenerateThrottle


class AnonymizedIdsView(LearnerDataView):
    """The file ``{course-id}-anon-id.csv``, which IDs that are missing are created for."""

    throttle_classes = (GenerateThrottle,)

    @documentation.documented(
        documentation.FILE,
        errors={422: documentation.TOO_MANY_LEARNERS, 429: documentation.THROTTLED},
    )
    def get(self, request: Request, course_id: str) -> StreamingHttpResponse:
        """Answer the file; 422 ``too_many_learners`` where it is to be made as a report instead."""
        content = api.open_anonymized_ids(self.course_key, by=actor_of(request))
        name = api.anonymized_ids_file_name(self.course_key)
        return attachment(Pieces(content), name=name, file_format=FileFormat.CSV)
