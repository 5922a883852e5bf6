"""pytest plugin with which the tests run inside an edx-platform checkout (see run.py)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ..databases import uses_database
from . import mongo

mongo.stand_in_if_needed()  # before Django is set up

# What the checkout's own conftest gives to tests that live inside it.
from cms.conftest import _django_clear_site_cache, no_webpack_loader  # noqa: E402, F401

_STANDIN_ONLY = pytest.StashKey[dict[str, str]]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only the stand-in has."""
    left_out = config.stash.setdefault(_STANDIN_ONLY, {})
    for item in items:
        if (mark := item.get_closest_marker("standin_only")) is not None:
            left_out[item.nodeid] = mark.kwargs["reason"]
            item.add_marker(pytest.mark.skip(reason=mark.kwargs["reason"]))


@pytest.fixture(autouse=True)
def _courses(request: pytest.FixtureRequest) -> Iterator[None]:
    """Courses of each test's own, and caches that remember, without which neither progress nor throttles can be told."""
    if not uses_database(request.node):
        yield
        return
    request.getfixturevalue("_django_db_helper")
    from django.conf import settings
    from lms.djangoapps.courseware.field_overrides import OverrideFieldData
    from xmodule.modulestore.tests.django_utils import ModuleStoreIsolationMixin

    class Isolation(ModuleStoreIsolationMixin):
        ENABLED_CACHES = list(settings.CACHES)

    OverrideFieldData.provider_classes = None
    Isolation.start_modulestore_isolation()
    yield
    Isolation.end_modulestore_isolation()


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A checkout may speak another language by default, and the language of a request outlives the request."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture(scope="session", autouse=True)
def _force_login_gives_a_safe_session() -> None:
    """The platform accepts only session cookies that are signed; its own patch of the test client covers ``login`` alone."""
    from django.contrib.auth import SESSION_KEY
    from django.test import Client
    from openedx.core.djangoapps.safe_sessions.middleware import SafeSessionMiddleware

    force_login = Client.force_login

    def forced(self: Client, *args: Any, **options: Any) -> None:
        force_login(self, *args, **options)
        SafeSessionMiddleware.update_with_safe_session_cookie(self.cookies, self.session[SESSION_KEY])

    Client.force_login = forced


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say how many tests ran on this host, and why some did not."""
    counted = {name: len(terminalreporter.stats.get(name, ())) for name in ("passed", "failed", "error", "skipped")}
    told = ", ".join(f"{number} {name}" for name, number in counted.items() if number)
    terminalreporter.write_line(f"On the real platform at {config.invocation_params.dir}: {told or 'no tests'}.")
    left_out = config.stash.get(_STANDIN_ONLY, {})
    for reason in sorted(set(left_out.values())):
        number = list(left_out.values()).count(reason)
        terminalreporter.write_line(f"  {number} on the stand-in alone: {reason}")
