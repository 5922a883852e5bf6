"""Learners discuss through the platform's own API; the report has to say what the tracking log says, less what was deleted.

The forum keeps its posts in the LMS's database, or in MongoDB: then events alone tell of them. HISTORIES is how many learners
take part, SEEDS which sequences.
"""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.test import Client
from freezegun import freeze_time
from opaque_keys.edx.keys import CourseKey
from openedx.core.djangoapps.django_comment_common.models import ForumsConfig
from openedx.core.djangoapps.django_comment_common.utils import seed_permissions_roles
from openedx.core.djangoapps.oauth_dispatch.jwt import create_jwt_for_user
from xmodule.modulestore.django import modulestore

from learner_data_plugin.engagement import coverage, forum
from learner_data_plugin.engagement.periods import DAY, Period

from .. import factories
from ..engagement.oracle import Site
from ..engagement.test_forum import switch
from .test_events import WEEK, TrackingLog, Visitor, found, log, told  # noqa: F401
from .test_problems import DAYS, HISTORIES, MONDAY, SEEDS, course_with_problems, moments  # noqa: F401

_DOINGS = (*("post",) * 6, "post anonymously", "post to peers", "vote", "look", "edit", "delete", "play", "step")
_API = "/api/discussion/v1/"
_POSTS = slice(5, 8)
"""Threads, responses and comments among the cells of a row."""


class Post(NamedTuple):
    """A thread, a response to one (``thread``) or a comment on a response (``parent``)."""

    kind: str
    id: str
    author: int
    thread: str
    parent: str = ""

    @property
    def address(self) -> str:
        return f"{_API}{'threads' if self.kind == 'thread' else 'comments'}/{self.id}/"


class Discussions:
    """What is in the forum of a course, and what was."""

    def __init__(self, course_key: CourseKey) -> None:
        self.course_key = course_key
        self.posts: list[Post] = []
        self.deleted: set[tuple[str, str]] = set()

    def delete(self, post: Post) -> None:
        """Take a post away, and what stands below it."""
        for other in list(self.posts):
            below = {"thread": other.thread, "response": other.parent, "comment": ""}[post.kind]
            if other == post or (other.kind != post.kind and below == post.id):
                self.posts.remove(other)
                self.deleted.add((other.kind, other.id))

    def are_gone(self, line: bytes) -> bool:
        """Whether a line of the tracking log tells of a post that was deleted."""
        event = json.loads(line)
        [*_, kind, what] = ["", *event["event_type"].split(".")]
        return what == "created" and (kind, event["event"]["id"]) in self.deleted


class Debater(Visitor):
    """A learner who discusses, too."""

    def __init__(self, discussions: Discussions) -> None:
        super().__init__(discussions.course_key, staff=None)
        self.discussions = discussions

    def debate(self, doing: str, chance: random.Random) -> None:
        posts = self.discussions.posts
        own = [post for post in posts if post.author == self.user.pk]
        replies = [post for post in own if post.kind != "thread"]  # this platform's change of a thread ends with an error
        others = [post for post in posts if post.author != self.user.pk and post.kind != "comment"]
        if doing.startswith("post"):
            to = chance.choice([None, *posts]) if doing != "post anonymously" else None
            marks = {"post anonymously": {"anonymous": True}, "post to peers": {"anonymous_to_peers": True}}
            self.discussions.posts.append(self._post(to, marks.get(doing, {})))
        elif doing == "vote" and others:
            self._change(chance.choice(others), {"voted": chance.random() < 0.7})
        elif doing == "look" and posts:
            assert self._signed_in().get(f"{_API}comments/", {"thread_id": posts[0].thread}).status_code == 200
        elif doing == "edit" and replies:
            self._change(chance.choice(replies), {"raw_body": "another text"})
        elif doing == "delete" and own:
            post = chance.choice(own)
            assert self._signed_in().delete(post.address).status_code == 204
            self.discussions.delete(post)

    def _post(self, to: Post | None, marks: dict[str, bool]) -> Post:
        if to is None:
            about = {
                "course_id": str(self.discussions.course_key),
                "topic_id": "course",
                "type": "discussion",
                "title": "a title",
            }
            made = self._send("threads/", {**about, **marks})
            return Post("thread", made["id"], self.user.pk, made["id"])
        parent = {"thread": {}, "response": {"parent_id": to.id}, "comment": {"parent_id": to.parent}}[to.kind]
        made = self._send("comments/", {"thread_id": to.thread, **parent, **marks})
        return Post("comment" if parent else "response", made["id"], self.user.pk, to.thread, parent.get("parent_id", ""))

    def _send(self, address: str, values: dict[str, Any]) -> dict[str, Any]:
        sent = {**values, "raw_body": "a text"}
        answer = self._signed_in().post(_API + address, sent, content_type="application/json")
        assert answer.status_code == 200, answer.content
        return answer.json()

    def _change(self, post: Post, values: dict[str, Any]) -> None:
        answer = self._signed_in().patch(post.address, values, content_type="application/merge-patch+json")
        assert answer.status_code == 200, answer.content


@pytest.fixture(params=["in the LMS's database", "in MongoDB"])
def discussions(request: Any, course_with_problems: CourseKey, settings: Any) -> Discussions:  # noqa: F811
    """The forum of a course, in which posts may be anonymous."""
    settings.FORUM_SEARCH_BACKEND = "tests.platform.search.SearchBackend"
    settings.ROOT_URLCONF = "tests.platform.forum_site"
    settings.FEATURES = {**settings.FEATURES, "ENABLE_DISCUSSION_SERVICE": True}
    ForumsConfig.objects.create(enabled=True)
    switch(mysql=request.param != "in MongoDB")
    course = modulestore().get_course(course_with_problems)
    course.allow_anonymous_to_peers = True
    modulestore().update_item(course, factories.make_user().pk)
    seed_permissions_roles(course_with_problems)
    coverage.enter_import(MONDAY - 30 * DAY, MONDAY + 30 * DAY)
    return Discussions(course_with_problems)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_report_says_what_the_tracking_log_says_of_discussions(
    seed, discussions, log, settings, django_capture_on_commit_callbacks  # noqa: F811
):
    chance, course_key = random.Random(seed), discussions.course_key
    with freeze_time(MONDAY - 10 * DAY) as clock:
        learners = [Debater(discussions) for _ in range(HISTORIES)]
        whens = [(moment, learner) for learner in learners for moment in moments(chance, chance.randrange(1, 14))]
        for moment, learner in sorted(whens, key=lambda when: when[0]):
            clock.move_to(moment + timedelta(microseconds=1))
            doing = chance.choice(_DOINGS)
            with django_capture_on_commit_callbacks(execute=True):
                if doing in ("play", "step"):
                    learner.visit(doing, course_key, chance)
                else:
                    learner.debate(doing, chance)
    accounts = {learner.user.username: learner.user.pk for learner in learners}
    of_log, of_rest = (
        Site(accounts, settings.LMS_ROOT_URL, str(settings.LEARNING_MICROFRONTEND_URL).rstrip("/")) for _ in range(2)
    )
    of_log.read(log.lines, str(course_key))
    of_rest.read([line for line in log.lines if not discussions.are_gone(line)], str(course_key))
    assert {event.name for event in of_log.events} > {f"edx.forum.{kind}.created" for kind in ("thread", "response", "comment")}
    assert discussions.deleted
    for period in [*map(Period.day, WEEK.days[:DAYS]), WEEK]:
        expected = told(of_log, course_key, period)
        if forum.is_in_use(course_key):
            for username, cells in told(of_rest, course_key, period).items():
                expected[username][_POSTS] = cells[_POSTS]
        assert found(course_key, period, accounts) == expected


def test_a_post_with_a_token_counts_for_its_author_whom_the_log_does_not_know(
    discussions, log, django_capture_on_commit_callbacks  # noqa: F811
):
    values = {"topic_id": "course", "type": "discussion", "title": "t", "raw_body": "b"}
    with freeze_time(MONDAY), django_capture_on_commit_callbacks(execute=True):
        author = Debater(discussions).user
        headers = {"HTTP_AUTHORIZATION": f"JWT {create_jwt_for_user(author)}"}
        sent = {**values, "course_id": str(discussions.course_key)}
        answer = Client().post(f"{_API}threads/", sent, content_type="application/json", **headers)
    assert answer.status_code == 200, answer.content
    [line] = [json.loads(line) for line in log.lines if b"edx.forum.thread.created" in line]
    assert line["username"] == ""
    cells = found(discussions.course_key, Period.day(MONDAY), {author.username: author.pk})[author.username]
    assert (cells[0], cells[_POSTS]) == ("1", ["1", "0", "0"])


def test_an_anonymous_response_does_not_count_although_its_event_does_not_say_so(
    discussions, log, django_capture_on_commit_callbacks  # noqa: F811
):
    with freeze_time(MONDAY), django_capture_on_commit_callbacks(execute=True):
        asking, answering = Debater(discussions), Debater(discussions)
        thread = asking._post(None, {})
        answering._post(thread, {"anonymous": True})
        answering._post(thread, {})
    [anonymous, named] = [json.loads(line) for line in log.lines if b"edx.forum.response.created" in line]
    assert "anonymous" not in anonymous["event"]
    assert anonymous["username"] == named["username"] == answering.user.username
    accounts = {person.user.username: person.user.pk for person in (asking, answering)}
    cells = found(discussions.course_key, Period.day(MONDAY), accounts)
    assert cells[asking.user.username][_POSTS] == ["1", "0", "0"]
    assert cells[answering.user.username][_POSTS] == ["0", "1", "0"]
