"""Posts in the forum's own tables."""

from __future__ import annotations

from datetime import date

import pytest
from django.apps import apps
from django.test import modify_settings
from django.utils import timezone
from edx_django_utils.cache import RequestCache
from waffle.models import Flag

from learner_data_plugin.engagement import forum
from learner_data_plugin.engagement.periods import DAY, Period

from .. import factories
from .making import at

MONDAY = date(2026, 3, 2)
WEEK = Period(MONDAY, MONDAY + 6 * DAY)


def switch(*, forum_v2=True, mysql=True):
    """The platform's two switches of its forum."""
    for name, is_on in (("discussions.enable_forum_v2", forum_v2), ("forum_v2.enable_mysql_backend", mysql)):
        Flag.objects.update_or_create(name=name, defaults={"everyone": is_on})
    RequestCache.clear_all_namespaces()


def post(user, course_key, moment, *, to=None, under=None, **values):
    """A thread, a response (``to`` a thread) or a comment (``under`` a response)."""
    name = "CommentThread" if to is None else "Comment"
    if to is not None:
        values.update(comment_thread=to, parent=under)
    model = apps.get_model("forum", name)
    before = set(model.objects.values_list("pk", flat=True))
    # In bulk no signal is sent: the platform's forum would look for its search engine.
    model.objects.bulk_create([model(author=user, course_id=str(course_key), body="text", **values)])
    made = model.objects.exclude(pk__in=before).get()
    model.objects.filter(pk=made.pk).update(created_at=moment)
    return made


@pytest.fixture
def author(course_key):
    switch()
    return factories.make_learner(course_key)


def read(course_key, period=WEEK):
    found = {}
    for user_id, day, *numbers in forum.read_posts(course_key, period):
        key = (user_id, day.isoformat())
        found[key] = [one + other for one, other in zip(found.get(key, (0, 0, 0)), numbers, strict=True)]
    return found


def test_threads_responses_and_comments_by_author_and_day(course_key, author):
    other = factories.make_user()
    thread = post(author, course_key, at("2026-03-02", "00:00:00"))
    response = post(other, course_key, at("2026-03-03"), to=thread)
    post(author, course_key, at("2026-03-03", "23:59:59"), to=thread, under=response)
    post(author, course_key, at("2026-03-03"), to=thread, under=response)
    assert read(course_key) == {
        (author.pk, "2026-03-02"): [1, 0, 0],
        (author.pk, "2026-03-03"): [0, 0, 2],
        (other.pk, "2026-03-03"): [0, 1, 0],
    }


def test_days_are_those_of_utc_whatever_the_sites_own_time(course_key, author):
    post(author, course_key, at("2026-03-02", "00:30:00"))
    post(author, course_key, at("2026-03-02", "23:30:00"))
    for zone in ("America/New_York", "Asia/Tokyo"):
        with timezone.override(zone):
            assert read(course_key) == {(author.pk, "2026-03-02"): [2, 0, 0]}


def test_what_is_outside_of_the_period_or_of_the_course_is_left_out(course_key, author):
    post(author, course_key, at("2026-03-01", "23:59:59"))
    post(author, course_key, at("2026-03-09", "00:00:00"))
    post(author, factories.make_course(), at("2026-03-03"))
    assert read(course_key) == {}


def test_anonymous_posts_count_only_where_the_site_asks_for_it(course_key, author, settings):
    thread = post(author, course_key, at("2026-03-02"), anonymous=True)
    post(author, course_key, at("2026-03-02"), to=thread, anonymous=True)
    post(author, course_key, at("2026-03-02"), to=thread, anonymous_to_peers=True)
    assert read(course_key) == {(author.pk, "2026-03-02"): [0, 1, 0]}
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "ANONYMOUS_POSTS": True}
    assert read(course_key) == {(author.pk, "2026-03-02"): [1, 2, 0]}


@pytest.mark.parametrize("switches", [{"forum_v2": False}, {"mysql": False}, {"forum_v2": False, "mysql": False}])
def test_where_another_store_is_in_use_the_tables_are_not_read(course_key, author, switches):
    post(author, course_key, at("2026-03-02"))
    assert forum.is_in_use(course_key)
    switch(**switches)
    assert not forum.is_in_use(course_key)
    assert read(course_key) == {}


def test_a_site_may_switch_the_forum_off_for_all_courses(course_key, author, settings):
    settings.DISABLE_FORUM_V2 = True
    assert not forum.is_in_use(course_key)


@pytest.mark.standin_only(reason="the real platform always has the forum installed")
def test_a_platform_without_the_forum_has_no_posts(course_key, author):
    with modify_settings(INSTALLED_APPS={"remove": "forum"}):
        assert not forum.is_in_use(course_key)
        assert read(course_key) == {}


def test_a_platform_that_knows_no_other_store_has_no_switches(course_key, author, monkeypatch):
    """As from openedx-forum 0.4.3 on."""
    from forum import backend
    from openedx.core.djangoapps.discussions.config import waffle

    switch(forum_v2=False, mysql=False)
    monkeypatch.delattr(backend, "is_mysql_backend_enabled")
    monkeypatch.delattr(waffle, "is_forum_v2_enabled")
    assert forum.is_in_use(course_key)
