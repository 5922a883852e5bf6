"""Fixtures of the tests with worker processes: one database for all, and a course of each test's own in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from common.djangoapps.student.models import UserProfile
from django.test.utils import setup_databases, teardown_databases
from edx_django_utils.cache import RequestCache

from tests import factories

from .course import CourseOnSite
from .processes import RedisServer, Worker


@pytest.fixture(scope="session", autouse=True)
def _database(django_test_environment: Any, django_db_blocker: Any) -> Iterator[None]:
    """One new database for all tests, used as a site uses it: no transaction around a test, and nothing flushed after it."""
    with django_db_blocker.unblock():
        databases = setup_databases(verbosity=0, interactive=False)
        yield
        teardown_databases(databases, verbosity=0)


@pytest.fixture(autouse=True)
def _clean_caches() -> None:
    """Replaces the suite's own: the shared Redis is not to be emptied, and each test has accounts of its own."""
    RequestCache.clear_all_namespaces()


@pytest.fixture(autouse=True)
def _report_store() -> None:
    """Replaces the suite's own: see ``reports_folder``."""


@pytest.fixture
def reports_folder(settings: Any, tmp_path: Path) -> Path:
    """The report store of web and workers, a folder that any account may use."""
    folder = tmp_path / "reports"
    folder.mkdir()
    settings.GRADES_DOWNLOAD = {**settings.GRADES_DOWNLOAD, "STORAGE_KWARGS": {"location": str(folder)}}
    return folder


@pytest.fixture
def start_worker(reports_folder: Path, tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Starts workers that are ended with the test; arguments are Worker's."""
    workers: list[Worker] = []

    def start(**values: Any) -> Worker:
        values = {"REPORTS_FOLDER": str(reports_folder), **values}
        workers.append(Worker(tmp_path / f"worker{len(workers)}.log", **values))
        return workers[-1]

    yield start
    for worker in workers:
        worker.stop()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that the test may stop."""
    server = RedisServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def make_site_course(sign_in: Any) -> Callable[..., CourseOnSite]:
    """Makes courses of an organization of their own, with settings of its own and a browser of its Admin."""

    def make(*, learners: int = 60, goals: str = "", **settings: Any) -> CourseOnSite:
        org = f"ServicesX{next(factories._numbers)}"
        values = {"BATCH_SIZE": 15, "STALE_AFTER_SECONDS": 3, "GENERATE_THROTTLE": "1000/minute", **settings}
        factories.configure_site(org, LEARNER_DATA_PLUGIN=values)
        course_key = factories.make_course(org=org)
        ids = factories.make_learners(course_key, learners)
        if goals:
            UserProfile.objects.filter(user_id__in=ids).update(goals=goals)
        return CourseOnSite(course_key, sign_in(factories.make_team_member("instructor", course_key)))

    return make


@pytest.fixture
def course(make_site_course: Callable[..., CourseOnSite]) -> CourseOnSite:
    """A course of 60 learners, read and written in four batches each."""
    return make_site_course()
