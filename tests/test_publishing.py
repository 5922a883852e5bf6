"""Which queue a message goes to, and how long a broker is waited for."""

from __future__ import annotations

import pytest
from celery import current_app

from learner_data_plugin import tasks
from learner_data_plugin.platform import publishing
from learner_data_plugin.reports.requesting import TASK_NAME

ALL = [TASK_NAME, "learner_data_plugin.tasks.erase_learner", "learner_data_plugin.tasks.remove_expired"]


@pytest.fixture
def sent(monkeypatch):
    """The options with which Celery was asked to send a message."""
    options = {}
    for base in {type(current_app.tasks[name]).__mro__[3] for name in ALL} | {tasks.Task}:
        if "apply_async" in vars(base) and base.__module__.startswith("celery"):
            monkeypatch.setattr(base, "apply_async", lambda self, *args, **given: options.update(given))
    return options


@pytest.mark.parametrize("name", ALL)
def test_messages_go_to_the_queue_of_the_site(name, sent, settings):
    settings.LEARNER_DATA_PLUGIN = {"QUEUE": "learner.data"}
    current_app.tasks[name].apply_async([1])
    assert sent["queue"] == "learner.data"


@pytest.mark.parametrize("name", ALL)
def test_a_caller_may_name_another_queue(name, sent, settings):
    settings.LEARNER_DATA_PLUGIN = {"QUEUE": "learner.data"}
    current_app.tasks[name].apply_async([1], queue="other")
    assert sent["queue"] == "other"


@pytest.mark.parametrize("name", ALL)
def test_without_one_the_platform_decides(name, sent, settings):
    settings.LEARNER_DATA_PLUGIN = {}
    current_app.tasks[name].apply_async([1])
    assert "queue" not in sent


class TestRedis:
    @pytest.fixture(autouse=True)
    def _queued(self, monkeypatch):
        monkeypatch.setitem(current_app.conf, "task_always_eager", False)

    def connection(self, sent, monkeypatch, url, **options):
        connection = current_app.connection_for_write(url)
        connection.transport_options = options
        monkeypatch.setattr(current_app, "connection_for_write", lambda: connection)
        current_app.tasks[TASK_NAME].apply_async([1])
        assert sent["connection"] is connection
        return connection.transport_options

    def test_a_silent_one_is_given_up_soon(self, sent, monkeypatch):
        limits = self.connection(sent, monkeypatch, "redis://127.0.0.1:1/0")
        assert limits == {"socket_timeout": publishing.SECONDS, "socket_connect_timeout": publishing.SECONDS}

    def test_limits_of_the_site_stay(self, sent, monkeypatch):
        limits = self.connection(sent, monkeypatch, "redis://127.0.0.1:1/0", socket_timeout=30, visibility_timeout=7)
        assert limits == {"socket_timeout": 30, "socket_connect_timeout": publishing.SECONDS, "visibility_timeout": 7}

    def test_other_brokers_get_none(self, sent, monkeypatch):
        assert self.connection(sent, monkeypatch, "memory://") == {}


def test_a_cancelled_task_is_told_over_the_limited_connection_alone(use_broker, monkeypatch):
    """Connections of Celery's own pool have no limits, and may be to a broker that is gone."""

    def pool(_amqp):
        raise AssertionError("taken from the pool")

    use_broker("memory://")
    monkeypatch.setattr(type(current_app.amqp), "producer_pool", property(pool))
    publishing.revoke("a task")
