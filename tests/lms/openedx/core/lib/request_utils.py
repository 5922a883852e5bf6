"""Finding the course in the address of a request."""

from __future__ import annotations

import re

from django.conf import settings

COURSE_REGEX = re.compile(rf"^(.*?/course(s)?/)(?!v[0-9]+/[^/]+){settings.COURSE_ID_PATTERN}")
"""``v1`` and the like after ``courses/`` are versions of an API, not organizations."""
