"""Whether the audit records the addresses of people, and not of proxies."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

SETTING = "CLOSEST_CLIENT_IP_FROM_HEADERS"


def check_addresses(**_kwargs: Any) -> list[checks.CheckMessage]:
    """A platform that is not told what its proxies are; W012. Asked before a deployment only: without proxies all is well."""
    if getattr(settings, SETTING, None):
        return []
    return [
        checks.Warning(
            f"{SETTING} is empty, so the platform takes the last public address of X-Forwarded-For for that of whoever is "
            "asking. Behind a proxy with a public address, such as a content delivery network, the audit records the proxy.",
            hint=f"If there is such a proxy, name the header and the place in it that it writes to in {SETTING}; the "
            "documentation of edx_django_utils.ip says how. If there is none, silence learner_data_plugin.W012.",
            id="learner_data_plugin.W012",
        )
    ]
