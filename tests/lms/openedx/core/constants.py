"""Patterns of course identifiers in URLs."""

COURSE_KEY_PATTERN = r"(?P<course_key_string>[^/+]+(/|\+)[^/+]+(/|\+)[^/?]+)"
COURSE_ID_PATTERN = COURSE_KEY_PATTERN.replace("course_key_string", "course_id")
COURSE_KEY_REGEX = COURSE_KEY_PATTERN.replace("P<course_key_string>", ":")
