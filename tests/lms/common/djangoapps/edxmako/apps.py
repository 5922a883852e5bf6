"""The app of the Mako template engine."""

from __future__ import annotations

from django.apps import AppConfig


class EdxMakoConfig(AppConfig):
    """Django app ``edxmako``."""

    name = "common.djangoapps.edxmako"
    verbose_name = "edX Mako Templating"
