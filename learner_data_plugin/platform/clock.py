"""The database's clock, which web servers and workers share; their own may differ."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Func

_NOW = {
    "mysql": "UTC_TIMESTAMP(6)",  # its CURRENT_TIMESTAMP, and so Django's Now(), is in the time zone of the session
    "sqlite": "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW')",
}


class Now(Func):
    """This moment, as a value in a query."""

    template = "CURRENT_TIMESTAMP"

    def __init__(self) -> None:
        super().__init__(output_field=DateTimeField())

    def as_sql(self, compiler: Any, connection: Any, **options: Any) -> Any:
        # Twice over, as the compiler takes the template for one with placeholders of its own.
        template = _NOW.get(connection.vendor, self.template).replace("%", "%%")
        return super().as_sql(compiler, connection, template=template, **options)


def now() -> datetime:
    """Return this moment (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_NOW.get(connection.vendor, Now.template)}", ())
        (moment,) = cursor.fetchone()
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
