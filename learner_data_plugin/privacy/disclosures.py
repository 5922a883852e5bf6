"""Which files held one learner's data, for the learner and for a privacy officer."""

from __future__ import annotations

import hmac
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Mod
from opaque_keys.edx.keys import CourseKey

from ..data import AuditAction, LearnerDisclosure
from ..models import AuditRecord, Disclosure, DisclosurePart
from ..platform import api as platform_api
from ..reports.disclosures import key_of
from ..reports.learner_index import check_of, digests_of, find_digest

_PARTS_AT_ONCE = 500


@dataclass(frozen=True)
class Held:
    """Numbers of the disclosures that held a learner's data, newest first, and how many cannot say any more."""

    numbers: tuple[int, ...]
    unsearchable: int


def courses_of(user_id: int) -> list[CourseKey]:
    """The courses in which an account ever enrolled: no file of another course holds it (1 query)."""
    rows = platform_api.CourseEnrollment.objects.filter(user_id=user_id)
    return list(rows.values_list("course_id", flat=True))


def held_in(user_id: int, course_keys: Sequence[CourseKey]) -> Held:
    """Find the disclosures of these courses that held a learner's data (1 query for each 500, and 1 more).

    One in four million that did not is taken for one that did. Those made before the site's secret key was changed cannot say.
    """
    numbers = [part.disclosure_id for part in _parts_with(user_id, course_keys)]
    disclosures = Disclosure.objects.filter(record__course_id__in=course_keys)
    keys = disclosures.values_list("salt", "key_check").iterator(chunk_size=_PARTS_AT_ONCE)
    return Held(tuple(numbers), sum(not _is_searchable(salt, key_check) for salt, key_check in keys))


def describe(numbers: Sequence[int]) -> list[LearnerDisclosure]:
    """Return what is told of these disclosures, newest first (2 queries and 2 for the downloads)."""
    found = AuditRecord.objects.filter(pk__in=numbers).select_related("disclosure").order_by("-id")
    records = list(found)
    downloads = _downloads(records)
    return [
        LearnerDisclosure(
            course_key=record.course_id,
            what=record.report or record.action,
            created=record.created,
            columns=tuple(record.columns),
            role=record.disclosure.role,
            made_by=record.username,
            purpose=record.disclosure.purpose,
            approval=record.disclosure.approval,
            file_name=record.file_name,
            # What is no stored report was handed out when it was made, and then it was gone.
            downloads=downloads[record.pk] if record.file_name else 1,
        )
        for record in records
    ]


def _downloads(records: Sequence[AuditRecord]) -> Counter[int]:
    """How often the file of each of these records was downloaded; once it is deleted, another may get its name."""
    alike = AuditRecord.objects.filter(
        course_id__in={record.course_id for record in records},
        file_name__in={record.file_name for record in records if record.file_name},
    )
    fields = ("course_id", "file_name", "pk")
    made: dict[tuple[CourseKey, str], list[int]] = defaultdict(list)
    for course_key, name, number in alike.filter(action=AuditAction.GENERATED).order_by("pk").values_list(*fields):
        made[course_key, name].append(number)
    downloads: Counter[int] = Counter()
    for course_key, name, number in alike.filter(action=AuditAction.DOWNLOADED).order_by("pk").values_list(*fields):
        numbers = made[course_key, name]
        if place := bisect(numbers, number):
            downloads[numbers[place - 1]] += 1
    return downloads


def forget(user_id: int, course_keys: Sequence[CourseKey]) -> None:
    """Take a learner out of every disclosure of these courses, who can then no longer be found in any."""
    for part in _parts_with(user_id, course_keys):
        _take_out(part, _digest(part.disclosure, user_id))


def forget_everywhere(user_ids: Collection[int]) -> None:
    """Take learners out of the disclosures of all courses, for their enrollments may be gone.

    There are 2 queries for each 500 disclosures; one for each further 500 of their parts.
    """
    for some in _by_number(Disclosure.objects.all()):
        wanted: dict[tuple[int, int], list[bytes]] = {}
        for disclosure in some:
            if _is_searchable(disclosure.salt, disclosure.key_check):
                for user_id in user_ids:
                    place = disclosure.pk, user_id % disclosure.parts
                    wanted.setdefault(place, []).append(_digest(disclosure, user_id))
        parts = DisclosurePart.objects.filter(disclosure__in=some, part__in={part for _number, part in wanted})
        for piece in _by_number(parts):
            for part in piece:
                for digest in wanted.get((part.disclosure_id, part.part), ()):
                    _take_out(part, digest)


def _parts_with(user_id: int, course_keys: Sequence[CourseKey]) -> Iterator[DisclosurePart]:
    """Yield the parts that hold an account, those of the newest disclosure first."""
    parts = DisclosurePart.objects.filter(disclosure__record__course_id__in=course_keys).select_related("disclosure")
    mine = parts.filter(part=Mod(Value(user_id), F("disclosure__parts"))).order_by("-disclosure_id")
    for part in _in_pieces(mine):
        is_searchable = _is_searchable(part.disclosure.salt, part.disclosure.key_check)
        if is_searchable and find_digest(bytes(part.digests), _digest(part.disclosure, user_id)) >= 0:
            yield part


def _take_out(part: DisclosurePart, wanted: bytes) -> None:
    digests = bytes(part.digests)
    while (place := find_digest(digests, wanted)) >= 0:
        digests = digests[:place] + digests[place + len(wanted) :]
    if len(digests) < len(part.digests):
        part.digests = digests
        DisclosurePart.objects.filter(pk=part.pk).update(digests=digests)


def _by_number(rows: QuerySet) -> Iterator[list[Any]]:
    """Yield some rows at a time, in the order of their numbers."""
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk")[:_PARTS_AT_ONCE]):
        yield some
        last = some[-1].pk


def _in_pieces(parts: QuerySet[DisclosurePart]) -> Iterable[DisclosurePart]:
    """Read some at a time: MySQL's driver would hold them all."""
    piece = list(parts[:_PARTS_AT_ONCE])
    while piece:
        yield from piece
        piece = list(parts.filter(disclosure_id__lt=piece[-1].disclosure_id)[:_PARTS_AT_ONCE])


def _is_searchable(salt: bytes, key_check: bytes) -> bool:
    return hmac.compare_digest(bytes(key_check), check_of(key_of(bytes(salt))))


def _digest(disclosure: Disclosure, user_id: int) -> bytes:
    return digests_of(key_of(bytes(disclosure.salt)), (user_id,)).tobytes()
