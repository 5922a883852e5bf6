"""Models and migrations say the same."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from learner_data_plugin import models


@pytest.mark.standin_only(reason="with migrations switched off, makemigrations stumbles over other apps of the platform")
def test_no_migration_is_missing(db):
    call_command("makemigrations", "learner_data_plugin", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    "model",
    [
        models.ReportRun,
        models.ReportFile,
        models.AuditRecord,
        models.AuditSeal,
        models.LearnerIndex,
        models.Erasure,
        models.CourseAggregates,
    ],
)
def test_tables_are_named_after_the_plugin(model, db):
    assert model._meta.db_table.startswith("learner_data_plugin_")
    assert model._meta.db_table in connection.introspection.table_names()
