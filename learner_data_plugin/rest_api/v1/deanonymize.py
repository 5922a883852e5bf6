"""``deanonymize/``: from the anonymized IDs of a file to learners, and before that how many there are."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from ... import api
from ...audit import actor_of
from ...models import NameRequest
from . import documentation
from .parameters import read_body, read_number
from .serializers import (
    DeanonymizeRequest,
    DecisionRequest,
    NameRequestAnswer,
    NameRequestsAnswer,
    PreviewAnswer,
    PreviewRequest,
)
from .uploads import IdentityView, answer_file, given_table


class PreviewView(IdentityView):
    """How many rows of a file belong to learners of a course."""

    methods_that_read = ("POST",)

    @documentation.documented(
        PreviewAnswer,
        "Counts, and no identity.",
        body=lambda: PreviewRequest,
        errors={415: documentation.NOT_A_FILE, 422: documentation.UPLOAD, 429: documentation.THROTTLED},
    )
    def post(self, request: Request, course_id: str) -> Response:
        """Answer counts of rows, and which column and kind of ID were found."""
        values = read_body(request.data, PreviewRequest)
        preview = api.preview_deanonymization(
            self.course_key,
            given_table(values),
            id_column=values.get("id_column", ""),
            kind=values.get("kind", ""),
            by=actor_of(request),
        )
        return Response(PreviewAnswer(preview).data)


class DeanonymizeView(IdentityView):
    """A file of anonymized IDs with who they are."""

    @documentation.documented(
        documentation.TABLE,
        "The same file with the columns after its own, as an attachment; for a list of IDs a CSV file.",
        body=lambda: DeanonymizeRequest,
        errors={415: documentation.NOT_A_FILE, 422: documentation.UPLOAD, 429: documentation.THROTTLED},
        also={202: (NameRequestAnswer, "A second person has to grant this request before, and has not yet.")},
    )
    def post(self, request: Request, course_id: str) -> StreamingHttpResponse | Response:
        """Answer the file, row by row as it was sent. Neither it nor what was sent is stored."""
        values = read_body(request.data, DeanonymizeRequest)
        made = api.deanonymize(
            self.course_key,
            given_table(values),
            id_column=values.get("id_column", ""),
            kind=values.get("kind", ""),
            columns=values["columns"],
            purpose=values["purpose"],
            approval=values.get("approval", ""),
            by=actor_of(request),
        )
        if isinstance(made, NameRequest):
            return Response(NameRequestAnswer(made, context={"user_id": request.user.pk}).data, status=202)
        return answer_file(made, like=values.get("file"), ending="deanonymized", default="ids")


class NameRequestsView(IdentityView):
    """The requests for names of a course, where the site wants a second person to agree."""

    throttle_classes = ()

    @documentation.documented(NameRequestsAnswer, "The newest hundred requests.")
    def get(self, request: Request, course_id: str) -> Response:
        """Answer the requests, newest first, to everyone who may decide on those of others."""
        found = {"requests": api.list_name_requests(self.course_key)}
        return Response(NameRequestsAnswer(found, context={"user_id": request.user.pk}).data)


class NameRequestView(IdentityView):
    """One request for names."""

    @documentation.documented(
        NameRequestAnswer,
        "The request as it is now.",
        body=lambda: DecisionRequest,
        errors={
            415: documentation.NOT_JSON,
            404: "request_not_found, or course_not_found.",
            422: f"request_undecidable: it is your own, is decided already, or has expired. {documentation.UNKNOWN_PARAMETER}",
            429: documentation.THROTTLED,
        },
    )
    def post(self, request: Request, course_id: str, number: str) -> Response:
        """Grant or decline the request of somebody else; a grant holds for SECOND_APPROVAL_HOURS."""
        decision = read_body(request.data, DecisionRequest)["decision"]
        decided = api.decide_name_request(
            self.course_key, read_number(number), grant=decision == "grant", by=actor_of(request)
        )
        return Response(NameRequestAnswer(decided, context={"user_id": request.user.pk}).data)
