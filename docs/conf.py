"""How the documentation is built: ``make docs``, in which every warning is an error."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "lms"), str(ROOT / "docs" / "_extensions")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.envs.test")

import django  # noqa: E402

django.setup()

from learner_data_plugin import __version__  # noqa: E402

project = "Learner Data"
author = "the authors of learner-data-plugin"
release = version = __version__
language = "en"

extensions = ["sphinx.ext.autodoc", "settings_reference", "columns_reference", "calls_reference"]
exclude_patterns = ["_build"]
autodoc_member_order = "bysource"
autodoc_typehints = "description"

html_theme = "sphinx_book_theme"
html_title = "Learner Data"
html_theme_options = {"show_navbar_depth": 2}
