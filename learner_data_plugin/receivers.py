"""What the plugin does when the platform says that something happened."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth import get_user_model
from django.core.signals import request_started
from django.db import DatabaseError, transaction
from django.db.models.signals import post_delete

log = logging.getLogger(__name__)


def connect() -> None:
    """Listen to the platform's signals that an account is being retired or has posted something, and to accounts being deleted.

    Where nothing is recorded of what learners do, the process keeps that when its first request comes.
    """
    from .engagement import coverage, forum_events
    from .platform import api as platform_api

    for signal in platform_api.RETIREMENT_SIGNALS:
        signal.connect(erase_retired_learner, dispatch_uid=f"learner_data_plugin.{id(signal)}")
    post_delete.connect(erase_deleted_learner, sender=get_user_model(), dispatch_uid="learner_data_plugin.deleted")
    if coverage.is_recording():
        forum_events.connect()
    else:
        request_started.connect(note_that_nothing_is_recorded, dispatch_uid="learner_data_plugin.off")


def erase_retired_learner(sender: Any, user: Any, **_kwargs: Any) -> None:
    """Take the account out of what the plugin keeps, in the background once the retirement is committed.

    That it has to be done is kept in the database, so that no lost message and no broken storage makes it forgotten.
    """
    _erase(user.pk, everywhere=False)


def erase_deleted_learner(sender: Any, instance: Any, **_kwargs: Any) -> None:
    """The same for an account that was deleted, alone or with many others; its enrollments are gone with it."""
    _erase(instance.pk, everywhere=True)


def note_that_nothing_is_recorded(**_kwargs: Any) -> None:
    """Keep that the site runs with recording switched off, once in the life of a process: the day is not known completely."""
    from .engagement import coverage

    request_started.disconnect(dispatch_uid="learner_data_plugin.off")
    try:
        coverage.enter_sign(was_off=True)
    except DatabaseError as error:
        log.warning("It could not be kept that nothing is recorded of what learners do (%s).", type(error).__name__)


def _erase(user_id: int, *, everywhere: bool) -> None:
    from .privacy import erasure

    erasure.add(user_id, everywhere=everywhere)
    # Of a transaction with many erasures the first has them all done.
    if not any(_queue_erasures in waiting for waiting in transaction.get_connection().run_on_commit):
        transaction.on_commit(_queue_erasures)


def _queue_erasures() -> None:
    from . import tasks

    try:
        tasks.erase_learner.delay()
    except Exception as error:
        log.warning("No worker can be asked to erase a learner (%s); doing it now.", type(error).__name__)
        tasks.erase_learner()
