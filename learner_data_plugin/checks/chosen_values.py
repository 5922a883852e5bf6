"""Whether the values that operators chose are of the kind they must be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import DatabaseError

from .. import configuration
from ..platform import sites


def check_settings(**_kwargs: Any) -> list[checks.CheckMessage]:
    """Wrong values in the LEARNER_DATA_PLUGIN setting; E001 each."""
    problems = configuration.find_problems(getattr(settings, configuration.SETTING, {}))
    return [checks.Error(problem.sentence, id="learner_data_plugin.E001", obj=problem.key) for problem in problems]


def check_site_configurations(*, databases: Sequence[str] | None = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """Wrong values in site configurations, W001 each; and values that nothing reads, W009 each.

    Runs where databases are checked too, as ``migrate`` does.
    """
    if sites.database() not in (databases or ()):
        return []
    try:
        configured = [site for site in sites.configured_sites() if configuration.SETTING in site.values]
    except DatabaseError:
        return []  # before the platform's own first migration
    return [finding for site in configured for finding in (*_wrong_values(site), *_unread_values(site))]


def _wrong_values(site: sites.ConfiguredSite) -> list[checks.CheckMessage]:
    problems = configuration.find_problems(site.values[configuration.SETTING]) if site.is_enabled else []
    return [
        checks.Warning(
            f"In the site configuration of {site.domain}: {problem.sentence}",
            hint="Correct the value in Django admin, under Site configurations.",
            id="learner_data_plugin.W001",
            obj=problem.key,
        )
        for problem in problems
    ]


def _unread_values(site: sites.ConfiguredSite) -> Iterator[checks.CheckMessage]:
    values = site.values[configuration.SETTING]
    if not site.is_enabled:
        sentence = f"Nothing reads {configuration.SETTING} in the site configuration of {site.domain}: it is not enabled."
        yield _unread(sentence, "Enable it in Django admin, under Site configurations; or remove the values.")
        return
    if not site.is_default and not site.names_organizations:
        sentence = (
            f"{configuration.SETTING} in the site configuration of {site.domain} is read for requests to {site.domain} alone: "
            "it names no organization, and is not the default site's."
        )
        hint = (
            "Have it name its organizations in course_org_filter, so that it holds for their courses at every address and for "
            "retention; or put the values into the configuration of the default site (SITE_ID)."
        )
        yield _unread(sentence, hint)
    for key in configuration.FOR_THE_INSTALLATION:
        if isinstance(values, Mapping) and key in values:
            sentence = f"Nothing reads {configuration.SETTING}[{key!r}] in the site configuration of {site.domain}."
            yield _unread(sentence, "It is for the whole installation: set it in the settings.")


def _unread(sentence: str, hint: str) -> checks.CheckMessage:
    return checks.Warning(sentence, hint=hint, id="learner_data_plugin.W009")
