"""Views of the table that the course team has given names: who is shown, and with which columns."""

from __future__ import annotations

from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from ..data import Actor, Selection
from ..exceptions import DeletionRefused, InvalidSelection, ViewNotFound
from ..models import SavedView
from . import table

MOST_VIEWS = 100
"""In a course."""


def list_views(course_key: CourseKey) -> list[SavedView]:
    """Return the views of a course in the order of their names (1 query)."""
    return list(SavedView.objects.filter(course_id=course_key).select_related("creator").order_by("name", "id"))


def save(course_key: CourseKey, name: str, *, selection: Selection, by: Actor) -> SavedView:
    """Keep a view under a name that no other view of the course has. Whom it searches for is left out.

    Raises InvalidSelection, or UnknownColumn.
    """
    name = name.strip()
    if not name:
        raise InvalidSelection(_("Give the view a name."))
    kept = replace(selection, search="", usernames=())
    table.check_selection(course_key, kept)
    if SavedView.objects.filter(course_id=course_key).count() >= MOST_VIEWS:
        raise InvalidSelection(_("This course has {most} saved views. Delete one first.").format(most=MOST_VIEWS))
    try:
        with transaction.atomic():
            return SavedView.objects.create(
                course_id=course_key, name=name, selection=kept.stored(), creator_id=by.user_id
            )
    except IntegrityError:
        raise InvalidSelection(_("Another view of this course has this name.")) from None


def delete(course_key: CourseKey, number: int, *, user_id: int, any_view: bool) -> None:
    """Delete a view. Raises ViewNotFound, and DeletionRefused for one of somebody else unless ``any_view``."""
    view = SavedView.objects.filter(course_id=course_key, pk=number).first()
    if view is None:
        raise ViewNotFound
    if not any_view and view.creator_id != user_id:
        raise DeletionRefused(_("Only the person who saved this view or a course Admin can delete it."))
    view.delete()
