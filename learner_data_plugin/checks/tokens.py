"""Whether tokens are what they say."""

from __future__ import annotations

from typing import Any

from django.core import checks

from ..platform.tokens import KEYS_SETTING, web_tokens_are_verified

_SENTENCE = (
    f"JWT_AUTH[{KEYS_SETTING!r}] holds no key, so the platform takes every JSON web token for genuine, whoever signed it. "
    "Learner data cannot be reached with such tokens meanwhile; the platform's own API can."
)
_HINT = (
    f"Set JWT_AUTH[{KEYS_SETTING!r}] to the public half of the key that the LMS signs with, as JSON: {{'keys': [...]}}. "
    "Tutor does so by itself; otherwise ./manage.py lms generate_jwt_signing_key makes both halves."
)


def check_keys(**_kwargs: Any) -> list[checks.CheckMessage]:
    """No key to verify web tokens with; W008."""
    return [] if web_tokens_are_verified() else [checks.Warning(_SENTENCE, hint=_HINT, id="learner_data_plugin.W008")]


def check_keys_on_deployment(**_kwargs: Any) -> list[checks.CheckMessage]:
    """The same, as an error for those who ask before they deploy; E004."""
    return [] if web_tokens_are_verified() else [checks.Error(_SENTENCE, hint=_HINT, id="learner_data_plugin.E004")]
