"""The Django apps that hold the stand-in platform's data, in the order they are installed.

None of these apps has migrations: they stand in for an already migrated platform, and nothing but the current tables
is wanted. Settings therefore use ``MIGRATION_MODULES = NoMigrations(but=["learner_data_plugin"])`` and every database,
of a test or of the demo, is made by ``migrate --run-syncdb``. That has to hold for *every* other installed app, Django's
own included: MariaDB cannot create a table without migrations that refers to one with migrations.

``bridgekeeper`` finds ``permissions.py`` of each installed app by itself; ``lms.djangoapps.instructor`` is installed
here for it. Expected besides: ``django.contrib.{auth,contenttypes,sites,sessions}``, ``SITE_ID``, the backend
``bridgekeeper.backends.RulePermissionBackend``, the middleware ``crum.CurrentRequestUserMiddleware`` and
``django.contrib.sites.middleware.CurrentSiteMiddleware``.
"""

from __future__ import annotations

from collections.abc import Iterable

DATA_APPS = [
    "bridgekeeper",
    "django_countries",
    "simple_history",
    "xmodule",
    "openedx.core.djangoapps.content.course_overviews",
    "openedx.core.djangoapps.site_configuration",
    "lms.djangoapps.ccx",
    "lms.djangoapps.courseware",
    "common.djangoapps.student",
    "common.djangoapps.util",
    "common.djangoapps.course_modes",
    "openedx.core.djangoapps.course_groups",
    "openedx.core.djangoapps.user_api",
    "openedx.core.djangoapps.external_user_ids",
    "lms.djangoapps.verify_student",
    "lms.djangoapps.teams",
    "lms.djangoapps.program_enrollments",
    "lms.djangoapps.course_goals",
    "lms.djangoapps.grades",
    "lms.djangoapps.instructor",
    "completion",
    "forum",
    "lms.djangoapps.demo",
]

DATA_SETTINGS = {
    "RETIRED_USERNAME_PREFIX": "retired__user_",
    "RETIRED_EMAIL_PREFIX": "retired__user_",
    "RETIRED_EMAIL_DOMAIN": "retired.invalid",
    "RETIRED_USER_SALTS": ["stand-in"],
    "VERIFY_STUDENT": {"DAYS_GOOD_FOR": 365, "EXPIRING_SOON_WINDOW": 28},
}


class NoMigrations:
    """A ``MIGRATION_MODULES`` that switches migrations off for every app but a few."""

    def __init__(self, *, but: Iterable[str]) -> None:
        self.kept = frozenset(but)

    def __contains__(self, app_label: str) -> bool:
        return app_label not in self.kept

    def __getitem__(self, app_label: str) -> None:
        return None
