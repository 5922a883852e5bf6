"""Rendering Mako templates by name."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines

from . import Engines


def render_to_string(
    template_name: str, dictionary: dict[str, Any], namespace: str = "main", request: HttpRequest | None = None
) -> str:
    """Return the text of a template; the current request is used if none is given."""
    return engines[Engines.MAKO].get_template(template_name).render(dictionary, request)


def render_to_response(
    template_name: str,
    dictionary: dict[str, Any] | None = None,
    namespace: str = "main",
    request: HttpRequest | None = None,
    **kwargs: Any,
) -> HttpResponse:
    """Return an answer with the text of a template; further arguments go to ``HttpResponse``."""
    return HttpResponse(render_to_string(template_name, dictionary or {}, namespace, request), **kwargs)
