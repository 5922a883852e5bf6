"""What has to be done again once the site's own YAML has been applied."""

from __future__ import annotations

from .common import plugin_settings

# The platform's production settings replace whole values by those of the site's YAML after the common settings ran; both
# LEARNER_DATA_PLUGIN and OPEN_EDX_FILTERS_CONFIG are then the site's alone. Merging is idempotent, so it is simply repeated.
__all__ = ["plugin_settings"]
