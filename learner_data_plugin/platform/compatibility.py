"""Whether the platform has all that the plugin needs.

A platform that lacks a part (an older or a much newer release) is no reason to take the LMS down: the plugin stays switched off
there, and says so at start-up and in ``manage.py lms check``.
"""

from __future__ import annotations

import logging
from functools import cache

log = logging.getLogger(__name__)


@cache
def missing_part() -> str | None:
    """Say what of the platform the plugin needs and cannot find; None if it finds everything.

    Must not be called before the apps are loaded.
    """
    try:
        from . import api as platform_api  # noqa: F401
    except (ImportError, AttributeError) as error:
        log.error("The learner data plugin is switched off, because this platform does not have what it needs: %s", error)
        return str(error)
    return None
