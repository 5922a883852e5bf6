"""Recording whose data a file holds, when it is handed out."""

from __future__ import annotations

import codecs
import hashlib
import io

import pytest

from learner_data_plugin.data import Actor, AuditAction
from learner_data_plugin.models import AuditRecord, DisclosurePart
from learner_data_plugin.privacy import disclosures as told
from learner_data_plugin.reports import disclosures, learner_index
from learner_data_plugin.reports.disclosures import LEARNERS_IN_PART, Disclosed, record_file
from tests import factories

CONTENT = b"id\r\n7\r\n"


@pytest.fixture
def by(course_key):
    user = factories.make_team_member("data_researcher", course_key)
    return Actor(user.pk, user.username, "192.0.2.1")


def record(course_key, by, disclosed, content=None, **facts):
    content = content or io.BytesIO(CONTENT)
    record_file(AuditAction.DEANONYMIZED, course_key, content, disclosed, by=by, rows=1, columns=["id"], **facts)
    return AuditRecord.objects.select_related("disclosure").latest("id")


def test_the_audit_has_the_file_and_the_disclosure_what_it_was_for(course_key, by):
    content = io.BytesIO(CONTENT)
    content.read()
    facts = {"file_format": "csv", "detail": "usernames", "purpose": "Return the grades", "approval": "IRB 12"}
    made = record(course_key, by, Disclosed(1), content, **facts)
    assert (made.action, made.course_id, made.rows, made.columns) == ("deanonymized", course_key, 1, ["id"])
    assert (made.user_id, made.username, made.address) == (by.user_id, by.username, "192.0.2.1")
    assert (made.file_format, made.detail, made.purpose) == ("csv", "usernames", "Return the grades")
    assert made.sha256 == hashlib.sha256(CONTENT).hexdigest()
    kept = made.disclosure
    assert (kept.role, kept.purpose, kept.approval) == ("data_researcher", "Return the grades", "IRB 12")
    assert kept.marked_sha256 == hashlib.sha256(codecs.BOM_UTF8 + CONTENT).hexdigest()
    assert content.read() == CONTENT, "it is handed out from its start"


def test_what_is_not_told_is_empty(course_key):
    made = record(course_key, Actor(None, "command"), Disclosed(0))
    assert (made.file_format, made.detail, made.purpose) == ("", "", "")
    assert (made.disclosure.role, made.disclosure.purpose) == ("", "")


def test_a_hash_of_a_large_file_is_that_of_all_of_it():
    content = bytes(range(256)) * 1_000
    file = io.BytesIO(content)
    assert disclosures.hash_of(file) == hashlib.sha256(content).hexdigest()
    assert disclosures.hash_of(file, before=b"x") == hashlib.sha256(b"x" + content).hexdigest()


@pytest.mark.parametrize(
    ("expected", "parts"), [(0, 1), (1, 1), (LEARNERS_IN_PART, 1), (LEARNERS_IN_PART + 1, 2), (3 * LEARNERS_IN_PART, 3)]
)
def test_there_is_a_part_for_each_thousand_learners(course_key, by, expected, parts):
    assert record(course_key, by, Disclosed(expected)).disclosure.parts == parts


def test_each_learner_stands_in_the_part_of_the_account_number(course_key, by):
    disclosed = Disclosed(2 * LEARNERS_IN_PART + 1)
    disclosed.add([3, 4])
    disclosed.add([6])
    kept = record(course_key, by, disclosed).disclosure
    stored = {part.part: bytes(part.digests) for part in DisclosurePart.objects.filter(disclosure=kept)}
    key = disclosures.key_of(bytes(kept.salt))
    assert stored == {
        0: learner_index.digests_of(key, [3, 6]).tobytes(),
        1: learner_index.digests_of(key, [4]).tobytes(),
    }


def test_many_parts_are_all_stored(course_key, by, monkeypatch):
    monkeypatch.setattr(disclosures, "_PARTS_AT_ONCE", 2)
    learners = [factories.make_learner(course_key).pk for _ in range(5)]
    disclosed = Disclosed(5 * LEARNERS_IN_PART)
    disclosed.add(learners)
    made = record(course_key, by, disclosed)
    assert all(told.held_in(user_id, [course_key]).numbers == (made.pk,) for user_id in learners)


def test_each_disclosure_has_a_salt_of_its_own(course_key, by):
    salts = {bytes(record(course_key, by, Disclosed(1)).disclosure.salt) for _ in range(3)}
    assert len(salts) == 3
    assert {len(salt) for salt in salts} == {16}


def test_a_disclosure_is_read_as_earlier_releases_wrote_it(settings):
    settings.SECRET_KEY = "a secret key"
    key = disclosures.key_of(b"0123456789abcdef")
    assert learner_index.check_of(key).hex() == "6e5749c4f1f118b6cdf47a5c93144a34"
