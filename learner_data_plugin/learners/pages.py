"""A page of the learners of a course of any size, searched, filtered and put in order here."""

from __future__ import annotations

import logging
from array import array
from contextlib import closing, suppress
from dataclasses import replace
from hashlib import sha256
from typing import Any

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from .. import configuration
from ..columns.catalogue import get_column
from ..data import LearnersPage, Selection
from ..engagement import presets
from ..exceptions import InvalidSelection
from ..platform.batches import Among
from ..platform.streaming import read_in_order
from . import queries, table
from .chosen import USERNAME, Chosen, folded

SEARCHED_ANYWHERE = 50_000
"""Of more learners than this only beginnings are searched: the database would have to read every name for each request."""

MOST_ACCOUNTS = 1_000
"""Of the site, that begin with what is searched for: looking up more of them in a course takes too long."""

LARGE = 20_000
"""So many learners take the database long to count and to sort; what it found is kept, see :func:`_kept`."""

MOST_KEPT = 120_000
"""Of the enrollments that a preset found: memcached takes no values of a megabyte."""

KEEP_SECONDS = 60
ACCOUNTS_AT_FIRST, ACCOUNTS_AT_MOST = 200, 10_000
INDEXED = {USERNAME: "username", "user__email": "email"}
"""Columns of accounts that the platform has unique indexes of."""

log = logging.getLogger(__name__)
_IDS_AT_ONCE = 10_000
_STEPS = 3
_TELLING = 5
"""So many of the first accounts tell roughly how many follow."""


def read_page(course_key: CourseKey, selection: Selection, *, number: int, size: int) -> LearnersPage:
    """Return the page of this number, from 1; one past the last is empty. Raises InvalidSelection or UnknownColumn.

    The order is that of a stored column, by username unless given; columns that are worked out have none. Queries: 2 for the
    page, those of a batch for its cells, and where something is searched for in many learners 3 more. A search or a preset of
    ``activity`` takes 8 bytes of memory for each learner found; whom a preset found in a large course, or how many if they are
    more than ``MOST_KEPT``, is kept for a minute. The first pages of a large selection come from an index of accounts, by at
    most 6 queries; its ``count`` is up to a minute old.
    """
    columns = table.check_selection(course_key, selection)
    if not folded(selection.search):  # of nothing but accents
        selection = replace(selection, search="")
    key = selection.sort.removeprefix("-") or "username"
    path = get_column(key).path if key in {column.key for column in columns} | {"username"} else None
    if not isinstance(path, str):
        raise InvalidSelection(_("A page of learners cannot be put in the order of this column."))
    places = slice((number - 1) * size, number * size)
    found = _find_active(course_key, selection, path) if selection.activity and not selection.search else None
    if found is not None:
        count, ids = len(found), found[places].tolist()
    else:
        enrollments = _enrollments(course_key, selection)
        count = _count(course_key, selection, enrollments)
        if selection.search:
            found = _search(course_key, selection, path, count)
            count, ids = len(found), found[places].tolist()
        else:
            ids = _in_order(enrollments, path, selection, places, count)
    rows = queries.read_these(course_key, ids, columns=columns) if ids else []
    keys = [column.key for column in columns]
    return LearnersPage(
        columns=columns,
        learners=tuple(dict(zip(keys, map(table.json_cell, row), strict=True)) for row in rows),
        count=count,
        current_page=number,
        num_pages=max(1, -(-count // size)),
    )


def count_presets(course_key: CourseKey, selection: Selection) -> dict[str, int]:
    """Count the learners of a selection, under '', and of each preset of activity (1 or 2 queries each); no search counts."""
    asked = replace(selection, search="", sort="", activity="")
    table.check_selection(course_key, asked)
    counts = {"": _count(course_key, asked, _enrollments(course_key, asked))}
    for preset in presets.offered(course_key.org):
        chosen = replace(asked, activity=preset)
        found = _find_active(course_key, chosen, USERNAME)
        enrollments = _enrollments(course_key, chosen)
        counts[preset] = _count(course_key, chosen, enrollments) if found is None else len(found)
    return counts


def _enrollments(course_key: CourseKey, selection: Selection) -> QuerySet:
    return queries.present(queries.enrollments_of(course_key, selection))


def _find_active(course_key: CourseKey, selection: Selection, path: str) -> array[int] | None:
    """The enrollments that a preset keeps, in order.

    None where they are more than ``MOST_KEPT``: their number is kept then, and a page is found like any other.
    """
    key = _key("found", course_key, selection)
    if (kept := _kept(key)) is not None:
        return array("q", kept)
    everybody = _count(course_key, Selection(), _enrollments(course_key, Selection()))
    enrollments = _enrollments(course_key, selection)
    # Of a million, counting takes the database a tenth of the time of sorting; of fewer than are kept, about as long.
    if everybody > MOST_KEPT and _count(course_key, selection, enrollments) > MOST_KEPT:
        return None
    found = array("q", _sorted(enrollments, path, selection).iterator(chunk_size=_IDS_AT_ONCE))
    if everybody >= LARGE:  # who is found may be few, and yet all were looked at
        _keep(key, found.tobytes())
    return found


def _count(course_key: CourseKey, selection: Selection, enrollments: QuerySet) -> int:
    """The number of a selection; turning a page of a large one does not count anew."""
    key = _key("count", course_key, replace(selection, search="", sort=""))
    kept: int | None = _kept(key)
    if kept is not None:
        return kept
    count = enrollments.count()
    if count >= LARGE:
        _keep(key, count)
    return count


def _key(name: str, course_key: CourseKey, selection: Selection) -> str:
    return f"learner_data_{name}.{sha256(f'{course_key} {replace(selection, columns=None)!r}'.encode()).hexdigest()}"


def _kept(key: str) -> Any:
    """What was found of a large selection less than a minute ago, or None."""
    try:
        return cache.get(key)
    except Exception as error:  # of the cache, whose clients raise what they like
        log.warning("The cache that keeps what was found does not answer: %s.", type(error).__name__)
        return None


def _keep(key: str, value: Any) -> None:
    with suppress(Exception):  # of the cache
        cache.set(key, value, KEEP_SECONDS)


def _sorted(enrollments: QuerySet, path: str, selection: Selection) -> QuerySet:
    """The enrollments in the order of a column, which the database sorts."""
    order = f"-{path}" if selection.sort.startswith("-") else path
    return enrollments.order_by(order, "id").values_list("id", flat=True)


def _in_order(enrollments: QuerySet, path: str, selection: Selection, place: slice, count: int) -> list[int]:
    """The enrollments that stand at a place in the order of a column."""
    if place.start >= count:
        return []
    backwards = selection.sort.startswith("-")
    if count >= LARGE and path in INDEXED and place.stop <= ACCOUNTS_AT_MOST:
        found = _by_index(enrollments, INDEXED[path], backwards, place)
        if found is not None:
            return found
    return list(_sorted(enrollments, path, selection)[place])


def _by_index(enrollments: QuerySet, field: str, backwards: bool, place: slice) -> list[int] | None:
    """The same by walking along an index of the accounts until the place is reached; None where that is too far.

    The database would sort the whole selection for each page: it does not know that nearly every account is in a large course.
    How far the place is shows after the first accounts, or after ten times as many where hardly any of them is in the course;
    there are 2 queries for each of at most three steps. Accounts that follow each other are scattered over the disk, so each
    that is not needed costs.
    """
    accounts = get_user_model().objects.using(enrollments.db).order_by(f"-{field}" if backwards else field)
    found: list[int] = []
    start, end = 0, ACCOUNTS_AT_FIRST
    for _step in range(_STEPS):
        ids = list(accounts.values_list("id", flat=True)[start:end])
        there = dict(enrollments.order_by().filter(Among("user_id", ids)).values_list("user_id", "id"))
        found += [there[user_id] for user_id in ids if user_id in there]
        if len(found) >= place.stop or len(ids) < end - start:
            return found[place]
        start, end = end, end * place.stop * 5 // (len(found) * 4) + 1 if len(found) >= _TELLING else end * 10
        if end > ACCOUNTS_AT_MOST:
            break
    return None


def _search(course_key: CourseKey, selection: Selection, path: str, count: int) -> array[int]:
    """The enrollments of those searched for, in order: by the same rule as in reports and small tables, see chosen.Chosen.

    In a large course those of whom a username, a name or an address begins with the text, as the database compares letters:
    indexes have these, and nothing else of an account has to be read.
    """
    chosen = Chosen(course_key, selection)
    if count <= SEARCHED_ANYWHERE:
        condition = chosen.perhaps()
    else:
        condition = Among("user_id", _begin_so(chosen))
        chosen = Chosen(course_key, replace(selection, search=""))
    enrollments = _enrollments(course_key, selection).filter(condition)
    fields = ("id", *chosen.fields)
    rows = _sorted(enrollments, path, selection).values_list(*fields)
    size = configuration.value("BATCH_SIZE", org=course_key.org)
    with closing(read_in_order(rows, size=size)) as reading:
        return array("q", (row[0] for part in reading for row in chosen.among(part, fields)))


def _begin_so(chosen: Chosen) -> set[int]:
    accounts = chosen.accounts_that_begin_so(MOST_ACCOUNTS)
    if accounts is None:
        raise InvalidSelection(
            _("More than {limit} accounts begin like that. Type more letters.").format(
                limit=number_format(MOST_ACCOUNTS, force_grouping=True)
            )
        )
    return accounts
