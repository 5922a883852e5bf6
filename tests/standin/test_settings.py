"""Which databases the suites run on."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

ENGINES = "import json; from django.conf import settings; print(json.dumps([d['ENGINE'] for d in settings.DATABASES.values()]))"


@pytest.mark.parametrize(
    ("name", "engine", "number"),
    [
        ("lms.envs.test", "sqlite", 2),
        ("lms.envs.services", "django.db.backends.mysql", 2),
        ("lms.envs.workers", "django.db.backends.mysql", 1),
    ],
)
def test_suites_run_on_the_database_that_they_are_for(name, engine, number):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": name, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    output = subprocess.run([sys.executable, "-c", ENGINES], env=environment, capture_output=True, check=True).stdout
    engines = json.loads(output.splitlines()[-1])
    assert len(engines) == number
    assert all(engine in found for found in engines)
