"""Who is behind a request."""

from __future__ import annotations

from typing import Any

from edx_django_utils.ip import get_safest_client_ip

from .data import Actor


def actor_of(request: Any) -> Actor:
    """Return account and address of a request; the address is the one the platform trusts behind its proxies."""
    user = request.user
    return Actor(user.pk, user.get_username(), get_safest_client_ip(request) or "")
