"""Records of who was refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from freezegun import freeze_time

from learner_data_plugin import audit
from learner_data_plugin.data import Actor
from learner_data_plugin.models import AuditRecord
from learner_data_plugin.privacy import erasure
from tests import factories
from tests.rest_api.paths import api_path


def facts(action):
    return AuditRecord.objects.get(action=action)


@pytest.mark.parametrize(
    ("method", "call", "detail"),
    [
        ("get", "learners/", "GET Learners"),
        ("get", "reports/", "GET Reports"),
        ("post", "reports/", "POST Reports"),
        ("get", "reports/some.csv", "GET Report"),
        ("delete", "reports/some.csv", "DELETE Report"),
        ("get", "anonymized_ids.csv", "GET AnonymizedIds"),
        ("get", "tasks/", "GET Tasks"),
    ],
)
def test_refusal_is_recorded(method, call, detail, course_key, sign_in):
    learner = factories.make_learner(course_key)
    getattr(sign_in(learner), method)(api_path(course_key, call))
    record = facts("refused")
    assert (record.user_id, record.username, record.course_id) == (learner.pk, learner.username, course_key)
    assert (record.detail, record.address) == (detail, "127.0.0.1")


def test_refused_page_is_recorded(course_key, sign_in):
    assert sign_in(factories.make_learner(course_key)).get(f"/learner_data/courses/{course_key}/").status_code == 403
    assert facts("refused").detail == "page"


def refusals():
    return AuditRecord.objects.filter(action="refused")


def test_asking_the_same_again_adds_no_record_for_a_while_from_whichever_address(course_key, sign_in):
    client, other = (sign_in(factories.make_learner(course_key)) for _ in range(2))
    for number in range(3):
        client.get(api_path(course_key, "tasks/"), REMOTE_ADDR=f"192.0.2.{number}")
        client.get(api_path(course_key, "learners/"), HTTP_X_FORWARDED_FOR=f"198.51.100.{number}, 203.0.113.9")
    other.get(api_path(course_key, "tasks/"))
    assert refusals().count() == 3
    with freeze_time(timezone.now() + timedelta(minutes=11)):
        client.get(api_path(course_key, "tasks/"))
    assert refusals().count() == 4


def test_methods_that_do_not_exist_are_one(course_key, sign_in):
    client = sign_in(factories.make_learner(course_key))
    for method in ("BREW", "PROPFIND", "x" * 100):
        client.generic(method, api_path(course_key, "tasks/"))
    assert refusals().get().detail == "OTHER Tasks"


def test_one_account_leaves_few_records_in_a_course_and_a_day(course_key, sign_in):
    learner, elsewhere = factories.make_learner(course_key), factories.make_course()
    client = sign_in(learner)

    def ask_for_everything(course_key):
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            for call in ("learners/", "reports/", "reports/a.csv", "tasks/", "anonymized_ids.csv", "statistics/"):
                client.generic(method, api_path(course_key, call))

    ask_for_everything(course_key)
    assert refusals().count() == 20
    assert [record.detail for record in refusals() if "no more" in record.detail] == [refusals().first().detail]
    ask_for_everything(elsewhere)
    assert refusals().filter(course_id=elsewhere).count() == 20
    with freeze_time(timezone.now() + timedelta(days=1, minutes=1)):
        client.get(api_path(course_key, "tasks/"))
    assert refusals().filter(course_id=course_key).count() == 21


def test_who_retires_is_no_longer_named_in_refusals(course_key, sign_in):
    learner, other = (factories.make_learner(course_key) for _ in range(2))
    for call in ("tasks/", "learners/"):
        sign_in(learner).get(api_path(course_key, call))
        sign_in(other).get(api_path(course_key, call))
    audit.record(audit.Action.LISTED, course_key, by=Actor(learner.pk, learner.username, "192.0.2.1"))
    erasure.add(learner.pk)
    erasure.erase_pending()
    gone = refusals().filter(user_id=None)
    assert len({record.username for record in gone}) == 1
    assert gone.count() == 2
    assert not any(learner.username in record.username or record.address for record in gone)
    assert refusals().filter(username=other.username).count() == 2
    # Who saw learner data stays named: that is what the audit is for.
    assert AuditRecord.objects.get(action="listed").username == learner.username


def test_visitors_who_are_not_signed_in_leave_no_records(course_key):
    """They are nobody to name, and anybody on the Internet could fill the table."""
    Client().get(api_path(course_key, "learners/"))
    Client().get(f"/learner_data/courses/{course_key}/")
    assert not AuditRecord.objects.exists()
