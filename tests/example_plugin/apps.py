"""How another plugin registers what it adds."""

from django.apps import AppConfig


class ExamplePluginConfig(AppConfig):
    """Has the LMS find it by an entry point ``lms.djangoapp`` of its own."""

    name = "tests.example_plugin"
    label = "example_plugin"
    plugin_app = {}

    def ready(self) -> None:
        from learner_data_plugin.extending import register_column, register_format, register_report

        from .columns import EMAIL_DOMAIN
        from .formats import TabSeparatedFormat
        from .reports import NewcomersReport

        register_column(EMAIL_DOMAIN)
        register_report(NewcomersReport())
        register_format(TabSeparatedFormat())
