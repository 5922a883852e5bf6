"""System checks for operators: each finding is a sentence that says what is wrong, with a hint that says what to do.

A Django *error* keeps every management command from running, ``migrate`` and the steps of an image build among them, some of
which run with settings in which nothing is configured yet. So a wrong value of our own setting is an error; all that depends on
the rest of the installation is a warning, and an error only where it was asked for: ``manage.py lms check --deploy``. Only that
one touches the report store.
"""

from __future__ import annotations

from django.core.checks import Tags, register

from ..platform.compatibility import missing_part
from .platform import check_platform, check_platform_on_deployment

TAG = "learner_data_plugin"


def register_checks() -> None:
    """Have ``manage.py lms check`` run them; where the platform lacks a part, only the one that says so."""
    register(check_platform, TAG)
    register(check_platform_on_deployment, TAG, deploy=True)
    if missing_part() is not None:
        return
    from ..checks import addresses, chosen_values, filters, recording, report_store, tokens, workers

    register(chosen_values.check_settings, TAG)
    register(chosen_values.check_site_configurations, TAG, Tags.database)
    register(report_store.check_configuration, TAG)
    register(report_store.check_privacy, TAG)
    register(report_store.check_storing, TAG, deploy=True)
    register(addresses.check_addresses, TAG, deploy=True)
    register(filters.check_filters, TAG)
    register(tokens.check_keys, TAG)
    register(tokens.check_keys_on_deployment, TAG, deploy=True)
    register(workers.check_progress, TAG)
    register(workers.check_queue, TAG)
    register(recording.check_backend, TAG)
    register(recording.check_losses, TAG, Tags.database)
    register(recording.check_tables, TAG, deploy=True)
