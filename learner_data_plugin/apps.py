"""How the plugin installs itself into an edx-platform deployment."""

from __future__ import annotations

from django.apps import AppConfig
from edx_django_utils.plugins import PluginSettings, PluginURLs


class LearnerDataPluginConfig(AppConfig):
    """Django app of the plugin, found by the LMS through the ``lms.djangoapp`` entry point."""

    name = "learner_data_plugin"
    verbose_name = "Learner data"
    default_auto_field = "django.db.models.BigAutoField"

    plugin_app = {
        PluginURLs.CONFIG: {
            "lms.djangoapp": {
                PluginURLs.NAMESPACE: "learner_data_plugin",
                PluginURLs.REGEX: r"^learner_data/",
                PluginURLs.RELATIVE_PATH: "urls",
            },
        },
        PluginSettings.CONFIG: {
            "lms.djangoapp": {
                "common": {PluginSettings.RELATIVE_PATH: "settings.common"},
                "production": {PluginSettings.RELATIVE_PATH: "settings.production"},
            },
        },
    }

    def ready(self) -> None:
        from . import checks, platform_support

        checks.register_checks()
        if platform_support.missing_part() is None:
            from . import receivers

            receivers.connect()
