"""Sending an email of the course's own words through edx-ace, as the platform sends its own."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from edx_ace import ace
from edx_ace.message import MessageType
from edx_ace.recipient import Recipient
from edx_ace.signals import ACE_MESSAGE_SENT

from ..platform import sites

log = logging.getLogger(__name__)


class RecurringReport(MessageType):
    """Every email about a recurring report; the words come with it."""

    APP_LABEL = "learner_data_plugin"
    NAME = "recurring_report"


@dataclass(frozen=True)
class Notice:
    """The words of an email. ``numbers`` are shown as a small table; there is one link, and never an attachment."""

    subject: str
    paragraphs: Sequence[str]
    link: str
    link_label: str
    footer: Sequence[str]
    numbers_title: str = ""
    numbers: Sequence[tuple[str, str]] = ()


def send(user: Any, notice: Notice, *, org: str, site_id: int | None) -> bool:
    """Send an email to an account; whether a channel took it. What a channel raises is logged by its kind alone."""
    configured = sites.values_for(org, site_id=site_id)
    options: dict[str, Any] = {"transactional": True}
    if from_address := configured.first("email_from_address"):
        options["from_address"] = from_address
    message_type = RecurringReport(context={"platform_name": _platform_name(configured)}, options=options)
    message = message_type.personalize(Recipient(user.pk, user.email), settings.LANGUAGE_CODE, _context(notice))
    taken: set[str] = set()

    def note(sender: Any, message: Mapping[str, Any], **_kwargs: Any) -> None:
        taken.add(message["uuid"])

    # edx-ace keeps to itself what a channel refuses, and says what it has taken.
    ACE_MESSAGE_SENT.connect(note)
    try:
        ace.send(message)
    except Exception as error:
        log.warning("An email about a recurring report could not be sent: %s.", type(error).__name__)
    finally:
        ACE_MESSAGE_SENT.disconnect(note)
    return str(message.uuid) in taken


def _platform_name(configured: sites.ApplicableValues) -> str:
    return str(configured.first("PLATFORM_NAME") or configured.first("platform_name") or settings.PLATFORM_NAME)


def _context(notice: Notice) -> dict[str, Any]:
    lists = {"paragraphs": list(notice.paragraphs), "footer": list(notice.footer)}
    return {**vars(notice), **lists, "numbers": [list(row) for row in notice.numbers]}
