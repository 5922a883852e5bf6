"""Where Django looks for the models of the forum."""

from .backends.mysql.models import Comment, CommentThread

__all__ = ["Comment", "CommentThread"]
