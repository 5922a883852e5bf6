"""Fixtures of all tests, on the stand-in LMS and on the real platform."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from edx_django_utils.cache import RequestCache

from . import factories


def pytest_configure(config: pytest.Config) -> None:
    """Marks of our own, known on both hosts."""
    config.addinivalue_line("markers", "fuzz: a property test, of which `make fuzz` tries EXAMPLES examples")


@pytest.fixture(autouse=True)
def _clean_caches() -> None:
    """Throttles, task results and what the platform remembers of a request end with each test."""
    cache.clear()
    RequestCache.clear_all_namespaces()


@pytest.fixture(autouse=True)
def _report_store(settings: Any, tmp_path: Any) -> None:
    """A report store of each test's own."""
    settings.GRADES_DOWNLOAD = {"STORAGE_TYPE": "localfs", "BUCKET": "tests", "ROOT_PATH": str(tmp_path / "reports")}


@pytest.fixture
def course_key(db: Any) -> Any:
    """A course without cohorts and teams."""
    return factories.make_course()


@pytest.fixture
def sign_in() -> Callable[..., Client]:
    """Returns a browser in which an account is signed in; CSRF is not checked unless asked for."""

    def signed_in(user: Any, *, enforce_csrf_checks: bool = False) -> Client:
        client = Client(enforce_csrf_checks=enforce_csrf_checks)
        client.force_login(user, backend="django.contrib.auth.backends.AllowAllUsersModelBackend")
        return client

    return signed_in


@pytest.fixture
def instructor(course_key: Any) -> Any:
    """An Admin of the course."""
    return factories.make_team_member("instructor", course_key)


@pytest.fixture
def instructor_client(instructor: Any, sign_in: Callable[..., Client]) -> Client:
    """The browser of an Admin of the course."""
    return sign_in(instructor)
