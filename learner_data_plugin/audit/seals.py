"""Seals over the audit: a hash of each day's records, each seal with a hash of the one before it and the site's secret key.

Whoever changes, adds or removes a record of a sealed day without that key is found out. Two changes are meant to be, and a seal
holds over both. Retention removes all that a course has of a day, its refusals before the rest, and records that it did: so a
seal has a hash for each of these parts. A refusal can lose its name: so in place of account and address, a record's hash has a
keyed hash of them, which the record then keeps.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from ..models import AuditRecord, AuditSeal
from .records import Action

Parts = dict[str, dict[str, list[Any]]]
"""Course -> ``refused`` or ``other`` -> number of records and their hash."""

_LATEST_TRANSACTION = timedelta(hours=1)
"""A day is sealed so long after its end: what was done before midnight may be entered after it."""

_FACTS = ("action", "course_id", "report", "file_format", "file_name", "columns", "rows", "sha256", "detail", "purpose")
_RECORDS_AT_ONCE = 1_000
_REFUSED = "refused "


@dataclass
class Verification:
    """What was found: sentences about what does not fit, the last seal, and the first day that is not sealed yet."""

    days: int = 0
    last_day: date | None = None
    head: str = ""
    findings: list[str] = field(default_factory=list)


def seal(*, now: datetime | None = None) -> int:
    """Seal each day that is over and has records; returns how many. Of simultaneous calls each does its part."""
    until = ((now or timezone.now()).astimezone(UTC) - _LATEST_TRANSACTION).date()
    sealed = 0
    while (day := _next_day(until)) is not None:
        last = AuditSeal.objects.order_by("day").last()
        parts = _parts(day, _key(settings.SECRET_KEY))
        chain = _chain(_key(settings.SECRET_KEY), last.chain if last else "", day, parts)
        try:
            with transaction.atomic():
                AuditSeal.objects.create(day=day, parts=parts, chain=chain)
        except IntegrityError:  # another process was quicker
            continue
        sealed += 1
    return sealed


def verify() -> Verification:
    """Compare the records of every sealed day with its seal, and each seal with the one before."""
    found = Verification()
    keys = [_key(key) for key in (settings.SECRET_KEY, *getattr(settings, "SECRET_KEY_FALLBACKS", ()))]
    purged = _purged()
    before = ""
    for sealed in AuditSeal.objects.order_by("day"):
        key = next((key for key in keys if _chain(key, before, sealed.day, sealed.parts) == sealed.chain), None)
        if key is None:
            found.findings.append(
                f"{sealed.day}: this seal, or one before it, was changed or removed, or the site's SECRET_KEY was replaced."
            )
        else:
            found.findings += _differences(sealed, _parts(sealed.day, key), purged)
        before, found.last_day = sealed.chain, sealed.day
        found.days += 1
    found.head = before
    if found.last_day is not None:
        found.findings += _unsealed_days(found.last_day)
    return found


def identity_of(record: AuditRecord, key: bytes | None = None) -> str:
    """Return a keyed hash of account and address."""
    text = json.dumps([record.pk, record.user_id, record.username, record.address])
    return hmac.digest(key or _key(settings.SECRET_KEY), text.encode(), "sha256").hex()


def purged_before(day: date, *, refused: bool) -> str:
    """Return the detail of the record that retention removed what is older than a day."""
    return f"{_REFUSED if refused else ''}before {day}"


def purge_of_refusals(course_key: CourseKey, *, older_than: datetime) -> str:
    """Return the detail of a course's last record that its refusals were removed, if that record is so old itself; else ''.

    Without such a record seals would tell of refusals that somebody removed.
    """
    purges = AuditRecord.objects.filter(action=Action.PURGED, course_id=course_key, detail__startswith=_REFUSED)
    last = purges.order_by("id").last()
    return last.detail if last is not None and last.created < older_than else ""


def _purged() -> Mapping[tuple[str, str], date]:
    """Up to which day retention has removed the parts of each course."""
    days: dict[tuple[str, str], date] = {}
    for course_id, detail in AuditRecord.objects.filter(action=Action.PURGED).values_list("course_id", "detail"):
        what, _, day = detail.rpartition("before ")
        place = (str(course_id), "refused" if what else "other")
        try:
            days[place] = max(date.fromisoformat(day), days.get(place, date.min))
        except ValueError:  # not written by retention
            continue
    return days


def _differences(sealed: AuditSeal, there: Parts, purged: Mapping[tuple[str, str], date]) -> Iterator[str]:
    for course_id in sorted({*sealed.parts, *there}):
        was, now = sealed.parts.get(course_id, {}), there.get(course_id, {})
        for kind in sorted({*was, *now}):
            is_purged = kind not in now and sealed.day < purged.get((course_id, kind), date.min)
            if was.get(kind) != now.get(kind) and not is_purged:
                old, new = (part.get(kind, [0])[0] for part in (was, now))
                yield f"{sealed.day}, {course_id}: {kind} records were changed; {old} were sealed, {new} are there."


def _unsealed_days(last_day: date) -> Iterator[str]:
    sealed = set(AuditSeal.objects.values_list("day", flat=True))
    first = min(sealed)
    between = AuditRecord.objects.filter(created__gte=_midnight(first), created__lt=_midnight(last_day + timedelta(days=1)))
    for day in between.order_by().datetimes("created", "day", tzinfo=UTC):
        if day.date() not in sealed:
            yield f"{day.date()}: there are records of this day, but there were none when the days after it were sealed."


def _next_day(until: date) -> date | None:
    """The first day before ``until`` that has records and comes after the last seal."""
    records = AuditRecord.objects.filter(created__lt=_midnight(until))
    last = AuditSeal.objects.aggregate(day=Max("day"))["day"]
    if last is not None:
        records = records.filter(created__gte=_midnight(last + timedelta(days=1)))
    first = records.order_by("created").values_list("created", flat=True).first()
    return None if first is None else first.astimezone(UTC).date()


def _parts(day: date, key: bytes) -> Parts:
    hashes: dict[tuple[str, str], Any] = defaultdict(lambda: [0, hashlib.sha256()])
    for record in _records_of(day):
        part = hashes[str(record.course_id), "refused" if record.action == Action.REFUSED else "other"]
        part[0] += 1
        part[1].update(_digest(record, key))
    parts: Parts = {}
    for (course_id, kind), (number, hashed) in hashes.items():
        parts.setdefault(course_id, {})[kind] = [number, hashed.hexdigest()]
    return parts


def _records_of(day: date) -> Iterator[AuditRecord]:
    records = AuditRecord.objects.filter(created__gte=_midnight(day), created__lt=_midnight(day + timedelta(days=1)))
    last = 0
    while some := list(records.filter(pk__gt=last).order_by("pk")[:_RECORDS_AT_ONCE]):
        yield from some
        last = some[-1].pk


def _digest(record: AuditRecord, key: bytes) -> bytes:
    # Only a refusal may have lost its name.
    is_pseudonymous = record.identity and record.action == Action.REFUSED
    who = record.identity if is_pseudonymous else identity_of(record, key)
    facts = [record.pk, record.created.astimezone(UTC).isoformat(), who, *(getattr(record, name) for name in _FACTS)]
    return hashlib.sha256(json.dumps(facts, default=str).encode()).digest()


def _chain(key: bytes, before: str, day: date, parts: Parts) -> str:
    return hmac.digest(key, json.dumps([before, str(day), parts], sort_keys=True).encode(), "sha256").hex()


def _key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"learner_data_plugin.audit_seal", "sha256")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
