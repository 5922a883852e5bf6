"""Whom a stored report holds, kept so that it answers for one account at a time and says nothing by itself.

For each learner there are four bytes of a hash, keyed with the site's secret key and the report. Who has the database without
that key learns nothing from them.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator

from django.conf import settings

from .models import LearnerIndex, ReportFile, ReportRun

MOST_LEARNERS = 2_000_000
"""A larger report has no index: databases refuse values of many megabytes."""

_SIZE = 4
_IN_ONE_HASH = hashlib.blake2b.MAX_DIGEST_SIZE // _SIZE


class Digests:
    """Collects the index of a report while it is made."""

    def __init__(self, run: ReportRun) -> None:
        self._key = _key(run.pk)
        self._digests = bytearray()

    def add(self, user_ids: Iterable[int]) -> None:
        self._digests += b"".join(_digests(self._key, user_ids))

    def store(self, file: ReportFile) -> None:
        """Store the index of a finished report (1 query)."""
        if len(self._digests) <= MOST_LEARNERS * _SIZE:
            LearnerIndex.objects.create(file=file, key_check=_check(self._key), digests=bytes(self._digests))


def holds(file: ReportFile, user_id: int) -> bool | None:
    """Whether a report holds an account; None if its index cannot say, because there is none or the site's key was changed.

    In a report of a million learners 1 in 4,000 accounts that are not in it is taken for one that is.
    """
    index: LearnerIndex | None = getattr(file, "learner_index", None)
    key = _key(file.run_id)
    if index is None or not hmac.compare_digest(bytes(index.key_check), _check(key)):
        return None
    return _find(bytes(index.digests), _digest(key, user_id)) >= 0


def forget(file: ReportFile, user_id: int) -> None:
    """Take an account out of a report's index, where it has one."""
    index: LearnerIndex | None = getattr(file, "learner_index", None)
    if index is None:
        return
    digests, wanted = bytes(index.digests), _digest(_key(file.run_id), user_id)
    while (place := _find(digests, wanted)) >= 0:
        digests = digests[:place] + digests[place + _SIZE :]
    index.digests = digests
    index.save(update_fields=["digests"])


def _key(run_id: int) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"learner_data_plugin.learner_index.{run_id}".encode(), "sha256")


def _check(key: bytes) -> bytes:
    # Names the way in which digests are made: an index made in another way answers nothing, rather than no.
    return hashlib.blake2b(b"sixteen in a hash", key=key, digest_size=16).digest()


def _digest(key: bytes, user_id: int) -> bytes:
    return next(_digests(key, (user_id,)))


def _digests(key: bytes, user_ids: Iterable[int]) -> Iterator[bytes]:
    """One hash serves sixteen accounts that were made one after another; each has four bytes of it."""
    number, hashed = -1, b""
    for user_id in user_ids:
        if user_id // _IN_ONE_HASH != number:
            number = user_id // _IN_ONE_HASH
            hashed = hashlib.blake2b(b"%d" % number, key=key).digest()
        place = user_id % _IN_ONE_HASH * _SIZE
        yield hashed[place : place + _SIZE]


def _find(digests: bytes, wanted: bytes) -> int:
    place = digests.find(wanted)
    while place >= 0 and place % _SIZE:
        place = digests.find(wanted, place + 1)
    return place
