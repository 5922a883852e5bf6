"""The audit in Django admin: to read, filter and export."""

from __future__ import annotations

import csv

import pytest
from django.contrib import admin
from django.test import RequestFactory

from learner_data_plugin import audit
from learner_data_plugin.data import Actor
from learner_data_plugin.models import AuditRecord

from . import factories


@pytest.fixture
def superuser(db):
    return factories.make_user(is_staff=True, is_superuser=True)


@pytest.fixture
def records(course_key):
    return [
        audit.record(action, course_key, by=Actor(number, f"person{number}", "192.0.2.1"), rows=number)
        for number, action in enumerate((audit.Action.LISTED, audit.Action.DOWNLOADED, audit.Action.REFUSED), 1)
    ]


@pytest.fixture
def model_admin():
    return admin.site._registry[AuditRecord]


@pytest.fixture
def request_of(superuser):
    def of(path="/", data=None):
        request = RequestFactory().get(path, data or {})
        request.user = superuser
        return request

    return of


def test_nobody_adds_changes_or_deletes(model_admin, request_of, records):
    request = request_of()
    assert model_admin.has_view_permission(request)
    assert not model_admin.has_add_permission(request)
    assert not model_admin.has_change_permission(request, records[0])
    assert not model_admin.has_delete_permission(request, records[0])
    assert set(model_admin.get_actions(request)) == {"export_as_csv"}


@pytest.mark.parametrize(
    ("query", "usernames"),
    [
        ({}, {"person1", "person2", "person3"}),
        ({"action": "listed"}, {"person1"}),
        ({"q": "person2"}, {"person2"}),
    ],
)
def test_list_can_be_filtered_and_searched(query, usernames, model_admin, request_of, records):
    changes = model_admin.get_changelist_instance(request_of("/", query))
    assert {record.username for record in changes.result_list} == usernames


def test_selected_records_are_exported(model_admin, request_of, records):
    chosen = AuditRecord.objects.filter(pk__in=[records[0].pk, records[2].pk])
    answer = model_admin.export_as_csv(request_of(), chosen)
    rows = list(csv.DictReader(b"".join(answer.streaming_content).decode().splitlines()))
    assert [row["username"] for row in rows] == ["person1", "person3"]
    assert answer["Content-Disposition"] == 'attachment; filename="learner_data_audit.csv"'
    assert answer["Cache-Control"] == "no-store"


def test_pages_open_for_a_superuser(superuser, sign_in, records):
    client = sign_in(superuser)
    listed = client.get("/admin/learner_data_plugin/auditrecord/")
    assert listed.status_code == 200
    assert b"person2" in listed.content
    record = client.get(f"/admin/learner_data_plugin/auditrecord/{records[1].pk}/change/")
    assert record.status_code == 200
    assert b"person2" in record.content
    assert b'name="_save"' not in record.content
    assert client.get("/admin/learner_data_plugin/auditrecord/add/").status_code == 403
    assert client.post(f"/admin/learner_data_plugin/auditrecord/{records[1].pk}/delete/", {"post": "yes"}).status_code == 403
    exported = client.post(
        "/admin/learner_data_plugin/auditrecord/",
        {"action": "export_as_csv", "_selected_action": [record.pk for record in records]},
    )
    assert b"".join(exported.streaming_content).count(b"person") == 3
