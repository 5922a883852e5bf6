"""Mako as a template engine of Django."""

from __future__ import annotations


class Engines:
    """Names of the engines in ``settings.TEMPLATES``."""

    DJANGO = "django"
    MAKO = "mako"
