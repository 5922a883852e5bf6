"""Registering the plugin's steps in ``OPEN_EDX_FILTERS_CONFIG``, beside those of other plugins."""

from __future__ import annotations

from types import ModuleType
from typing import Any

_STEPS = "learner_data_plugin.dashboard.pipeline."
FILTER_STEPS = {
    "org.openedx.learning.instructor.dashboard.render.started.v1": f"{_STEPS}AddLearnerDataSection",
    # Only openedx-filters 3.4 and later run this one; in older releases nobody asks for it.
    "org.openedx.learning.instructor.dashboard.tabs.requested.v1": f"{_STEPS}AddLearnerDataTab",
}
"""The filter types we take part in, and our step in each."""

_FORMER_STEPS = {step.replace(".dashboard.", "."): step for step in FILTER_STEPS.values()}
"""Where the steps were in release 1.0; a site's own settings may still name them."""

SETTING = "OPEN_EDX_FILTERS_CONFIG"


def register_filters(settings: ModuleType) -> None:
    """Add our steps to the settings that the LMS is building; a second call changes nothing."""
    configured = getattr(settings, SETTING, None) or {}
    setattr(settings, SETTING, with_steps(configured))


def with_steps(configured: dict[str, Any]) -> dict[str, Any]:
    """Return the filters configuration with our steps appended to whatever stands there.

    An entry may be a dictionary, a list of steps or the name of one step (openedx-filters takes all three); ours is always left
    as a dictionary with a list, because other plugins append to ``["pipeline"]``.
    """
    merged = dict(configured)
    for filter_type, step in FILTER_STEPS.items():
        entry = _as_dictionary(configured.get(filter_type))
        entry["pipeline"] = [_FORMER_STEPS.get(given, given) for given in entry["pipeline"]]
        if step not in entry["pipeline"]:
            entry["pipeline"].append(step)
        merged[filter_type] = entry
    return merged


def pipeline_of(configured: dict[str, Any] | None, filter_type: str) -> list[str]:
    """The steps that a filters configuration runs for a filter type, in order."""
    return _as_dictionary((configured or {}).get(filter_type))["pipeline"]


def _as_dictionary(entry: Any) -> dict[str, Any]:
    """A copy of a filter's configuration in its full form. A failing step is passed over unless the site says otherwise."""
    given = entry if isinstance(entry, dict) else {"pipeline": entry}
    return {"fail_silently": True, **given, "pipeline": _as_list(given.get("pipeline"))}


def _as_list(steps: Any) -> list[str]:
    if not steps:
        return []
    return [steps] if isinstance(steps, str) else list(steps)
