"""How often one person may have files made."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from ... import configuration


class GenerateThrottle(SimpleRateThrottle):
    """Counts each account's requests for new files against the site's GENERATE_THROTTLE."""

    scope = "learner_data_generate"

    def __init__(self) -> None:
        """The rate depends on the course and is set when a request comes."""

    def allow_request(self, request: Request, view: Any) -> bool:
        self.rate = configuration.value("GENERATE_THROTTLE", org=view.course_key.org)
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return super().allow_request(request, view)

    def get_cache_key(self, request: Request, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": request.user.pk}
