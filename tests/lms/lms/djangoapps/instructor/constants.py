"""Names that plugins of the dashboard use."""

from __future__ import annotations

INSTRUCTOR_DASHBOARD_PLUGIN_VIEW_NAME = "instructor_dashboard"
