"""``deanonymize/`` where a second person has to agree, and ``deanonymize/requests/``."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from freezegun import freeze_time

from learner_data_plugin.models import AuditRecord, Disclosure, NameRequest
from learner_data_plugin.privacy import retention

from .. import factories
from .paths import api_path

WHY = "Return the grades of the external grader"
JSON = "application/json"


@pytest.fixture(autouse=True)
def _second_approval(settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "SECOND_APPROVAL": True}


@pytest.fixture
def key(course_key):
    return factories.anonymous_id(factories.make_learner(course_key, "ada"), course_key)


@pytest.fixture
def asking(course_key, sign_in):
    """The browser of who asks for names."""
    return sign_in(factories.make_team_member("data_researcher", course_key))


@pytest.fixture
def deciding(course_key, sign_in):
    """The browser of somebody else who may decide."""
    return sign_in(factories.make_team_member("data_researcher", course_key))


def ask(client, course_key, key, *, columns="username", purpose=WHY):
    file = SimpleUploadedFile("survey.csv", f"anon,n\r\n{key},1\r\n".encode())
    body = {"file": file, "purpose": purpose, "columns": columns, "approval": "IRB 12"}
    answer = client.post(api_path(course_key, "deanonymize/"), body)
    return answer.status_code, b"".join(answer.streaming_content).decode() if answer.streaming else answer.json()


def decide(client, course_key, number, decision="grant"):
    path = api_path(course_key, f"deanonymize/requests/{number}")
    return client.post(path, {"decision": decision}, content_type=JSON)


def listed(client, course_key):
    answer = client.get(api_path(course_key, "deanonymize/requests/"))
    assert answer.status_code == 200
    return answer.json()["requests"]


def test_names_are_given_once_somebody_else_has_granted_them(course_key, asking, deciding, key):
    status, request = ask(asking, course_key, key)
    assert (status, request["state"], request["can_decide"]) == (202, "waiting", False)
    assert request["counts"] == {
        "total": 1, "matched": 1, "retired": 0, "not_in_course": 0, "unknown": 0, "duplicates": 0
    }  # fmt: skip
    [seen] = listed(deciding, course_key)
    assert (seen["id"], seen["purpose"], seen["columns"], seen["can_decide"]) == (request["id"], WHY, ["username"], True)
    assert key not in str(seen)
    granted = decide(deciding, course_key, request["id"])
    assert (granted.status_code, granted.json()["state"]) == (200, "granted")
    assert ask(asking, course_key, key) == (200, f"anon,n,username\r\n{key},1,ada\r\n")
    assert [record.action for record in AuditRecord.objects.order_by("id")] == [
        "previewed", "names_requested", "names_granted", "deanonymized"
    ]  # fmt: skip


def test_each_step_is_recorded_with_what_it_was_about(course_key, asking, deciding, key):
    _status, request = ask(asking, course_key, key, columns="username,email")
    asked = NameRequest.objects.get()
    assert asked.fingerprint == hashlib.sha256(f"anon,n\r\n{key},1\r\n".encode()).hexdigest()
    assert (asked.purpose, asked.approval, asked.decided) == (WHY, "IRB 12", None)
    assert asked.asked_for == {"columns": ["username", "email"], "id_column": "", "kind": ""}
    with freeze_time(now := timezone.now()):
        decider = decide(deciding, course_key, request["id"]).json()["decided_by"]
    asked.refresh_from_db()
    assert (asked.decided, asked.decided_by, asked.granted) == (now, decider, True)
    requested, granted = AuditRecord.objects.filter(action__startswith="names_").order_by("id")
    assert (requested.username, requested.rows, requested.columns) == (asked.username, 1, ["username", "email"])
    assert (granted.username, granted.rows, granted.columns) == (decider, 1, ["username", "email"])
    assert granted.detail == f"request {asked.pk} of {asked.username}"
    assert {requested.course_id, granted.course_id} == {course_key}


def test_request_waits_for_a_week_also_when_it_is_declined(course_key, asking, deciding, key):
    with freeze_time(now := timezone.now()):
        _status, request = ask(asking, course_key, key)
    assert NameRequest.objects.get().valid_until == now + timedelta(days=7)
    decide(deciding, course_key, request["id"], "decline")
    assert NameRequest.objects.get().valid_until == now + timedelta(days=7)


@pytest.mark.parametrize(("seconds", "state", "again"), [(-1, "waiting", False), (0, "expired", True)])
def test_request_expires_at_its_moment(seconds, state, again, course_key, asking, deciding, key):
    _status, request = ask(asking, course_key, key)
    until = NameRequest.objects.get().valid_until
    with freeze_time(until + timedelta(seconds=seconds), tick=False):
        [seen] = listed(deciding, course_key)
        assert (seen["state"], seen["can_decide"]) == (state, not again)
        assert (ask(asking, course_key, key)[1]["id"] != request["id"]) == again
        assert (decide(deciding, course_key, request["id"]).status_code == 422) == again


def test_grant_is_for_the_column_and_kind_that_were_asked_for(course_key, asking, deciding, key):
    def ask_for(**chosen):
        body = {"ids": [key], "purpose": WHY, **chosen}
        return asking.post(api_path(course_key, "deanonymize/"), body, content_type=JSON)

    decide(deciding, course_key, ask_for().json()["id"])
    for chosen in ({"id_column": "1"}, {"kind": "site"}):
        assert ask_for(**chosen).status_code == 202
    granted = ask_for()
    assert (granted.status_code, granted.close()) == (200, None)


@pytest.mark.parametrize("in_memory", [True, False])
def test_grant_is_for_every_byte_of_a_file(in_memory, course_key, asking, deciding, key, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10_000 * in_memory

    def ask_for(content):
        body = {"file": SimpleUploadedFile("survey.csv", content), "purpose": WHY}
        return asking.post(api_path(course_key, "deanonymize/"), body)

    content = f"anon\r\n{key}\r\n".encode()
    decide(deciding, course_key, ask_for(content).json()["id"])
    assert ask_for(b"A" + content[1:]).status_code == ask_for(content[:-2]).status_code == 202
    granted = ask_for(content)
    assert (granted.status_code, granted.close()) == (200, None)


def test_grant_is_for_one_course(course_key, asking, deciding, key):
    decide(deciding, course_key, ask(asking, course_key, key)[1]["id"])
    asked, elsewhere = NameRequest.objects.get(), factories.make_course()
    factories.give_role(get_user_model().objects.get(pk=asked.user_id), "data_researcher", elsewhere)
    assert ask(asking, elsewhere, key)[0] == 202


def test_newest_request_comes_first_and_a_hundred_are_listed(course_key, asking, deciding, key):
    first = ask(asking, course_key, key)[1]["id"]
    request = NameRequest.objects.get()
    NameRequest.objects.bulk_create(
        NameRequest(course_id=course_key, user_id=1, purpose="x", asked_for=request.asked_for, valid_until=request.valid_until)
        for _number in range(100)
    )
    numbers = [seen["id"] for seen in listed(deciding, course_key)]
    assert len(numbers) == 100
    assert numbers == sorted(numbers, reverse=True)
    assert first not in numbers


def test_what_was_granted_is_what_is_recorded(course_key, asking, deciding, key):
    _status, request = ask(asking, course_key, key)
    decider = decide(deciding, course_key, request["id"]).json()["decided_by"]
    ask(asking, course_key, key, purpose="Something else entirely")
    told = Disclosure.objects.get()
    assert (told.purpose, told.approval, told.record.detail) == (WHY, "IRB 12", f"granted by {decider}")


def test_number_that_is_none_is_not_found(course_key, deciding):
    for number in ("0", "9" * 30, "x", "-1", "١", "1.5", "%0A1", "1%0A", "a/b"):
        answer = decide(deciding, course_key, number)
        assert (answer.status_code, answer.json()["error_code"]) == (404, "request_not_found")


def test_asking_again_enters_no_second_request(course_key, asking, key):
    first, second = (ask(asking, course_key, key)[1] for _time in range(2))
    assert first == second
    assert NameRequest.objects.count() == 1


def test_grant_is_for_one_file_its_columns_and_one_person(course_key, asking, deciding, sign_in, key):
    decide(deciding, course_key, ask(asking, course_key, key)[1]["id"])
    other_key = factories.anonymous_id(factories.make_learner(course_key), course_key)
    assert ask(asking, course_key, other_key)[0] == 202
    assert ask(asking, course_key, key, columns="username,email")[0] == 202
    third = sign_in(factories.make_team_member("data_researcher", course_key))
    assert ask(third, course_key, key)[0] == 202
    assert ask(asking, course_key, key)[0] == 200


def test_grant_is_for_a_list_as_it_was_and_not_for_one_that_was_taken_apart(course_key, asking, deciding, key):
    """Of a list that seemed to hold one strange ID nobody may make one of two that lead to learners."""
    other = factories.anonymous_id(factories.make_learner(course_key), course_key)

    def ask_for(*ids):
        body = {"ids": [key, *ids], "purpose": WHY}
        return asking.post(api_path(course_key, "deanonymize/"), body, content_type=JSON)

    joined = ask_for(f"{key}\n{other}")
    assert joined.json()["counts"]["matched"] == 1
    decide(deciding, course_key, joined.json()["id"])
    assert ask_for(key, other).status_code == 202
    granted = ask_for(f"{key}\n{other}")
    assert (granted.status_code, granted.close()) == (200, None)


def test_nobody_decides_on_their_own(course_key, asking, key):
    _status, request = ask(asking, course_key, key)
    answer = decide(asking, course_key, request["id"])
    assert (answer.status_code, answer.json()["error_code"]) == (422, "request_undecidable")
    assert "your own request" in answer.json()["developer_message"]
    assert ask(asking, course_key, key)[0] == 202


def test_declined_is_declined_and_can_be_asked_for_again(course_key, asking, deciding, key):
    _status, request = ask(asking, course_key, key)
    assert decide(deciding, course_key, request["id"], "decline").json()["state"] == "declined"
    assert AuditRecord.objects.latest("id").action == "names_declined"
    refused = decide(deciding, course_key, request["id"]).json()
    assert (refused["error_code"], "decided already" in refused["developer_message"]) == ("request_undecidable", True)
    status, again = ask(asking, course_key, key)
    assert (status, again["id"] != request["id"]) == (202, True)


def test_grant_holds_for_hours(course_key, asking, deciding, key):
    decide(deciding, course_key, ask(asking, course_key, key)[1]["id"])
    NameRequest.objects.update(valid_until=timezone.now() + timedelta(minutes=1))
    assert ask(asking, course_key, key)[0] == 200
    NameRequest.objects.update(valid_until=timezone.now() - timedelta(seconds=1))
    assert listed(asking, course_key)[0]["state"] == "expired"
    assert ask(asking, course_key, key)[0] == 202


def test_hours_are_the_sites(course_key, asking, deciding, key, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "SECOND_APPROVAL_HOURS": 3}
    _status, request = ask(asking, course_key, key)
    with freeze_time(now := timezone.now()):
        decide(deciding, course_key, request["id"])
    assert NameRequest.objects.get().valid_until == now + timedelta(hours=3)


def test_requests_expire_undecided(course_key, asking, deciding, key):
    _status, request = ask(asking, course_key, key)
    NameRequest.objects.update(valid_until=timezone.now() - timedelta(seconds=1))
    assert decide(deciding, course_key, request["id"]).json()["error_code"] == "request_undecidable"


def test_others_neither_see_nor_decide(course_key, asking, sign_in, key):
    _status, request = ask(asking, course_key, key)
    for role in ("instructor", "staff"):
        client = sign_in(factories.make_team_member(role, course_key))
        assert client.get(api_path(course_key, "deanonymize/requests/")).status_code == 403
        assert decide(client, course_key, request["id"]).status_code == 403
    elsewhere = factories.make_course()
    client = sign_in(factories.make_team_member("data_researcher", elsewhere))
    assert listed(client, elsewhere) == []
    assert decide(client, elsewhere, request["id"]).json()["error_code"] == "request_not_found"


def test_nothing_of_the_file_is_kept_but_its_hash_and_counts(course_key, asking, key):
    ask(asking, course_key, key)
    assert key not in str(NameRequest.objects.values().get())


def test_requests_are_kept_as_long_as_the_audit(course_key, asking, key):
    ask(asking, course_key, key)
    retention.remove_expired(now=timezone.now() + timedelta(days=700))
    assert NameRequest.objects.exists()
    retention.remove_expired(now=timezone.now() + timedelta(days=731))
    assert not NameRequest.objects.exists()
