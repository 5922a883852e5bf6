"""Posts of people whom the tracker does not know."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from edx_django_utils.cache import RequestCache
from eventtracking import tracker
from openedx.core.djangoapps.django_comment_common.signals import comment_created
from openedx_events.learning import signals
from openedx_events.learning.data import DiscussionThreadData, UserData, UserPersonalData

from learner_data_plugin.engagement import store

from .. import factories


@pytest.fixture(autouse=True)
def _ours_alone(monkeypatch):
    """The platform's own receivers want whole posts."""
    ours = [entry for entry in comment_created.receivers if entry[0][0] == "learner_data_plugin.comment_created"]
    assert len(ours) == 1
    monkeypatch.setattr(comment_created, "receivers", ours)


def send(signal, user, course_key, *, post_id="p1", anonymous=False):
    """What the platform sends after its tracking event, in the same request."""
    personal = UserPersonalData(username=user.username, email=user.email, name="")
    signal.send_event(
        thread=DiscussionThreadData(
            anonymous=anonymous, anonymous_to_peers=False, body="text", category_id=None, category_name=None,
            commentable_id="c", group_id=None, id=post_id, team_id=None, thread_type="discussion", title="t",
            title_truncated=False, truncated=False, url="", user=UserData(id=user.pk, is_active=True, pii=personal),
            course_id=str(course_key),
        )
    )  # fmt: skip


def posts(course_key):
    today = datetime.now(UTC).date()
    return [tuple(found)[5:8] for found in store.counts(course_key, first=today, last=today)]


@pytest.mark.parametrize(
    ("signal", "counted"),
    [
        (signals.FORUM_THREAD_CREATED, (1, 0, 0)),
        (signals.FORUM_THREAD_RESPONSE_CREATED, (0, 1, 0)),
        (signals.FORUM_RESPONSE_COMMENT_CREATED, (0, 0, 1)),
    ],
    ids=["thread", "response", "comment"],
)
def test_a_post_with_a_bearer_token_counts_for_its_author(course_key, signal, counted, django_capture_on_commit_callbacks):
    user = factories.make_learner(course_key)
    with django_capture_on_commit_callbacks(execute=True):
        send(signal, user, course_key)
    assert posts(course_key) == [counted]


def test_what_the_tracker_has_recorded_itself_does_not_count_again(course_key, django_capture_on_commit_callbacks):
    user = factories.make_learner(course_key)
    context = {"username": user.username, "user_id": user.pk, "course_id": str(course_key)}
    with django_capture_on_commit_callbacks(execute=True), tracker.get_tracker().context("request", context):
        tracker.emit("edx.forum.thread.created", {"id": "p1"})
        send(signals.FORUM_THREAD_CREATED, user, course_key)
    assert posts(course_key) == [(1, 0, 0)]


def test_anonymous_ones_are_left_out(course_key, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send(signals.FORUM_THREAD_CREATED, factories.make_learner(course_key), course_key, anonymous=True)
    assert posts(course_key) == []


def test_two_posts_are_two(course_key, django_capture_on_commit_callbacks):
    user = factories.make_learner(course_key)
    with django_capture_on_commit_callbacks(execute=True):
        send(signals.FORUM_THREAD_CREATED, user, course_key, post_id="p1")
        send(signals.FORUM_THREAD_CREATED, user, course_key, post_id="p2")
    assert posts(course_key) == [(2, 0, 0)]


@pytest.mark.parametrize(("is_anonymous", "counted"), [(True, []), (False, [(0, 1, 0)])])
def test_responses_marked_anonymous_are_left_out_although_their_events_do_not_say_so(
    course_key, django_capture_on_commit_callbacks, is_anonymous, counted
):
    user = factories.make_learner(course_key)
    post = SimpleNamespace(attributes={"id": "r1", "anonymous": is_anonymous})
    context = {"username": user.username, "user_id": user.pk, "course_id": str(course_key)}
    with django_capture_on_commit_callbacks(execute=True), tracker.get_tracker().context("request", context):
        comment_created.send(sender=None, user=user, post=post)
        tracker.emit("edx.forum.response.created", {"id": "r1", "discussion": {"id": "t1"}})
    assert posts(course_key) == counted


def test_what_another_request_marked_is_forgotten(course_key, django_capture_on_commit_callbacks):
    user = factories.make_learner(course_key)
    comment_created.send(sender=None, user=user, post=SimpleNamespace(attributes={"id": "r1", "anonymous": True}))
    RequestCache.clear_all_namespaces()
    context = {"username": user.username, "user_id": user.pk, "course_id": str(course_key)}
    with django_capture_on_commit_callbacks(execute=True), tracker.get_tracker().context("request", context):
        tracker.emit("edx.forum.response.created", {"id": "r1"})
    assert posts(course_key) == [(0, 1, 0)]


_SHAPES = [None, object(), SimpleNamespace(attributes=None), SimpleNamespace(attributes={"anonymous": True})]


@pytest.mark.parametrize("post", _SHAPES)
def test_a_post_of_another_shape_disturbs_nobody(post):
    assert [answer for _receiver, answer in comment_created.send(sender=None, user=None, post=post)] == [None]
