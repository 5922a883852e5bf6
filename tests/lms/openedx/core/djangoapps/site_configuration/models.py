"""Settings that a site overrides."""

from __future__ import annotations

import logging

from django.contrib.sites.models import Site
from django.db import models

from .fields import JSONField

logger = logging.getLogger(__name__)


class SiteConfiguration(models.Model):
    """The values that one site overrides; ``course_org_filter`` among them names its organizations."""

    site = models.OneToOneField(Site, related_name="configuration", on_delete=models.CASCADE)
    enabled = models.BooleanField(default=False)
    site_values = JSONField(null=False, blank=True, default=dict)

    def __str__(self) -> str:
        return f"configuration of {self.site}"

    def get_value(self, name: str, default: object = None) -> object:
        """The value, if the configuration is enabled and has it."""
        if not self.enabled:
            return default
        try:
            return self.site_values.get(name, default)
        except AttributeError:
            logger.exception("Invalid JSON data")
            return default

    @classmethod
    def get_configuration_for_org(cls, org: str) -> SiteConfiguration | None:
        """The first enabled configuration that names the organization."""
        for configuration in cls.objects.filter(site_values__contains=org, enabled=True):
            if org in configuration._orgs():
                return configuration
        return None

    @classmethod
    def get_value_for_org(cls, org: str, name: str, default: object = None) -> object:
        configuration = cls.get_configuration_for_org(org)
        return default if configuration is None else configuration.get_value(name, default)

    @classmethod
    def get_all_orgs(cls) -> set[str]:
        rows = cls.objects.filter(site_values__contains="course_org_filter", enabled=True)
        return {org for configuration in rows for org in configuration._orgs()}

    @classmethod
    def has_org(cls, org: str) -> bool:
        return org in cls.get_all_orgs()

    def _orgs(self) -> list[str]:
        orgs = self.get_value("course_org_filter", [])
        return orgs if isinstance(orgs, list) else [orgs]
