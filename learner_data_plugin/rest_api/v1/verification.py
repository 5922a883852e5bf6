"""``reports/verify``: whether a file was made in this course and is unchanged; the file itself is not sent."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from ... import api
from . import documentation
from .base import LearnerDataView
from .parameters import read_body
from .serializers import VerifyAnswer, VerifyRequest


class VerifyView(LearnerDataView):
    """What is known of a file, from its hash."""

    methods_that_read = ("POST",)

    @documentation.documented(
        VerifyAnswer,
        "The file was made in this course and is unchanged.",
        body=lambda: VerifyRequest,
        errors={
            415: documentation.NOT_JSON,
            404: "file_not_from_here; file_changed: there is a file of this name, with another hash; course_not_found.",
            422: documentation.UNKNOWN_PARAMETER,
        },
    )
    def post(self, request: Request, course_id: str) -> Response:
        """Answer what the audit says of the file, stored or deleted; 404 if it was changed or is not from this course."""
        values = read_body(request.data, VerifyRequest)
        found = api.verify_file(self.course_key, values["sha256"].lower(), name=values.get("name", ""))
        return Response(VerifyAnswer(found).data)
