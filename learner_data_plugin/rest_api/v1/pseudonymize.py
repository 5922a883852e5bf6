"""``pseudonymize/``: a file with anonymized IDs in the place of learners."""

from __future__ import annotations

import json

from django.http import StreamingHttpResponse
from rest_framework.request import Request

from ... import api
from ...audit import actor_of
from . import documentation
from .parameters import read_body
from .serializers import PseudonymizeRequest
from .uploads import UploadView, answer_file, content_of


class PseudonymizeView(UploadView):
    """A file without those who are in it."""

    @documentation.documented(
        documentation.TABLE,
        "The same file with anonymized IDs for its learners, as an attachment; the header Learner-Data-Result tells in JSON "
        "which column they are in (column), which columns were removed, and how many rows matched of how many in total.",
        body=lambda: PseudonymizeRequest,
        errors={415: documentation.NOT_A_FILE, 422: documentation.UPLOAD, 429: documentation.THROTTLED},
    )
    def post(self, request: Request, course_id: str) -> StreamingHttpResponse:
        """Answer the file, row by row as it was sent. Neither it nor what was sent is stored."""
        values = read_body(request.data, PseudonymizeRequest)
        made = api.pseudonymize(
            self.course_key,
            content_of(values["file"]),
            kind=values["kind"],
            column=values.get("column", ""),
            by=actor_of(request),
        )
        response = answer_file(made, like=values["file"], ending="pseudonymized", default="file")
        told = {"column": made.column, "removed": made.removed, "total": made.total, "matched": made.matched}
        response["Learner-Data-Result"] = json.dumps(told)
        return response
