"""Seals over the audit: what was changed later shows."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from freezegun import freeze_time

from learner_data_plugin import audit
from learner_data_plugin.audit import seals
from learner_data_plugin.data import Actor
from learner_data_plugin.models import AuditRecord, AuditSeal
from learner_data_plugin.privacy import erasure, retention
from tests import factories

FIRST = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def days(course_key):
    """Three days with records of two courses, sealed."""
    other = factories.make_course()
    for number in (0, 1, 3):
        with freeze_time(FIRST + timedelta(days=number)):
            audit.record(audit.Action.LISTED, course_key, by=Actor(1, "ada", "192.0.2.1"), columns=["id"], rows=3)
            audit.record(audit.Action.DOWNLOADED, other, by=Actor(2, "bob", "192.0.2.2"))
            audit.record(audit.Action.REFUSED, course_key, by=Actor(3, "eve", "192.0.2.3"), detail="GET Tasks")
    assert seals.seal(now=FIRST + timedelta(days=4)) == 3
    return course_key


def findings():
    return seals.verify().findings


def change(statement, *values):
    """What somebody does who has the database, and not the models in front of it."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


TABLE = "learner_data_plugin_auditrecord"


def test_untouched_records_are_found_untouched(days):
    found = seals.verify()
    assert (found.days, found.findings, str(found.last_day)) == (3, [], "2026-03-04")
    assert found.head == AuditSeal.objects.order_by("day").last().chain


@pytest.mark.parametrize(
    "column", ["username", "address", "detail", "file_name", "sha256", "report", "purpose", "file_format", "identity"]
)
def test_any_change_of_a_record_shows(days, column):
    first = AuditRecord.objects.filter(action="listed").last()
    change(f"UPDATE {TABLE} SET {column} = %s WHERE id = %s", "changed", first.pk)
    if column == "identity":  # which says something of refusals only
        assert findings() == []
    else:
        assert findings() == [f"2026-03-01, {days}: other records were changed; 1 were sealed, 1 are there."]


@pytest.mark.parametrize("column", ["rows", "user_id"])
def test_changed_numbers_show(days, column):
    quoted = connection.ops.quote_name(column)
    change(f"UPDATE {TABLE} SET {quoted} = 77 WHERE id = %s", AuditRecord.objects.filter(action="listed").last().pk)
    assert len(findings()) == 1


def test_removed_record_shows(days):
    change(f"DELETE FROM {TABLE} WHERE id = %s", AuditRecord.objects.filter(action="downloaded").first().pk)
    assert len(findings()) == 1


def test_record_that_is_added_later_shows(days):
    with freeze_time(FIRST + timedelta(days=1)):
        audit.record(audit.Action.DELETED, days, by=Actor(1, "ada"))
    [found] = findings()
    assert found.startswith("2026-03-02")
    with freeze_time(FIRST + timedelta(days=2)):  # a day on which nothing had been recorded
        audit.record(audit.Action.DELETED, days, by=Actor(1, "ada"))
    assert any(found.startswith("2026-03-03") for found in findings())


def test_seal_that_is_made_anew_without_the_key_shows(days, settings):
    record = AuditRecord.objects.filter(action="listed").last()
    change(f"UPDATE {TABLE} SET username = %s WHERE id = %s", "nobody", record.pk)
    key = settings.SECRET_KEY
    settings.SECRET_KEY = "what somebody takes for it"
    AuditSeal.objects.all().delete()
    seals.seal(now=FIRST + timedelta(days=4))
    assert findings() == []
    settings.SECRET_KEY = key
    assert len([found for found in findings() if "seal" in found]) == 3


def test_seal_that_is_removed_shows(days):
    AuditSeal.objects.order_by("day")[1].delete()
    assert any("2026-03-04" in found for found in findings())
    assert any("2026-03-02" in found for found in findings())


def test_key_that_was_replaced_by_the_site_goes_on_verifying(days, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the new one"
    assert findings() == []


def test_refusals_that_lost_their_names_are_still_sealed(days):
    erasure.add(3)
    erasure.erase_pending()
    assert not AuditRecord.objects.filter(username="eve").exists()
    assert findings() == []
    refusal = AuditRecord.objects.filter(action="refused").last()
    change(f"UPDATE {TABLE} SET identity = %s WHERE id = %s", "0" * 64, refusal.pk)
    assert len(findings()) == 1


def test_name_of_anybody_else_cannot_be_taken_out_that_way(days):
    listed = AuditRecord.objects.filter(action="listed").last()
    change(
        f"UPDATE {TABLE} SET username = '', address = '', user_id = NULL, identity = %s WHERE id = %s",
        seals.identity_of(copy.copy(listed)),
        listed.pk,
    )
    assert len(findings()) == 1


def test_what_retention_removes_is_recorded_and_stays_in_order(days, settings):
    settings.LEARNER_DATA_PLUGIN = {
        **settings.LEARNER_DATA_PLUGIN, "AUDIT_RETENTION_DAYS": 10, "REFUSALS_RETENTION_DAYS": 2
    }
    with freeze_time(FIRST + timedelta(days=5)):
        assert retention.remove_expired().audit_records == 2  # refusals of the first two days
        purged = AuditRecord.objects.get(action="purged")
        assert (purged.rows, purged.detail, purged.username) == (2, "refused before 2026-03-04", "retention")
    assert findings() == []
    with freeze_time(FIRST + timedelta(days=12)):
        assert retention.remove_expired().audit_records == 5
    assert findings() == []
    assert not AuditRecord.objects.filter(created__lt=datetime(2026, 3, 3, tzinfo=UTC)).exists()


def test_that_refusals_were_removed_is_known_for_as_long_as_there_are_seals(days, settings):
    settings.LEARNER_DATA_PLUGIN = {
        **settings.LEARNER_DATA_PLUGIN, "AUDIT_RETENTION_DAYS": 10, "REFUSALS_RETENTION_DAYS": 2
    }
    for number in range(5, 60, 5):
        with freeze_time(FIRST + timedelta(days=number)):
            retention.remove_expired()
        assert findings() == []
    assert not AuditRecord.objects.filter(created__lt=FIRST + timedelta(days=40)).exists()
    assert AuditRecord.objects.filter(detail="refused before 2026-03-09").count() == 1


def test_what_somebody_else_removes_is_not_taken_for_retention(days, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "REFUSALS_RETENTION_DAYS": 2}
    with freeze_time(FIRST + timedelta(days=5)):
        retention.remove_expired()
    change(f"DELETE FROM {TABLE} WHERE action = 'refused'")
    [found] = findings()
    assert found.startswith("2026-03-04")


def test_a_day_is_sealed_once_it_is_surely_over(course_key):
    with freeze_time(FIRST):
        audit.record(audit.Action.LISTED, course_key, by=Actor(1, "ada"))
    assert seals.seal(now=datetime(2026, 3, 2, 0, 30, tzinfo=UTC)) == 0
    assert seals.seal(now=datetime(2026, 3, 2, 1, 30, tzinfo=UTC)) == 1
    assert seals.seal(now=datetime(2026, 3, 2, 1, 30, tzinfo=UTC)) == 0


def test_retention_seals(course_key):
    with freeze_time(timezone.now() - timedelta(days=3)):
        audit.record(audit.Action.LISTED, course_key, by=Actor(1, "ada"))
    retention.remove_expired()
    assert AuditSeal.objects.count() == 1
