"""The student app, with the one constraint that a platform migration adds to Django's own table of users."""

from __future__ import annotations

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


def make_email_unique(using: str, **kwargs) -> None:
    """Add the platform's unique index on ``auth_user.email``, unless it is there.

    The platform has it where its migrations ran, and lacks it in test databases made without them.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        if "auth_user" not in connection.introspection.table_names(cursor):
            return
        constraints = connection.introspection.get_constraints(cursor, "auth_user").values()
        if not any(constraint["unique"] and constraint["columns"] == ["email"] for constraint in constraints):
            cursor.execute("create unique index email on auth_user (email)")


class StudentConfig(AppConfig):
    """``common.djangoapps.student``."""

    name = "common.djangoapps.student"

    def ready(self) -> None:
        post_migrate.connect(make_email_unique, sender=self, dispatch_uid="student.make_email_unique")
