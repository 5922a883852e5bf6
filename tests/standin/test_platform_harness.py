"""``make test-platform`` where something is missing: it says what, and runs nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.platform import needs

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path):
    """As much of a checkout as is looked at before anything runs."""
    (tmp_path / "checkout/lms/envs").mkdir(parents=True)
    (tmp_path / "checkout/lms/envs/test.py").touch()
    return tmp_path / "checkout"


def said(*, checkout="", python=sys.executable):
    """Return what ``make test-platform`` says before it gives up."""
    environment = {**os.environ, "EDX_PLATFORM": str(checkout), "PYTHON": str(python), "EDXAPP_TEST_MONGO_PORT": "1"}
    ran = subprocess.run(
        [sys.executable, "tests/platform/run.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    return ran.stderr


def test_nothing_is_given():
    assert said().startswith("test-platform: Give an edx-platform checkout as EDX_PLATFORM, and the Python with")


def test_checkout_that_is_none(tmp_path):
    assert f"There is no edx-platform checkout at {tmp_path}" in said(checkout=tmp_path)


def test_python_that_is_none(checkout):
    assert "is no Python that runs" in said(checkout=checkout, python=checkout / "bin/python")


def test_everything_that_is_missing_is_told_at_once(checkout, tmp_path):
    venv.create(tmp_path / "empty", with_pip=False)
    python = tmp_path / "empty/bin/python"

    sentences = said(checkout=checkout, python=python)

    wanted = "freezegun hypothesis mongomock openpyxl pytest pytest-django XlsxWriter"
    for packages in (wanted, "--no-deps openxml-audit"):
        assert f"Install it with: {python} -m pip install {packages}\n" in sentences
    assert "celery" in sentences.split("own requirements are not all installed: ")[1].split(" cannot be imported")[0]
    assert f"Install it with: {python} -m pip install --no-deps --editable {checkout}" in sentences


def test_a_checkout_that_is_not_installed_is_told_where_its_requirements_are(checkout):
    sentences = needs.lacking(sys.executable, checkout, mongo_answers=True)

    assert "The checkout itself is not installed" in sentences[-1]
    assert [sentence for sentence in sentences if "xlsxwriter" in sentence.lower()] == []


@pytest.mark.parametrize("module", ["xlsxwriter", "openpyxl", "hypothesis", "celery", "rest_framework"])
def test_what_the_tests_and_the_plugin_import_is_looked_for(module):
    assert module in needs.imported()


def test_what_only_newer_platforms_have_is_not_asked_of_others():
    assert not {"casbin_adapter", "openedx_authz"} & needs.imported()


def test_what_the_platform_lacks_and_the_tests_need_is_known():
    named = set(needs.BROUGHT_ALONG)

    assert {name for name in named if find_spec(name) is None} <= {"mongomock"}
    assert named <= needs.imported() | {"pytest_django"}
