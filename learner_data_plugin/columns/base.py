"""What a column is: its name, how private it is, and where its value comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from django.db.models import QuerySet, Subquery
from opaque_keys.edx.keys import CourseKey

from ..platform.batches import Among

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Read = TypeVar("Read")
Field: TypeAlias = str | Subquery
"""What is read of an enrollment: the path to a stored value, or an expression that the database answers."""

Values = Mapping[Field, Sequence[Any]]
"""Stored values of a batch: one value for each learner."""


class Privacy(StrEnum):
    """What a column can reveal."""

    IDENTIFIES = "identifies"
    CONTACT = "contact"
    DEMOGRAPHIC = "demographic"
    COURSE = "course"


class Requirement(StrEnum):
    """What a course must have switched on for a column to be there."""

    COHORTS = "cohorts"
    TEAMS = "teams"


@dataclass(frozen=True)
class LearnerBatch:
    """Some of the learners of a report, what was read of them, and the enrollments of all its ``learners``."""

    course_key: CourseKey
    learners: QuerySet
    values: Values
    memory: dict[Callable[..., Any], Any] = field(default_factory=dict, compare=False, repr=False)
    """Shared by all batches of a report."""

    _read: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def of_all(self, read: Callable[[QuerySet], Read]) -> Read:
        """Return what a function reads of the enrollments of all the report's learners; called for the first batch only."""
        if read not in self.memory:
            self.memory[read] = read(self.learners)
        return self.memory[read]

    def once(self, name: str, read: Callable[[], Read]) -> Read:
        """Return what ``read`` answers; what several columns of a batch need is read for the first of them."""
        if name not in self._read:
            self._read[name] = read()
        return self._read[name]

    @property
    def user_ids(self) -> Sequence[int]:
        """The account of each learner, in the order in which their values stand."""
        return self.values["user_id"]

    def rows_of(self, queryset: QuerySet) -> QuerySet:
        """Return what of a model with a ``user`` belongs to these learners."""
        return queryset.filter(Among("user_id", self.user_ids))


Compute = Callable[[LearnerBatch], Sequence[Any]]
"""Answers one value for each learner of a batch, in their order; ``""`` for a missing one."""


@dataclass(frozen=True)
class Column:
    """One column of the profile report and of the table.

    Its value is either stored, at ``path`` from an enrollment (or an expression that the database answers for one), or made by
    ``compute``, which finds the stored values of ``fields`` (the like) in the batch. Where there is none, the cell is
    ``missing``. ``source`` names table and column for people. Raises ValueError for a column with neither path nor compute, or
    with both.
    """

    key: str
    label: str | _StrPromise
    description: str | _StrPromise
    source: str
    privacy: Privacy
    path: Field | None = None
    compute: Compute | None = None
    fields: tuple[Field, ...] = ()
    missing: str = ""
    requires: Requirement | None = None
    kept_for_compatibility: bool = False
    optional: bool = False
    """Whether it is offered where a site has not named it in COLUMNS, but is off unless somebody asks for it."""
    ahead: Callable[[QuerySet], Any] | None = None
    """What ``compute`` asks ``batch.of_all`` for: it is read while the database sorts the learners, before the first batch."""

    def __post_init__(self) -> None:
        if (self.path is None) == (self.compute is None):
            raise ValueError(f"Column '{self.key}' needs either a path or a compute function.")

    def cells(self, batch: LearnerBatch) -> Sequence[Any]:
        """Return the cell of each learner of a batch."""
        if self.compute is not None:
            return self.compute(batch)
        stored = batch.values[self.path or ""]
        return [self.missing if cell is None else cell for cell in stored] if None in stored else stored


CATALOGUE: dict[str, Column] = {}
"""Every registered column by its key."""


def register_column(column: Column) -> None:
    """Make a column known, so that a site can name it in COLUMNS. Raises ValueError for a key that another column has."""
    if CATALOGUE.get(column.key, column) != column:
        raise ValueError(f"There is a column '{column.key}' already.")
    CATALOGUE[column.key] = column


def fields_for(columns: Sequence[Column], *, more: Sequence[Field] = ()) -> tuple[Field, ...]:
    """Return what has to be read of an enrollment for these columns: paths, and expressions after them."""
    wanted = [field for column in columns for field in ((column.path,) if column.path else column.fields)]
    return tuple(sorted(dict.fromkeys(["user_id", *more, *wanted]), key=lambda field: not isinstance(field, str)))
