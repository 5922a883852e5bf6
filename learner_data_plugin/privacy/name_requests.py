"""Requests for names that a second person has to grant before a file is deanonymized (SECOND_APPROVAL)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from .. import audit, configuration
from ..data import Actor
from ..exceptions import RequestNotFound, RequestUndecidable
from ..models import NameRequest

WAITING, GRANTED, DECLINED, EXPIRED = "waiting", "granted", "declined", "expired"
WAITING_DAYS = 7
"""For so long a request can be decided."""


def is_needed(course_key: CourseKey) -> bool:
    """Whether a second person has to agree."""
    return bool(configuration.value("SECOND_APPROVAL", org=course_key.org))


def find(course_key: CourseKey, *, fingerprint: str, asked_for: dict[str, Any], by: Actor) -> NameRequest | None:
    """Return an account's newest request for exactly this that is granted or can still be (1 query)."""
    mine = NameRequest.objects.filter(user_id=by.user_id, fingerprint=fingerprint, valid_until__gt=timezone.now())
    alike = [request for request in mine.order_by("-id") if (request.course_id, request.asked_for) == (course_key, asked_for)]
    return next((request for request in alike if request.granted is not False), None)


def enter(
    course_key: CourseKey,
    *,
    fingerprint: str,
    asked_for: dict[str, Any],
    counts: dict[str, int],
    purpose: str,
    approval: str,
    by: Actor,
) -> NameRequest:
    """Enter a request, which waits for somebody else."""
    with transaction.atomic():
        audit.record(
            audit.Action.NAMES_REQUESTED, course_key, by=by, rows=counts["total"], columns=asked_for["columns"]
        )
        return NameRequest.objects.create(
            course_id=course_key,
            user_id=by.user_id,
            username=by.username,
            fingerprint=fingerprint,
            asked_for=asked_for,
            counts=counts,
            purpose=purpose,
            approval=approval,
            valid_until=timezone.now() + timedelta(days=WAITING_DAYS),
        )


def decide(course_key: CourseKey, number: int, *, grant: bool, by: Actor) -> NameRequest:
    """Grant or decline somebody else's request, once. Raises RequestNotFound or RequestUndecidable."""
    request = NameRequest.objects.filter(pk=number).first()
    if request is None or request.course_id != course_key:
        raise RequestNotFound
    if request.user_id == by.user_id:
        raise RequestUndecidable(_("Somebody else has to decide on your own request."))
    now = timezone.now()
    hours = configuration.value("SECOND_APPROVAL_HOURS", org=course_key.org)
    until = {"valid_until": now + timedelta(hours=hours)} if grant else {}
    undecided = NameRequest.objects.filter(pk=number, granted=None, valid_until__gt=now)
    with transaction.atomic():
        if not undecided.update(granted=grant, decided=now, decided_by=by.username, **until):
            raise RequestUndecidable(_("This request is decided already, or has expired."))
        action = audit.Action.NAMES_GRANTED if grant else audit.Action.NAMES_DECLINED
        detail = f"request {number} of {request.username}"
        audit.record(
            action, course_key, by=by, rows=request.counts["total"], columns=request.asked_for["columns"], detail=detail
        )
    request.refresh_from_db()
    return request


def requests_of(course_key: CourseKey) -> QuerySet[NameRequest]:
    """The requests of a course, newest first."""
    return NameRequest.objects.filter(course_id=course_key).order_by("-id")


def state_of(request: NameRequest) -> str:
    """What has become of a request."""
    if request.granted is False:
        return DECLINED
    if request.valid_until <= timezone.now():
        return EXPIRED
    return WAITING if request.granted is None else GRANTED


def remove_older_than(course_key: CourseKey, moment: datetime) -> None:
    """Remove what was requested in a course before; for retention alone."""
    NameRequest.objects.filter(course_id=course_key, created__lte=moment).delete()
