"""JSON kept as text, as the platform keeps site configurations."""

from __future__ import annotations

import json

from django.db import models


class JSONField(models.TextField):
    """Text in the database, the value it spells in Python; ``__contains`` searches the text."""

    def from_db_value(self, value: str | None, expression, connection) -> object:
        return None if value is None else json.loads(value)

    def get_prep_value(self, value: object) -> str | None:
        return None if value is None else json.dumps(value)
