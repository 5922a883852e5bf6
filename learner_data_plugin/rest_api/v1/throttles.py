"""How often one person may ask for something, and have files made."""

from __future__ import annotations

import logging
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from ... import configuration

log = logging.getLogger(__name__)


class SiteThrottle(SimpleRateThrottle):
    """Counts each account's requests against a rate that the site has chosen."""

    setting: str
    allows_uncounted: bool
    """Whether requests are let through while the cache is gone that counts them."""

    def __init__(self) -> None:
        """The rate depends on the course and is set when a request comes."""

    def allow_request(self, request: Request, view: Any) -> bool:
        self.rate = configuration.value(self.setting, org=view.course_key.org)
        self.num_requests, self.duration = self.parse_rate(self.rate)
        try:
            return super().allow_request(request, view)
        except Exception as error:  # of the cache, whose clients raise what they like
            log.warning("The cache that counts requests does not answer: %s.", type(error).__name__)
            self.history: list[float] = []
            self.now = self.timer()
            return self.allows_uncounted

    def get_cache_key(self, request: Request, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": request.user.pk}


class RequestThrottle(SiteThrottle):
    """For every request, whatever becomes of it."""

    scope = "learner_data_request"
    setting = "REQUEST_THROTTLE"
    allows_uncounted = True


class GenerateThrottle(SiteThrottle):
    """For requests for new files."""

    scope = "learner_data_generate"
    setting = "GENERATE_THROTTLE"
    allows_uncounted = False


class FileThrottle(GenerateThrottle):
    """For files that people bring along, against the site's DEANONYMIZE_THROTTLE."""

    scope = "learner_data_deanonymize"
    setting = "DEANONYMIZE_THROTTLE"


class ReportThrottle(GenerateThrottle):
    """For reports, of which a course has one at a time, counted or not."""

    allows_uncounted = True
