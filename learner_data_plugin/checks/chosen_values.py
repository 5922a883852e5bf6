"""Whether the values that operators chose are of the kind they must be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import DatabaseError

from .. import configuration, platform_api


def check_settings(**_kwargs: Any) -> list[checks.CheckMessage]:
    """Wrong values in the LEARNER_DATA_PLUGIN setting; E001 each."""
    problems = configuration.find_problems(getattr(settings, configuration.SETTING, {}))
    return [checks.Error(problem.sentence, id="learner_data_plugin.E001", obj=problem.key) for problem in problems]


def check_site_configurations(*, databases: Sequence[str] | None = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """Wrong values in site configurations; W001 each. Runs where databases are checked too, as ``migrate`` does."""
    if platform_api.site_configuration_database() not in (databases or ()):
        return []
    try:
        values = platform_api.site_configuration_values(configuration.SETTING)
    except DatabaseError:
        return []  # before the platform's own first migration
    return [
        checks.Warning(
            f"In the site configuration of {site}: {problem.sentence}",
            hint="Correct the value in Django admin, under Site configurations.",
            id="learner_data_plugin.W001",
            obj=problem.key,
        )
        for site, value in values
        for problem in configuration.find_problems(value)
    ]
