"""The plugin's settings and their defaults."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .filters import register_filters
from .tracking import register_backend

# .. setting_name: LEARNER_DATA_PLUGIN
# .. setting_default: the DEFAULTS below
# .. setting_description: Everything an operator can steer. Keys that are missing keep their default; a site configuration
#     value of the same name overrides it key by key: that of the request's site, of the organization's, of the default site. A
#     wrong value is reported by ``manage.py lms check``; meanwhile its default is used, or what shows least.
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
    # Column keys that are ticked at first in the table's choice of columns; None for all of them.
    "TICKED_COLUMNS": None,
    # Whether whoever has a file generated must say what for; the audit keeps it.
    "REQUIRE_PURPOSE": False,
    # Scopes that an application's token needs to read, and to change something; {} asks for none, as the platform's own API
    # does.
    "TOKEN_SCOPES": {"read": "read", "write": "write"},
    # Course roles that see the charts that are safe to share and nothing else; those in ROLES see them anyway.
    "STATISTICS_ROLES": [],
    # Days after which a stored report is deleted; 0 keeps reports for ever.
    "RETENTION_DAYS": 90,
    # Days for which the audit is kept; 0 keeps it for ever.
    "AUDIT_RETENTION_DAYS": 730,
    # Days for which the audit keeps refusals, most of them of learners who tried an address; 0 keeps them for ever.
    "REFUSALS_RETENTION_DAYS": 90,
    # Whether a CSV downloaded from the page starts with a byte order mark, without which Excel misreads it.
    "CSV_BOM": True,
    # Whether what learners do is recorded for the engagement report. For the whole installation, not per site.
    "ENGAGEMENT": True,
    # Days for which it is kept who did what on which day; 0 keeps it for ever.
    "ENGAGEMENT_RETENTION_DAYS": 400,
    # Whether posts that learners marked anonymous count, which on a quiet day may tell who wrote one.
    "ANONYMOUS_POSTS": False,
    # The charts that are safe to share show no group of fewer learners, and change only after as many joined or left.
    "MIN_GROUP_SIZE": 10,
    # The anonymized IDs file is made while the browser waits in courses that fewer people ever enrolled in.
    "ANONYMIZED_IDS_ON_PAGE": 10_000,
    # How many reports one person may request, as Django REST framework writes rates.
    "GENERATE_THROTTLE": "30/minute",
    # How many requests of any kind one person may send to the API. An open page sends about one a second.
    "REQUEST_THROTTLE": "600/minute",
    # Course roles, of those that see learner data, that may lead anonymized IDs back to people; global staff always may.
    "DEANONYMIZE_ROLES": ["data_researcher"],
    # Rows of a file that is deanonymized or pseudonymized; larger ones are refused.
    "DEANONYMIZE_MAX_ROWS": 100_000,
    # IDs that do not belong to learners of the course, which one person may ask for in a course and day.
    "DEANONYMIZE_MAX_UNKNOWN": 1_000,
    # How many files one person may deanonymize, look at beforehand, or pseudonymize.
    "DEANONYMIZE_THROTTLE": "120/hour",
    # Whether a second person has to agree before a file is deanonymized.
    "SECOND_APPROVAL": False,
    # For how many hours that holds.
    "SECOND_APPROVAL_HOURS": 24,
    # Whether signed-in learners can read who was given their data, at /learner_data/mine/.
    "DISCLOSURES_PAGE": False,
    # The hour (UTC) at which recurring reports are due: of every day, of Mondays, of the first of a month.
    "SCHEDULE_HOUR": 4,
    # Whether the tab on the new instructor dashboard opens the page inside the dashboard, for which the dashboard's slot of
    # routes needs an entry; otherwise the tab leads to the page on its own. For the whole installation, not per site.
    "TAB_IN_DASHBOARD": False,
    # Learners read with one group of queries.
    "BATCH_SIZE": 5_000,
    # Seconds without a sign of life after which a running report is given up and its place is free again. There are six signs
    # in that time, from a thread of the worker's, however long a query or an upload takes.
    "STALE_AFTER_SECONDS": 12,
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
    is_wanted = chosen.get("ENGAGEMENT", True) if isinstance(chosen, Mapping) else True
    register_backend(settings, is_wanted=is_wanted is not False)
    templates = str(Path(__file__).resolve().parent.parent / "templates")
    if templates not in settings.MAKO_TEMPLATE_DIRS_BASE:
        settings.MAKO_TEMPLATE_DIRS_BASE.append(templates)
