"""Fixtures for what happens while learners learn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from learner_data_plugin.engagement.backend import EngagementBackend
from tests import factories

from .events import tracker_made_anew


@pytest.fixture
def backend() -> Iterator[EngagementBackend]:
    """The backend of a tracker that has just been made from the settings, as when the LMS starts."""
    with tracker_made_anew() as backend:
        yield backend


@pytest.fixture
def site(settings: Any) -> None:
    """The addresses of :mod:`site`."""
    settings.ROOT_URLCONF = "tests.engagement.site"


@pytest.fixture
def learner(course_key: Any) -> Any:
    """Somebody enrolled in the course."""
    return factories.make_learner(course_key)


@pytest.fixture
def learner_client(learner: Any, sign_in: Any) -> Client:
    """The browser of the learner, which is told of failing views as of any other."""
    client: Client = sign_in(learner)
    client.raise_request_exception = False
    return client
