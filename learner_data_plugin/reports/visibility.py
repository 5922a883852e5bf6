"""Who sees a stored report: those whom the site at which it was requested would have let see the learner data then."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from ..models import ReportFile, ReportRun

Roles = Collection[str] | None
"""The roles an account holds; None for one that sees everything."""


def visible_files(files: QuerySet[ReportFile], roles: Roles) -> QuerySet[ReportFile]:
    """Leave out the reports that were requested where none of these roles could see learner data."""
    if roles is None:
        return files
    # No role's name is a part of another's between blanks, with or without regard to case.
    return files.filter(reduce(or_, (Q(run__roles__contains=f" {role} ") for role in roles), Q(run__roles="")))


def is_visible(run: ReportRun, roles: Roles) -> bool:
    """Whether the same holds for one report."""
    return roles is None or not run.roles or not set(roles).isdisjoint(run.roles.split())


def as_words(roles: Collection[str]) -> str:
    """Roles as ``ReportRun.roles`` has them. With none there is a word that is no role: global staff alone see the report."""
    return f" {' '.join(roles) or '-'} "


def narrowed(roles: Sequence[str], files: Iterable[ReportFile]) -> tuple[str, ...]:
    """Return those of these roles that may see all of these reports."""
    kept = tuple(roles)
    for file in files:
        if file.run.roles:
            kept = tuple(role for role in kept if role in file.run.roles.split())
    return kept
