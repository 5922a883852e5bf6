"""Whether the instructor dashboard asks the plugin."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

from ..settings.filters import FILTER_STEPS, SETTING, pipeline_of


def check_filters(**_kwargs: Any) -> list[checks.CheckMessage]:
    """A filter that does not run our step, or runs it more than once; W004 each."""
    configured = getattr(settings, SETTING, None)
    findings = []
    for filter_type, step in FILTER_STEPS.items():
        times = pipeline_of(configured, filter_type).count(step)
        if times != 1:
            runs = "does not run" if times == 0 else f"runs {times} times"
            findings.append(
                checks.Warning(
                    f"The filter {filter_type} {runs} {step}, through which the instructor dashboard shows Learner Data.",
                    hint=f"A settings file that is read after the plugin's replaced {SETTING}, or a part of it. Have it add to "
                    f"the list {SETTING}[{filter_type!r}]['pipeline'] instead; this step has to stand there once.",
                    id="learner_data_plugin.W004",
                )
            )
    return findings
