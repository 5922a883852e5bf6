"""What the operators have configured for the sites of an installation, and whose configuration holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from celery import current_task
from crum import get_current_request
from django.conf import settings
from django.db import router
from django.db.models import Q
from edx_django_utils.cache import RequestCache

from . import api as platform_api

SiteValues = Mapping[str, Any]


@dataclass(frozen=True)
class ApplicableValues:
    """The configurations that have a say for an organization's courses.

    ``own`` are that of the site that the request reached, and after it that of the site which names the organization.
    ``default`` is that of the default site, for what those say nothing of.
    """

    own: tuple[SiteValues, ...]
    default: SiteValues

    def first(self, name: str) -> Any:
        """The value of the first that has one; None if none has."""
        return next((values[name] for values in (*self.own, self.default) if name in values), None)


@dataclass(frozen=True)
class ConfiguredSite:
    """A site's configuration as the check needs it."""

    domain: str
    is_enabled: bool
    is_default: bool
    names_organizations: bool
    values: SiteValues


def values_for(org: str, *, site_id: int | None = None) -> ApplicableValues:
    """What is configured for an organization's courses (1 query; during a request or a task, 1 for an organization and site).

    ``site_id`` stands for the request's site where the request is over. Configurations that are not enabled say nothing.
    """
    site_id = current_site_id() if site_id is None else site_id
    if get_current_request() is None and not current_task:  # after both of which the platform empties its request cache
        return _read(org, site_id)
    known = RequestCache("learner_data_plugin.site_configuration").data
    if (org, site_id) not in known:
        known[org, site_id] = _read(org, site_id)
    return known[org, site_id]


def current_site_id() -> int | None:
    """The site whose address the request was sent to, the default site for an address of none; None without a request."""
    return getattr(getattr(get_current_request(), "site", None), "pk", None)


def configured_sites() -> list[ConfiguredSite]:
    """Every site with a configuration, by domain (1 query)."""
    rows = platform_api.SiteConfiguration.objects.select_related("site").order_by("site__domain")
    return [
        ConfiguredSite(
            domain=row.site.domain,
            is_enabled=row.enabled,
            is_default=row.site_id == _default_site_id(),
            names_organizations=bool(_organizations(_values(row))),
            values=_values(row),
        )
        for row in rows
    ]


def database() -> str:
    """The alias of the database that site configurations are read from."""
    return router.db_for_read(platform_api.SiteConfiguration)


def _read(org: str, site_id: int | None) -> ApplicableValues:
    default_id = _default_site_id()
    concerned = Q(site_id__in=[pk for pk in (site_id, default_id) if pk is not None]) | Q(site_values__contains=org)
    rows = list(platform_api.SiteConfiguration.objects.filter(concerned, enabled=True).order_by("pk"))
    of_site = {row.site_id: _values(row) for row in rows}
    of_org = next((row.site_id for row in rows if org in _organizations(_values(row))), None)
    own = [pk for pk in dict.fromkeys((site_id, of_org)) if pk in of_site]
    return ApplicableValues(tuple(of_site[pk] for pk in own), of_site.get(default_id, {}))


def _default_site_id() -> int | None:
    return getattr(settings, "SITE_ID", None)


def _values(row: Any) -> SiteValues:
    return row.site_values if isinstance(row.site_values, Mapping) else {}


def _organizations(values: SiteValues) -> list[Any]:
    """As on the platform, one organization may stand there for itself."""
    given = values.get("course_org_filter") or []
    return given if isinstance(given, list) else [given]
