"""The projects and settings files that a plugin can extend."""

from __future__ import annotations

from edx_django_utils.plugins import PluginContexts, PluginSettings, PluginSignals, PluginURLs

__all__ = ["PluginContexts", "PluginSettings", "PluginSignals", "PluginURLs", "ProjectType", "SettingsType"]


class ProjectType:
    """Entry point groups of the Django projects."""

    LMS = "lms.djangoapp"
    CMS = "cms.djangoapp"


class SettingsType:
    """Settings files, in the order in which a plugin can extend them."""

    PRODUCTION = "production"
    COMMON = "common"
    DEVSTACK = "devstack"
    TEST = "test"
