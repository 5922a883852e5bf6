"""Keyed-hash index of the learners in a stored report; answers whether given accounts are in it.

For each learner there are four bytes of a hash, keyed with the site's secret key and the report. Who has the database without
that key learns nothing from them.
"""

from __future__ import annotations

import hashlib
import hmac
from array import array
from collections.abc import Collection, Iterable, Sequence
from typing import TypeAlias

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

from ..models import LearnerIndex, ReportFile, ReportRun

MOST_LEARNERS = 2_000_000
"""A larger report has no index: databases refuse values of many megabytes."""

Digested: TypeAlias = "bytes | bytearray | memoryview"

_SIZE = 4
_BLOCK = 16


class Digests:
    """Collects the index of a report while it is made."""

    def __init__(self, run: ReportRun) -> None:
        self._key = _key(run.pk)
        self._digests = bytearray()

    def add(self, user_ids: Sequence[int]) -> None:
        self._digests += digests_of(self._key, user_ids).tobytes()

    def held(self, user_ids: Collection[int]) -> set[int]:
        """Those of these accounts that the report holds, and seldom another: see ``held``."""
        return _held(self._digests, _wanted(self._key, user_ids))

    def store(self, file: ReportFile) -> None:
        """Store the index of a finished report (1 query)."""
        if len(self._digests) <= MOST_LEARNERS * _SIZE:
            LearnerIndex.objects.create(file=file, key_check=check_of(self._key), digests=bytes(self._digests))


def held(file: ReportFile, user_ids: Collection[int]) -> set[int] | None:
    """Return those of these accounts that a report holds (1 query).

    None if its index cannot say, because there is none or the site's key was changed. False-positive rate
    in a report of a million learners: about 1 in 4,000.
    """
    index, key = LearnerIndex.objects.filter(file=file).first(), _key(file.run_id)
    if index is None or not hmac.compare_digest(bytes(index.key_check), check_of(key)):
        return None
    return _held(index.digests, _wanted(key, user_ids))


def forget(file: ReportFile, user_ids: Collection[int]) -> None:
    """Take accounts out of a report's index, where it has one (2 queries)."""
    index = LearnerIndex.objects.filter(file=file).first()
    if index is not None:
        wanted = _wanted(_key(file.run_id), user_ids)
        index.digests = array("I", (digest for digest in _numbers(index.digests) if digest not in wanted)).tobytes()
        index.save(update_fields=["digests"])


def _key(run_id: int) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"learner_data_plugin.learner_index.{run_id}".encode(), "sha256")


def check_of(key: bytes) -> bytes:
    """What is kept to tell that the site's key has not been changed."""
    # Names the way in which digests are made: an index made in another way answers nothing, rather than no.
    return hashlib.blake2b(b"a block of AES", key=key, digest_size=16).digest()


def _wanted(key: bytes, user_ids: Collection[int]) -> dict[int, list[int]]:
    """Digest -> the accounts that have it, nearly always one."""
    wanted: dict[int, list[int]] = {}
    ordered = sorted(user_ids)
    for digest, user_id in zip(digests_of(key, ordered), ordered, strict=True):
        wanted.setdefault(digest, []).append(user_id)
    return wanted


def _held(digests: Digested, wanted: dict[int, list[int]]) -> set[int]:
    return {user_id for digest in frozenset(wanted).intersection(_numbers(digests)) for user_id in wanted[digest]}


def _numbers(digests: Digested) -> Iterable[int]:
    """Digests as numbers, one after another, none of them copied."""
    return memoryview(digests).cast("B").cast("I") if digests else ()


def digests_of(key: bytes, user_ids: Sequence[int]) -> array[int]:
    """Return what stands for each of these accounts: four bytes, as a number.

    They are the first of the account's number, encrypted with AES as a block of its own. Without the key nobody tells them from
    numbers drawn by lot; a hash of each account takes twenty times as long.
    """
    blocks = array("Q", bytes(_BLOCK * len(user_ids)))
    blocks[::2] = array("Q", user_ids)
    # No account stands there twice, so no two blocks are alike, which is what this mode is reproached with.
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return array("I", encryptor.update(blocks.tobytes()))[:: _BLOCK // _SIZE]


def find_digest(digests: bytes, wanted: bytes) -> int:
    """Return where an account's four bytes stand among others, or a negative number."""
    place = digests.find(wanted)
    while place >= 0 and place % _SIZE:
        place = digests.find(wanted, place + 1)
    return place
