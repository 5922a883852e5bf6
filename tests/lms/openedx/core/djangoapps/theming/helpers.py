"""The site of the current request."""

from __future__ import annotations

import crum
from django.contrib.sites.models import Site


def get_current_request():
    """The request that this thread answers, None outside of one."""
    return crum.get_current_request()


def get_current_site() -> Site | None:
    """The current request's site, None outside of a request."""
    return getattr(get_current_request(), "site", None)
