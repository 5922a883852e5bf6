"""What the forms for recurring reports and differences offer in a course."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from .. import configuration
from ..reports.base import reports
from ..schedules.keeping import MOST_RECIPIENTS
from ..schedules.rhythm import EVERY

_KINDS = ("cohort", "team", "enrollment_mode", "activity")


def schedules_context(course_key: CourseKey, filters: dict[str, list[tuple[str, str]]]) -> dict[str, Any]:
    """Return what the template reads: reports that can be made by themselves, and filters with their choices."""
    labels = {"cohort": _("Cohort"), "team": _("Team"), "enrollment_mode": _("Track"), "activity": _("Activity")}
    hour = configuration.value("SCHEDULE_HOUR", org=course_key.org)
    hint = _(
        "A recurring report is made at {hour}:00 (UTC) every day, on Mondays, or on the first of each month. Recipients get an "
        "email with a link, never the file. It pauses when nobody has downloaded five reports in a row."
    )
    return {
        "hint": hint.format(hour=f"{hour:02d}"),
        "reports": [(report.name, str(report.label)) for report in reports() if report.rhythms],
        "filters": [(name, labels[name], filters[name]) for name in _KINDS if filters.get(name)],
    }


def schedules_page() -> dict[str, Any]:
    """Return what the scripts read: for each report how often it can be made, what can be chosen, and how it is compared."""
    return {
        "most_recipients": MOST_RECIPIENTS,
        "reports": {
            report.name: {
                "rhythms": [every for every in EVERY if every in report.rhythms],
                "filters": [name for name in _KINDS if name in report.parameters],
                "can_compare": bool(report.key_columns),
                "compares_with_now": not report.is_of_a_period,
            }
            for report in reports()
        },
    }
