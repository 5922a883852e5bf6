"""System checks for operators: each finding is a sentence that says what to do."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from . import configuration

TAG = "learner_data_plugin"


def check_settings(**_kwargs: Any) -> list[CheckMessage]:
    """Wrong values in the LEARNER_DATA_PLUGIN setting; E001 each."""
    problems = configuration.find_problems(getattr(settings, configuration.SETTING, {}))
    return [Error(problem.sentence, id="learner_data_plugin.E001", obj=problem.key) for problem in problems]


def register_checks() -> None:
    """Have ``manage.py lms check`` run these."""
    for check in (check_settings,):
        register(check, TAG)
