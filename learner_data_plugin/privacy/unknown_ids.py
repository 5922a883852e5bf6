"""How many IDs that are not of a course somebody may ask for there in a day: enough for mistakes, not for trying."""

from __future__ import annotations

from django.core.cache import cache
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from .. import configuration
from ..data import Actor
from ..platform.short_names import short_name

DAY_SECONDS = 86_400


class UnknownIds:
    """What one account has asked for in one course today (UTC). The same file asked for again counts once."""

    def __init__(self, course_key: CourseKey, by: Actor, fingerprint: str) -> None:
        self.limit = configuration.value("DEANONYMIZE_MAX_UNKNOWN", org=course_key.org)
        self._key = f"learner_data_unknown_ids.{timezone.now().date()}.{by.user_id}.{short_name(str(course_key))}"
        self._fingerprint = fingerprint

    def left(self) -> int:
        """How many a file may still hold."""
        others = [count for fingerprint, count in self._counted().items() if fingerprint != self._fingerprint]
        return max(0, self.limit - sum(others))

    def count(self, number: int) -> None:
        """Count those of a file."""
        counted = self._counted()
        counted[self._fingerprint] = max(number, counted.get(self._fingerprint, 0))
        cache.set(self._key, counted, DAY_SECONDS)

    def count_refused(self) -> None:
        """Count a file that held more: a tenth of all, so that trying ends and a mistake can be mended."""
        self.count(self.limit // 10 + 1)

    def _counted(self) -> dict[str, int]:
        return cache.get(self._key) or {}
