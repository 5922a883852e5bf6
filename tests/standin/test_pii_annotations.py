"""Every model of the plugin says what personal data it keeps and how that is retired."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]


def test_annotations_cover_every_model(tmp_path):
    pytest.importorskip("code_annotations")
    script = "from code_annotations.cli import entry_point; entry_point()"
    checks = ["--lint", "--report", "--coverage", "--report_path", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-c", script, "django_find_annotations", "--config_file", ".pii_annotations.yml", *checks],
        cwd=ROOT,
        env={"PYTHONPATH": "tests/lms:.", "DJANGO_SETTINGS_MODULE": "lms.envs.test"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Coverage is 100.0%" in done.stdout


def test_no_model_of_the_plugin_is_excused():
    excused = (ROOT / ".annotation_safe_list.yml").read_text(encoding="utf-8")
    assert list(apps.get_app_config("learner_data_plugin").get_models())
    assert "learner_data_plugin." not in excused
