"""What surrounds our pages on the platform: the new instructor dashboard, and the frame of its server-rendered pages."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.template import TemplateDoesNotExist, engines
from opaque_keys.edx.keys import CourseKey

from . import api as platform_api

PAGE_FRAME = "/main.html"
"""The Mako template that the platform's server-rendered pages inherit from; it is to be removed (issue 38921)."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")


def instructor_dashboard_url(course_key: CourseKey | str, tab_id: str) -> str:
    """The address of a tab of the new instructor dashboard; empty where the site has no such dashboard."""
    root = _instructor_dashboard()
    return f"{root}/{course_key}/{tab_id}" if root else ""


def instructor_dashboard_path(course_key: CourseKey, tab_id: str) -> str:
    """The same without the origin, as the dashboard wants the addresses of tabs that it shows itself."""
    return urlsplit(instructor_dashboard_url(course_key, tab_id)).path


def instructor_dashboard_origin() -> str:
    """The origin of the new instructor dashboard as browsers write it; empty where the site has none that can be one.

    A dashboard whose setting is a path alone is at the address of the LMS.
    """
    root = _instructor_dashboard()
    return origin_of(platform_api.lms_root_url() if root.startswith("/") else root)


def origin_of(url: str) -> str:
    """Scheme, host and port of an address as browsers write them; empty for what is no web address of one host."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:  # UnicodeError is one
        return ""
    if parts.scheme not in _DEFAULT_PORTS or not _HOST_NAME.fullmatch(host):
        return ""
    return f"{parts.scheme}://{host}" + ("" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}")


def has_page_frame() -> bool:
    """Whether the platform still has the frame of its server-rendered pages."""
    try:
        engines["mako"].get_template(PAGE_FRAME.lstrip("/"))
    except TemplateDoesNotExist:
        return False
    return True


def _instructor_dashboard() -> str:
    return str(getattr(settings, "INSTRUCTOR_MICROFRONTEND_URL", None) or "").rstrip("/")
