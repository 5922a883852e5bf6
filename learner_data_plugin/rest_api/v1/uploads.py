"""Files that people send: how large they may be, and what comes back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import PurePath
from typing import IO, Any

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from ... import audit, permissions
from ...exceptions import DeanonymizationRefused
from ...privacy.deanonymize import TableFile
from .base import LearnerDataView
from .errors import InvalidParameter
from .files import Pieces, attachment
from .parameters import PlainJSONParser
from .throttles import FileThrottle


class FormParser(MultiPartParser):
    """Reads forms with files; what Django refuses for an unknown encoding is told like any other that cannot be read."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse(*args, **kwargs)
        except UnicodeError:
            raise ParseError from None


class UploadView(LearnerDataView):
    """A view that takes a file, as a form, or JSON."""

    parser_classes = (PlainJSONParser, FormParser)
    throttle_classes: tuple[type, ...] = (FileThrottle,)
    takes_files = True
    most_body_bytes = 50_000_000


class IdentityView(UploadView):
    """A view for those who may lead anonymized IDs back to people."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not permissions.can_deanonymize(request.user, self.course_key):
            audit.record_refusal(self.course_key, by=audit.actor_of(request), detail=self._asked_for(request))
            raise DeanonymizationRefused


def given_table(values: Mapping[str, Any]) -> IO[bytes] | list[str]:
    """Return the one thing that a request has IDs in. Raises InvalidParameter."""
    if ("file" in values) == ("ids" in values):
        raise InvalidParameter("file", _("Either a file or a list of IDs is needed."))
    return values["ids"] if "ids" in values else content_of(values["file"])


def content_of(upload: Any) -> IO[bytes]:
    """Return what a file holds that was sent, without the wrapping of Django, which cannot be read as text."""
    return upload.file if isinstance(upload.file, io.BytesIO) else upload.file.file


def answer_file(made: TableFile, *, like: Any, ending: str, default: str) -> StreamingHttpResponse:
    """Answer a file under the name of the one that was sent, with ``ending`` before its extension."""
    name = PurePath(getattr(like, "name", None) or f"{default}.{made.extension}")
    return attachment(Pieces(made.content), name=f"{name.stem}_{ending}.{made.extension}", content_type=made.content_type)
