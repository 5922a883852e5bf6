"""Values of the current request's site, or of an organization's site."""

from __future__ import annotations

from openedx.core.djangoapps.theming.helpers import get_current_site
from openedx.core.lib.cache_utils import request_cached

from .models import SiteConfiguration


@request_cached("site_config")
def get_current_site_configuration() -> SiteConfiguration | None:
    """The configuration of the current request's site; None outside of a request."""
    return getattr(get_current_site(), "configuration", None)


def is_site_configuration_enabled() -> bool:
    configuration = get_current_site_configuration()
    return bool(configuration and configuration.enabled)


def has_override_value(name: str) -> bool:
    """Whether the current site overrides this."""
    return is_site_configuration_enabled() and name in get_current_site_configuration().site_values


def get_value(val_name: str, default: object = None, **kwargs) -> object:
    """The current site's value.

    As on the platform a default other than '' is put through ``dict()``, and only if that fails the value is answered
    as it is: a default ``[]`` becomes ``{}``, and a list of two-letter words becomes a dictionary of letters.
    """
    value = default
    if is_site_configuration_enabled():
        value = get_current_site_configuration().get_value(val_name, default)
    if default == "":
        return value
    try:
        merged = dict(default)
        merged.update(value)
    except (TypeError, ValueError, AttributeError):
        return value
    return merged


def get_dict(name: str, default: dict | None = None) -> dict:
    """The default, overridden key by key."""
    return (default or {}) | (get_value(name) or {})


def get_value_for_org(org: str, val_name: str, default: object = None) -> object:
    """The value of the site that names this organization; needs no request."""
    if not SiteConfiguration.has_org(org):
        return default
    return SiteConfiguration.get_value_for_org(org, val_name, default)
