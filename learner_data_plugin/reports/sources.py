"""The stored reports that another report is made from: whoever has it made has to see them, and it is shown to nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from opaque_keys.edx.keys import CourseKey

from .. import permissions
from ..models import ReportFile
from . import files


def find(course_key: CourseKey, names: Iterable[str], *, user: Any) -> list[ReportFile]:
    """Return the stored reports of these names. Raises ReportNotFound, also for one that the account may not see."""
    names = list(names)
    roles = frozenset() if user is None else permissions.roles_that_count(user, course_key)
    return [files.get_file(course_key, name, roles=roles) for name in names]
