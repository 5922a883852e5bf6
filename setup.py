"""How the plugin is packaged; the version is read from the package itself."""

from __future__ import annotations

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
REPOSITORY = "https://github.com/openedx/learner-data-plugin"


def version() -> str:
    """Return ``__version__`` of the package without importing it."""
    text = (HERE / "learner_data_plugin" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    if found is None:
        raise RuntimeError("learner_data_plugin/__init__.py names no version")
    return found.group(1)


def long_description() -> str:
    """Return the README with links and pictures that work on the page of a package index too.

    In the README they are relative, so that they work in a checkout, in a fork and on another host; here they lead to the
    repository at this release.
    """
    text = (HERE / "README.rst").read_text(encoding="utf-8")
    text = re.sub(r"^(\.\. image:: )(?!https?:)", rf"\1{REPOSITORY}/raw/{version()}/", text, flags=re.MULTILINE)
    return re.sub(r"(`[^`<]*<)(?!https?:)([^`>]+>`_)", rf"\1{REPOSITORY}/blob/{version()}/\2", text)


setup(
    name="learner-data-plugin",
    version=version(),
    description="Learner data for Open edX course teams: reports, a table, anonymized IDs and charts.",
    long_description=long_description(),
    long_description_content_type="text/x-rst",
    url=REPOSITORY,
    project_urls={
        "Documentation": "https://learner-data-plugin.readthedocs.io",
        "Changelog": f"{REPOSITORY}/blob/{version()}/CHANGELOG.rst",
        "Security": f"{REPOSITORY}/blob/{version()}/SECURITY.md",
    },
    license="Apache-2.0",
    license_files=["LICENSE"],
    packages=find_packages(include=["learner_data_plugin", "learner_data_plugin.*"]),
    package_data={"learner_data_plugin": ["py.typed", "templates/**", "static/**", "locale/**/*.po", "locale/**/*.mo"]},
    zip_safe=False,
    python_requires=">=3.11",
    # All of these are part of the platform itself. Lower bounds only, so that installing changes no version there.
    install_requires=[
        "celery>=5.2",
        "click>=8.0",
        "cryptography>=42.0",
        "Django>=4.2",
        "django-countries>=7.5",
        "django-crum>=0.7.9",
        "djangorestframework>=3.14",
        "edx-ace>=1.7",
        "edx-django-utils>=5.9",
        "edx-drf-extensions>=9.0",
        "edx-opaque-keys[django]>=2.5",
        "event-tracking>=2.2",
        "openedx-events>=9.0",
        "openedx-filters>=2.1",
        "pyjwt>=2.4",
        "web-fragments>=2.1",
    ],
    extras_require={"openapi": ["drf-spectacular>=0.26"], "xlsx": ["openpyxl>=3.1", "xlsxwriter>=3.1"]},
    entry_points={
        "lms.djangoapp": ["learner_data_plugin = learner_data_plugin.apps:LearnerDataPluginConfig"],
    },
    classifiers=[
        "Development Status :: 5 - Production/Stable",
        "Framework :: Django",
        "Framework :: Django :: 4.2",
        "Framework :: Django :: 5.2",
        "Intended Audience :: Education",
        "Natural Language :: Arabic",
        "Natural Language :: English",
        "Natural Language :: Spanish",
        "Operating System :: POSIX",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Topic :: Education",
        "Typing :: Typed",
    ],
)
