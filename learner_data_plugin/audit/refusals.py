"""Records of who was refused: few of each person, and without a name once the account is retired."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from ..data import Actor
from ..models import AuditRecord
from .records import Action, record
from .seals import identity_of

SAME_AGAIN_SECONDS = 600
MOST_IN_A_DAY = 20
"""So many refusals of an account in a course are recorded within 24 hours; the last of them says so."""


def record_refusal(course_key: CourseKey, *, by: Actor, detail: str) -> None:
    """Add a record of an account that was refused, unless it is the same again or one too many (2 queries).

    Anyone who is signed in can be refused as often as they like, and would otherwise fill the record and bury what else is in
    it.
    """
    now = timezone.now()
    earlier = AuditRecord.objects.filter(action=Action.REFUSED, user_id=by.user_id, course_id=course_key)
    today = list(earlier.filter(created__gt=now - timedelta(days=1)).values_list("detail", "created")[:MOST_IN_A_DAY])
    recent = {told for told, created in today if created > now - timedelta(seconds=SAME_AGAIN_SECONDS)}
    if len(today) >= MOST_IN_A_DAY or detail[:64] in recent:
        return
    last = "; no more today" if len(today) == MOST_IN_A_DAY - 1 else ""
    record(Action.REFUSED, course_key, by=by, detail=detail[: 64 - len(last)] + last)


def pseudonymize_refusals(user_ids: Collection[int]) -> None:
    """Take names, numbers and addresses of accounts out of the records of their refusals.

    What is left tells whether two refusals were of one person. Seals stay valid: see :mod:`.seals`.
    """
    for refusal in AuditRecord.objects.filter(action=Action.REFUSED, user_id__in=user_ids):
        pseudonym = hmac.digest(settings.SECRET_KEY.encode(), b"learner_data_plugin.refused.%d" % refusal.user_id, "sha256")
        AuditRecord.objects.pseudonymize(
            refusal, username=f"erased-{pseudonym.hex()[:12]}", identity=refusal.identity or identity_of(refusal)
        )
