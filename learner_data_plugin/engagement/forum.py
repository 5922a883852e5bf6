"""What learners wrote in the forum, from its own tables where it keeps them in the LMS's database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from opaque_keys.edx.keys import CourseKey

from .. import configuration
from ..platform import api as platform_api
from .periods import Period


class Posts(NamedTuple):
    """How much an account posted on a day: threads, responses to them, comments on responses."""

    user_id: int
    day: date
    threads: int
    responses: int
    comments: int


def is_in_use(course_key: CourseKey) -> bool:
    """Whether the forum's tables hold the posts of this course; elsewhere events alone tell of them."""
    return platform_api.forum_models(course_key) is not None


def read_posts(course_key: CourseKey, period: Period) -> Iterator[Posts]:
    """Yield what each account posted on each day of a period, threads apart from the rest (2 queries).

    Deleted posts are gone. Posts marked anonymous are left out unless the site counts them (ANONYMOUS_POSTS): beside a single
    anonymous post of a day, a count would name its author. Without the forum's tables there is nothing.
    """
    models = platform_api.forum_models(course_key)
    if models is None:
        return
    threads, comments = (_posted(model._default_manager.all(), course_key, period) for model in models)
    for user_id, day, number in threads.annotate(number=Count("id")):
        yield Posts(user_id, day, number, 0, 0)
    kinds = {"responses": Count("id", filter=Q(parent=None)), "comments": Count("id", filter=Q(parent__isnull=False))}
    for user_id, day, responses, answers in comments.annotate(**kinds):
        yield Posts(user_id, day, 0, responses, answers)


def _posted(posts: QuerySet, course_key: CourseKey, period: Period) -> QuerySet:
    posts = posts.filter(course_id=str(course_key), created_at__gte=period.start, created_at__lt=period.end)
    if not configuration.value("ANONYMOUS_POSTS", org=course_key.org):
        posts = posts.filter(anonymous=False)
    # The date in UTC, in which the platform's databases hold moments: MariaDB needs no time zone tables for it.
    posts = posts.order_by().values_list("author_id", TruncDate("created_at", tzinfo=UTC))
    return platform_api.use_read_replica_if_available(posts)
