"""What the plugin does when the platform says that something happened."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from django.db import transaction

log = logging.getLogger(__name__)


def connect() -> None:
    """Listen to the platform's signals that an account is being retired."""
    from . import platform_api

    for signal in platform_api.RETIREMENT_SIGNALS:
        signal.connect(erase_retired_learner, dispatch_uid=f"learner_data_plugin.{id(signal)}")


def erase_retired_learner(sender: Any, user: Any, **_kwargs: Any) -> None:
    """Take the account out of the stored reports, in the background once the retirement is committed.

    That it has to be done is kept in the database, so that no lost message and no broken storage makes it forgotten.
    """
    from .models import PendingErasure

    PendingErasure.objects.get_or_create(user_id=user.pk)
    transaction.on_commit(partial(_queue_erasure, user.pk))


def _queue_erasure(user_id: int) -> None:
    from . import tasks

    try:
        tasks.erase_learner.delay(user_id)
    except Exception as error:
        log.warning("No worker can be asked to erase a learner (%s); doing it now.", type(error).__name__)
        tasks.erase_learner(user_id)
