"""The plugin's settings and their defaults."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .filters import register_filters

# .. setting_name: LEARNER_DATA_PLUGIN
# .. setting_default: the DEFAULTS below
# .. setting_description: Everything an operator can steer. Keys that are missing keep their default; a site configuration
#     value of the same name overrides it key by key, for the organisations of that site. A wrong value is reported by
#     ``manage.py lms check`` and its default is used instead.
DEFAULTS: dict[str, Any] = {
    # Column keys of the profile report, in order; None for the guide's own columns (or, where a site has it, for the
    # platform's ``student_profile_download_fields``).
    "COLUMNS": None,
    # Column keys that are never shown and never exported, whoever asks for them.
    "PRIVATE_COLUMNS": [],
    # The table of learners is offered in courses with fewer learners than this.
    "MAX_LEARNERS_ON_PAGE": 200,
    # Course roles that may see learner data; global staff always may. ["data_researcher"] narrows it to researchers.
    "ROLES": ["instructor", "staff", "data_researcher"],
    # Days after which a stored report is deleted; 0 keeps reports for ever.
    "RETENTION_DAYS": 90,
    # Days for which the audit is kept; 0 keeps it for ever.
    "AUDIT_RETENTION_DAYS": 730,
    # Whether a CSV downloaded from the page starts with a byte order mark, without which Excel misreads it.
    "CSV_BOM": True,
    # Groups of fewer learners are not shown in pictures.
    "MIN_GROUP_SIZE": 10,
    # The anonymized IDs file is made while the browser waits in courses that fewer people ever enrolled in.
    "ANONYMIZED_IDS_ON_PAGE": 10_000,
    # How many reports one person may request, as Django REST framework writes rates.
    "GENERATE_THROTTLE": "30/minute",
    # Learners read with one group of queries.
    "BATCH_SIZE": 5_000,
    # Seconds without a sign of life after which a running report is given up and its place is free again.
    "STALE_AFTER_SECONDS": 300,
    # Seconds after which a report that no worker has started is given up.
    "QUEUE_TIMEOUT_SECONDS": 6 * 60 * 60,
    # Celery queue of the reports; None for the platform's default queue. For the whole installation, not per site.
    "QUEUE": None,
}


def plugin_settings(settings: Any) -> None:
    """Add the plugin to ``settings``, the module that the LMS is building; a second call changes nothing."""
    chosen = getattr(settings, "LEARNER_DATA_PLUGIN", None) or {}
    if isinstance(chosen, Mapping):  # anything else is left for the system checks to find; the LMS has to start
        settings.LEARNER_DATA_PLUGIN = {**DEFAULTS, **chosen}
    register_filters(settings)
    templates = str(Path(__file__).resolve().parent.parent / "templates")
    if templates not in settings.MAKO_TEMPLATE_DIRS_BASE:
        settings.MAKO_TEMPLATE_DIRS_BASE.append(templates)
