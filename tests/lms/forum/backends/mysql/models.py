"""What learners wrote in the discussions of a course.

Stands in for the package openedx-forum, which needs a MySQL client library, MongoDB's and two search engines' to be installed.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models


class Content(models.Model):
    """A post of any kind."""

    author = models.ForeignKey(User, on_delete=models.CASCADE)
    course_id = models.CharField(max_length=255)
    body = models.TextField()
    visible = models.BooleanField(default=True)
    endorsed = models.BooleanField(default=False)
    anonymous = models.BooleanField(default=False)
    anonymous_to_peers = models.BooleanField(default=False)
    group_id = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "forum"
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk} in {self.course_id}"


class CommentThread(Content):
    """A post that begins a discussion."""

    title = models.CharField(max_length=1024)
    thread_type = models.CharField(max_length=50, default="discussion")
    context = models.CharField(max_length=50, default="course")
    closed = models.BooleanField(default=False)
    pinned = models.BooleanField(null=True, blank=True)
    last_activity_at = models.DateTimeField(null=True, blank=True)
    close_reason_code = models.CharField(max_length=255, null=True, blank=True)
    closed_by = models.ForeignKey(User, related_name="threads_closed", null=True, blank=True, on_delete=models.SET_NULL)
    commentable_id = models.CharField(max_length=255, default=None, blank=True, null=True)

    class Meta:
        app_label = "forum"
        indexes = [
            models.Index(fields=["context"]),
            models.Index(fields=["author"]),
            models.Index(fields=["author", "course_id"]),
            models.Index(fields=["course_id", "anonymous", "anonymous_to_peers"]),
            models.Index(fields=["author", "course_id", "anonymous", "anonymous_to_peers"]),
        ]


class Comment(Content):
    """A response to a thread, or with a parent a comment on a response."""

    endorsement = models.JSONField(default=dict)
    sort_key = models.CharField(max_length=255, null=True, blank=True)
    child_count = models.PositiveIntegerField(default=0)
    retired_username = models.CharField(max_length=255, null=True, blank=True)
    comment_thread = models.ForeignKey(CommentThread, on_delete=models.CASCADE)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True)
    depth = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "forum"
        indexes = [
            models.Index(fields=["author", "course_id"]),
            models.Index(fields=["comment_thread", "author", "created_at"]),
            models.Index(fields=["comment_thread", "endorsed"]),
            models.Index(fields=["course_id", "parent", "endorsed"]),
            models.Index(fields=["course_id", "anonymous", "anonymous_to_peers"]),
            models.Index(fields=["author", "course_id", "anonymous", "anonymous_to_peers"]),
        ]
