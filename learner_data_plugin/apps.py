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
        from . import checks
        from .platform import compatibility

        checks.register_checks()
        if compatibility.missing_part() is None:
            from . import receivers, tasks  # noqa: F401  (a web process queues tasks by their names)

            receivers.connect()
            self._register()

    def _register(self) -> None:
        """Register the plugin's own columns, reports and formats, as other plugins register theirs.

        The order of formats is that of the buttons: in a workbook no cell turns into a formula, however programs split texts.
        """
        from .columns.base import register_column
        from .engagement.columns import COLUMNS
        from .export.base import register_format
        from .export.csv import CsvFormat
        from .export.jsonl import JsonLinesFormat
        from .export.xlsx import XlsxFormat
        from .reports.anonymized_ids import AnonymizedIdsReport
        from .reports.base import register_report
        from .reports.changes import ChangesReport
        from .reports.engagement import EngagementDaily, EngagementWeekly
        from .reports.profile import ProfileReport
        from .reports.research import ResearchReport

        for column in COLUMNS:
            register_column(column)
        for file_format in (XlsxFormat(), CsvFormat(), JsonLinesFormat()):
            register_format(file_format)
        own = (
            ProfileReport(), EngagementDaily(), EngagementWeekly(), AnonymizedIdsReport(), ResearchReport(), ChangesReport(),
        )  # fmt: skip
        for report in own:
            register_report(report)
