"""``views/``: views of the table of learners that the course team has given names."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from ... import api, permissions
from ...audit import actor_of
from ...data import Selection
from . import documentation
from .base import LearnerDataView
from .parameters import read_body, read_number
from .serializers import ViewAnswer, ViewRequest, ViewsAnswer


class SavedViewsView(LearnerDataView):
    """The saved views of a course, and the place where new ones are saved."""

    @documentation.documented(ViewsAnswer, "The saved views, in the order of their names.")
    def get(self, request: Request, course_id: str) -> Response:
        """Answer the views that the course team has saved."""
        return Response(ViewsAnswer({"views": api.list_views(self.course_key)}, context=self._context()).data)

    @documentation.documented(
        ViewAnswer,
        "The view was saved.",
        status=201,
        body=lambda: ViewRequest,
        errors={
            415: documentation.NOT_JSON,
            422: "unknown_column, invalid_selection (also for a name that another view has), malformed_body, "
            "unknown_parameter or invalid_parameter: the message says what is wrong.",
        },
    )
    def post(self, request: Request, course_id: str) -> Response:
        """Save a view for the course team; 201. Whom a table was searched for is not part of it."""
        asked = read_body(request.data, ViewRequest)
        name = asked.pop("name")
        view = api.save_view(self.course_key, name, selection=Selection.from_stored(asked), by=actor_of(request))
        return Response(ViewAnswer(view, context=self._context()).data, status=201)

    def _context(self) -> dict[str, Any]:
        user = self.request.user
        return {"user_id": user.pk, "may_delete_any": permissions.can_delete_any_report(user, self.course_key)}


class SavedViewView(LearnerDataView):
    """One saved view."""

    @documentation.documented(
        documentation.NOTHING,
        "The view was deleted.",
        status=204,
        errors={
            403: "permission_denied or csrf_failed; deletion_refused: somebody else saved this view.",
            404: "course_not_found, or view_not_found: there is no view of this number.",
        },
    )
    def delete(self, request: Request, course_id: str, number: str) -> Response:
        """Delete the view; 204. Who saved it, Admins and global staff may."""
        api.delete_view(self.course_key, read_number(number), user=request.user)
        return Response(status=204)
