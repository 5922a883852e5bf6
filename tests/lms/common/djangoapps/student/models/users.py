"""Accounts, by what they are called now or were called once retired."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib.auth.models import User


def get_user_by_username_or_email(username_or_email: str) -> User:
    """The account with this name, or with this address if there is an @ in it; raises ``User.DoesNotExist``."""
    text = username_or_email.strip()
    return User.objects.get(email=text) if "@" in text else User.objects.get(username=text)


def get_retired_username_by_username(username: str) -> str:
    """The name that an account gets when it is retired."""
    return settings.RETIRED_USERNAME_PREFIX + _digest(username)


def get_retired_email_by_email(email: str) -> str:
    """The address that an account gets when it is retired."""
    return f"{settings.RETIRED_EMAIL_PREFIX}{_digest(email)}@{settings.RETIRED_EMAIL_DOMAIN}"


def _digest(value: str) -> str:
    return hashlib.sha1((settings.RETIRED_USER_SALTS[-1] + value.lower()).encode()).hexdigest()
