"""The parameters by which a request says which learners, in a table and in reports alike."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from ..engagement.presets import ACTIVITY

MOST_USERNAMES = 1_000


class TextField(serializers.CharField):
    """A text as it was sent: numbers are no texts, and blanks are kept."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 255, "allow_blank": True, "trim_whitespace": False, "required": False, **options})

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


COLUMNS = serializers.ListField(
    child=TextField(max_length=None),
    required=False,
    help_text="Keys of columns in their order; all that are offered unless given.",
)
SELECTION_TEXTS = {
    "search": TextField(
        help_text="Part of the username, the name or the email address; on a page of a large course the beginning."
    ),
    "cohort": TextField(help_text="Name of a cohort; [unassigned] for learners without one."),
    "team": TextField(help_text="Name of a team; [unavailable] for learners without one."),
    "enrollment_mode": TextField(help_text="Slug of an enrollment track, such as verified."),
    "activity": serializers.ChoiceField(
        ACTIVITY,
        required=False,
        allow_blank=True,
        help_text="never: never active; inactive_7, inactive_14: not for so many days; struggling: tried problems in the last "
        "14 days, none correct; active_last_week: active from Monday to Sunday of the last week that is over (UTC); joined_7: "
        "first enrolled in the last 7 days.",
    ),
    "sort": TextField(
        help_text="Key of a column, with - before it for descending order; small courses only. By username unless given."
    ),
}
"""Which learners, and in which order."""

USERNAMES = serializers.ListField(
    child=TextField(),
    required=False,
    allow_empty=False,  # which would be everybody
    max_length=MOST_USERNAMES,
    help_text=f"Usernames of the only learners wanted, at most {MOST_USERNAMES}.",
)
