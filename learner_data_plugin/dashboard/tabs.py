"""The tabs of the page: ``?tab=`` opens one."""

from __future__ import annotations

from django.utils.translation import gettext as _

FIRST = "overview"


def titles() -> dict[str, str]:
    """Return the titles of the tabs in order, by the names that addresses have."""
    return {
        FIRST: _("Overview"),
        "learners": _("Learners"),
        "reports": _("Reports"),
        "anonymized-ids": _("Anonymized IDs"),
    }


def asked_for(name: str | None) -> str:
    """Return the tab of this name, or the first one."""
    return name if name in titles() else FIRST
