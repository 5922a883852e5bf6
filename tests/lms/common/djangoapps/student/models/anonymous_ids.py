"""Names under which learners appear to surveys and external graders."""

from __future__ import annotations

import hashlib
from contextlib import suppress

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, models
from opaque_keys.edx.django.models import LearningContextKeyField
from opaque_keys.edx.keys import CourseKey
from openedx.core.djangoapps.xmodule_django.models import NoneToEmptyManager


class AnonymousUserId(models.Model):
    """An anonymous ID that was given out: for one course, or site-wide where the course is empty."""

    user = models.ForeignKey(User, db_index=True, on_delete=models.CASCADE)
    anonymous_user_id = models.CharField(unique=True, max_length=32)
    course_id = LearningContextKeyField(db_index=True, max_length=255, blank=True)

    objects = NoneToEmptyManager()

    def __str__(self) -> str:
        return self.anonymous_user_id


def anonymous_id_for_user(user: User, course_id: CourseKey | str | None) -> str | None:
    """The learner's anonymous ID: the newest stored one, else a hash, which is stored.

    As on the platform a failure to store is passed over without a savepoint, which leaves a surrounding transaction
    broken; and the answer is kept on ``user``.
    """
    assert user
    if user.is_anonymous:
        return None
    if not hasattr(user, "_anonymous_id"):
        user._anonymous_id = {}
    known = user._anonymous_id
    if known.get(course_id) is None:
        stored = AnonymousUserId.objects.filter(user=user).filter(course_id=course_id).order_by("-id").first()
        known[course_id] = stored.anonymous_user_id if stored else _make(user, course_id)
    return known[course_id]


def _make(user: User, course_id: CourseKey | str | None) -> str:
    digest = hashlib.shake_128(settings.SECRET_KEY.encode() + str(user.id).encode())
    if course_id:
        digest.update(str(course_id).encode())
    anonymous_user_id = digest.hexdigest(16)
    with suppress(IntegrityError):
        AnonymousUserId.objects.create(user=user, course_id=course_id, anonymous_user_id=anonymous_user_id)
    return anonymous_user_id


def unique_id_for_user(user: User) -> str | None:
    """The learner's site-wide anonymous ID."""
    return anonymous_id_for_user(user, None)


def user_by_anonymous_id(uid: str | None) -> User | None:
    """Whose anonymous ID this is, None if nobody's."""
    return User.objects.filter(anonymoususerid__anonymous_user_id=uid).first() if uid else None
