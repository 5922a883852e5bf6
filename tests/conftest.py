"""Fixtures of all tests, on the stand-in LMS and on the real platform."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from celery import current_app
from django.contrib.sites.models import Site
from django.core.cache import cache
from django.test import Client
from edx_django_utils.cache import RequestCache
from hypothesis import HealthCheck, settings
from rest_framework import throttling  # noqa: F401  (keeps the clock that it finds when it is imported: not a stopped one)

from . import databases, factories, texts


def pytest_configure(config: pytest.Config) -> None:
    """Marks of our own, known on both hosts; and examples that may take as long as a busy machine needs."""
    settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("untimed")
    config.addinivalue_line("markers", "fuzz: a property test, of which `make fuzz` tries EXAMPLES examples")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Open the database of the problems' history as well."""
    databases.open_all(items)


@pytest.fixture(autouse=True)
def _clean_caches() -> None:
    """Throttles, task results and what the platform remembers of a request end with each test."""
    cache.clear()
    RequestCache.clear_all_namespaces()
    Site.objects.clear_cache()


if find_spec("openedx_authz") is not None:

    @pytest.fixture(autouse=True)
    def _policies(request: Any) -> Any:
        """Has openedx-authz read what there is, as each process of a platform soon has, and forget it with the test's rows."""
        if "db" not in request.fixturenames:
            yield
            return
        from openedx_authz.engine.enforcer import AuthzEnforcer

        request.getfixturevalue("db")
        AuthzEnforcer.get_enforcer()
        yield
        AuthzEnforcer._last_policy_loaded_version = None


@pytest.fixture(autouse=True)
def _report_store(settings: Any, tmp_path: Any) -> None:
    """A report store of each test's own."""
    settings.GRADES_DOWNLOAD = {"STORAGE_TYPE": "localfs", "BUCKET": "tests", "ROOT_PATH": str(tmp_path / "reports")}


@pytest.fixture(scope="session")
def unknown_texts() -> set[str]:
    """The texts that the plugin asked for and that are in no translator's catalog."""
    unknown: set[str] = set()
    texts.note_unknown(unknown)
    return unknown


@pytest.fixture(autouse=True)
def _texts_can_be_translated(unknown_texts: set[str]) -> Iterator[None]:
    """A text that is put together while the plugin runs, or was never collected, cannot be."""
    unknown_texts.clear()
    yield
    assert unknown_texts == set()


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


@pytest.fixture
def use_broker() -> Iterator[Callable[[str], None]]:
    """Returns a function that has tasks sent to a broker, until the end of the test."""
    before = {name: current_app.conf[name] for name in ("broker_url", "broker_write_url", "task_always_eager")}

    def use(address: str) -> None:
        current_app.conf.update(broker_url=address, broker_write_url=address, task_always_eager=False)

    yield use
    current_app.conf.update(before)
