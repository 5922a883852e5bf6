"""Switches of the platform."""

from __future__ import annotations

from edx_toggles.toggles import WaffleFlag
from opaque_keys.edx.keys import CourseKey


class CourseWaffleFlag(WaffleFlag):
    """A flag that the platform can also set for a single course or organization; here it is set for all."""

    def is_enabled(self, course_key: CourseKey | None = None) -> bool:
        return super().is_enabled()


# Since Verawood: course teams are given their roles in openedx-authz.
AUTHZ_COURSE_AUTHORING_FLAG = CourseWaffleFlag("authz.enable_course_authoring", __name__)
