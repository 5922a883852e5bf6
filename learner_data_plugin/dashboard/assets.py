"""The scripts and styles of the page, in the order in which they run."""

from __future__ import annotations

from django.templatetags.static import static

STYLES = ("learner_data", "overview", "learners", "reports", "anonymized_ids")

SCRIPTS = (
    "dashboard", "dom", "formats", "api", "messages", "presence", "tabs", "chart_parts", "chart_drawings", "chart_tips",
    "world_map", "overview_tiles", "overview_charts", "overview", "main",
)  # fmt: skip
"""What the overview and the tabs themselves need. The first one is all that the refusal needs."""

LATER = (
    "tasks", "task_card", "task_list", "purpose", "reports", "create_report", "files", "schedules", "changes",
    "learner_columns", "learner_table", "learner_sheet", "learner_presets", "learner_selection", "learners",
    "brought_files", "anonymized_ids", "verify", "deanonymize", "work",
)  # fmt: skip
"""What the other tabs need: loaded when the first of them is opened."""

PICTURES = ("brought_files", "chart_files")
"""What saving a drawing needs: loaded when somebody asks for that."""


def urls(names: tuple[str, ...], *, kind: str = "js") -> list[str]:
    """Return where these files are, as the site's storage of static files names them."""
    return [static(f"learner_data_plugin/{kind}/{name}.{kind}") for name in names]
