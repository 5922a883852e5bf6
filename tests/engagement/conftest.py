"""Fixtures for what happens while learners learn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from eventtracking import tracker
from eventtracking.django.django_tracker import DjangoTracker

from learner_data_plugin.engagement.backend import EngagementBackend
from learner_data_plugin.settings.tracking import NAME
from tests import factories


@pytest.fixture
def backend() -> Iterator[EngagementBackend]:
    """The backend of a tracker that has just been made from the settings, as when the LMS starts."""
    before = tracker.get_tracker()
    tracker.register_tracker(DjangoTracker())
    yield tracker.get_tracker().get_backend(NAME)
    tracker.register_tracker(before)


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
