"""The types of the platform's own tasks, as far as the stand-in names them."""

from __future__ import annotations

from enum import StrEnum


class InstructorTaskTypes(StrEnum):
    """Values of ``task_type``."""

    GENERATE_ANONYMOUS_IDS_FOR_COURSE = "generate_anonymous_ids_for_course"
    GRADE_COURSE = "grade_course"
    MAY_ENROLL_INFO_CSV = "may_enroll_info_csv"
    PROFILE_INFO_CSV = "profile_info_csv"
