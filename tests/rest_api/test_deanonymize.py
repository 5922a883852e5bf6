"""``deanonymize/`` and ``pseudonymize/``: who may, what they send and what they get."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from learner_data_plugin.models import AuditRecord

from .. import factories
from .paths import api_path

WHY = "Return the grades of the external grader"
JSON = "application/json"


@pytest.fixture
def researcher(course_key):
    return factories.make_team_member("data_researcher", course_key)


@pytest.fixture
def client_of_researcher(researcher, sign_in):
    return sign_in(researcher)


@pytest.fixture
def key(course_key):
    """The ID of the learner ada."""
    return factories.anonymous_id(factories.make_learner(course_key, "ada", profile={"name": "Ada Byron"}), course_key)


def survey(key, name="survey.csv"):
    return SimpleUploadedFile(name, f'anon;"answer; long"\r\n{key};yes\r\n{uuid4().hex};no\r\n'.encode())


def content_of(answer):
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content).decode()


class TestAnswers:
    def test_preview_of_a_file_has_counts_and_no_identity(self, course_key, client_of_researcher, key):
        answer = client_of_researcher.post(api_path(course_key, "deanonymize/preview"), {"file": survey(key)})
        assert answer.status_code == 200
        assert answer.json() == {
            "id_column": "anon", "file_columns": ["anon", "answer; long"], "kind": "course", "total": 2, "matched": 1,
            "not_in_course": 0, "retired": 0, "unknown": 1, "duplicates": 0,
        }  # fmt: skip
        assert "ada" not in answer.content.decode().casefold()

    def test_preview_of_a_list(self, course_key, client_of_researcher, key):
        answer = client_of_researcher.post(
            api_path(course_key, "deanonymize/preview"), {"ids": [key, key]}, content_type=JSON
        )
        assert (answer.json()["matched"], answer.json()["duplicates"]) == (2, 1)

    def test_file_comes_back_with_columns_after_its_own(self, course_key, client_of_researcher, key):
        file = survey(key)
        rows = file.read().decode().splitlines()
        answer = client_of_researcher.post(
            api_path(course_key, "deanonymize/"),
            {"file": survey(key), "columns": "username,name", "purpose": WHY, "approval": "IRB 12"},
        )
        text = content_of(answer)
        assert text.splitlines()[:2] == [f"{rows[0]};username;name", f"{rows[1]};ada;Ada Byron"]
        assert answer["Content-Disposition"] == 'attachment; filename="survey_deanonymized.csv"'
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert "no-store" in answer["Cache-Control"]

    def test_large_file_which_django_puts_into_a_temporary_one(
        self, course_key, client_of_researcher, key, settings, tmp_path
    ):
        settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)  # the platform's own, for tests, need not be there
        file = SimpleUploadedFile("large.csv", b"anon,x\r\n" + f"{key},{'x' * 90}\r\n".encode() * 30_000)
        assert file.size > 2_621_440
        text = content_of(client_of_researcher.post(api_path(course_key, "deanonymize/"), {"file": file, "purpose": WHY}))
        assert text.count(",ada\r\n") == 30_000

    def test_list_of_ids_comes_back_as_csv(self, course_key, client_of_researcher, key):
        answer = client_of_researcher.post(
            api_path(course_key, "deanonymize/"), {"ids": [key], "columns": ["name"], "purpose": WHY}, content_type=JSON
        )
        assert content_of(answer) == f"anonymized_id,name\r\n{key},Ada Byron\r\n"

    def test_pseudonymized_file_tells_what_was_removed(self, course_key, client_of_researcher, key):
        file = SimpleUploadedFile("grades.tsv", b"username\tname\tscore\nada\tAda Byron\t5\nbob\tBob\t6\n")
        answer = client_of_researcher.post(api_path(course_key, "pseudonymize/"), {"file": file, "kind": "course"})
        assert content_of(answer) == f"anonymized_id\tscore\n{key}\t5\n\t6\n"
        told = json.loads(answer["Learner-Data-Result"])
        assert told == {"column": "username", "removed": ["name"], "total": 2, "matched": 1}
        assert answer["Content-Disposition"] == 'attachment; filename="grades_pseudonymized.tsv"'


class TestAccess:
    CALLS = ("deanonymize/preview", "deanonymize/")

    def ask(self, client, course_key, call, key="0" * 32):
        body = {"ids": [key]} | ({"purpose": WHY} if call == "deanonymize/" else {})
        answer = client.post(api_path(course_key, call), body, content_type=JSON)
        if answer.streaming:
            content_of(answer)
        return answer

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("role", ["instructor", "staff"])
    def test_other_roles_are_refused_and_recorded(self, call, role, course_key, sign_in):
        answer = self.ask(sign_in(factories.make_team_member(role, course_key)), course_key, call)
        assert (answer.status_code, answer.json()["error_code"]) == (403, "permission_denied")
        assert AuditRecord.objects.get(action="refused").username

    @pytest.mark.parametrize("call", CALLS)
    def test_roles_can_be_chosen(self, call, course_key, sign_in, settings, key, client_of_researcher):
        settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "DEANONYMIZE_ROLES": ["instructor"]}
        client = sign_in(factories.make_team_member("instructor", course_key))
        assert self.ask(client, course_key, call, key).status_code == 200
        assert self.ask(client_of_researcher, course_key, call, key).status_code == 403

    @pytest.mark.parametrize("call", [*CALLS, "pseudonymize/"])
    def test_researchers_of_other_courses_learners_and_strangers_are_refused(self, call, course_key, sign_in, client):
        elsewhere = factories.make_team_member("data_researcher", factories.make_course(org="OtherX"))
        for user in (elsewhere, factories.make_learner(course_key)):
            assert self.ask(sign_in(user), course_key, call).status_code == 403
        assert self.ask(client, course_key, call).status_code == 401

    def test_global_staff_may(self, course_key, sign_in, key):
        client = sign_in(factories.make_user(is_staff=True))
        assert self.ask(client, course_key, "deanonymize/", key).status_code == 200

    def test_staff_may_pseudonymize(self, course_key, sign_in, key):
        client = sign_in(factories.make_team_member("staff", course_key))
        file = SimpleUploadedFile("x.csv", b"username\nada\n")
        assert key in content_of(client.post(api_path(course_key, "pseudonymize/"), {"file": file}))


class TestErrors:
    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({}, "invalid_parameter"),
            ({"ids": ["0" * 32]}, "invalid_parameter"),
            ({"ids": ["0" * 32], "purpose": "too short"}, "invalid_parameter"),
            ({"ids": "x", "purpose": WHY}, "invalid_parameter"),
            ({"ids": [1], "purpose": WHY}, "invalid_parameter"),
            ({"ids": ["0" * 32], "purpose": WHY, "columns": ["nonsense"]}, "unknown_column"),
            ({"ids": ["0" * 32], "purpose": WHY, "kind": "nonsense"}, "invalid_parameter"),
            ({"ids": ["0" * 32], "purpose": WHY, "nonsense": 1}, "unknown_parameter"),
            ({"ids": ["Ada"], "purpose": WHY}, "no_id_column"),
            ({"ids": ["0" * 32], "purpose": WHY, "columns": []}, "invalid_parameter"),
        ],
    )
    def test_each_is_told(self, body, code, course_key, client_of_researcher):
        answer = client_of_researcher.post(api_path(course_key, "deanonymize/"), body, content_type=JSON)
        assert (answer.status_code, answer.json()["error_code"]) == (422, code)

    def test_file_without_columns_to_add(self, course_key, client_of_researcher, key):
        answer = client_of_researcher.post(
            api_path(course_key, "deanonymize/"), {"file": survey(key), "columns": "", "purpose": WHY}
        )
        assert (answer.status_code, answer.json()["error_code"]) == (422, "invalid_parameter")

    def test_half_a_character_in_a_list_that_is_sent_as_a_file(self, course_key, client_of_researcher, key):
        file = SimpleUploadedFile("ids.json", f'["{key}", "\\ud800"]'.encode())
        answer = client_of_researcher.post(api_path(course_key, "deanonymize/"), {"file": file, "purpose": WHY})
        assert (answer.status_code, answer.json()["error_code"]) == (422, "unreadable_file")

    @pytest.mark.parametrize("is_read_before", [True, False])
    @pytest.mark.parametrize(
        ("parts", "charset"),
        [
            ([("purpose", "x" * 3_000_000)], "utf-8"),
            ([(f"field{number}", "x") for number in range(1_100)], "utf-8"),
            ([("purpose", "x")], "undefined"),
        ],
        ids=["a long field", "many fields", "no encoding"],
    )
    def test_form_that_django_does_not_read(
        self, parts, charset, is_read_before, course_key, client_of_researcher, settings
    ):
        """Whether middleware has tried to read it before, as the platform's does, or not."""
        if not is_read_before:
            settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "TrackMiddleware" not in name]
        body = "".join(f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in parts)
        answer = client_of_researcher.generic(
            "POST",
            api_path(course_key, "deanonymize/preview"),
            f"{body}--x--\r\n",
            content_type=f"multipart/form-data; boundary=x; charset={charset}",
        )
        assert (answer.status_code, answer.json()["error_code"]) == (422, "malformed_body")

    def test_more_rows_than_the_site_allows(self, course_key, client_of_researcher, settings, key):
        settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "DEANONYMIZE_MAX_ROWS": 2}
        for call in ("preview", ""):
            body = {"ids": [key] * 3} | ({} if call else {"purpose": WHY})
            answer = client_of_researcher.post(api_path(course_key, f"deanonymize/{call}"), body, content_type=JSON)
            assert (answer.status_code, answer.json()["error_code"]) == (422, "file_too_large")
            assert "2" in answer.json()["developer_message"]

    def test_more_rows_than_the_organization_allows(self, course_key, client_of_researcher, key):
        factories.configure_site("ElsewhereX", LEARNER_DATA_PLUGIN={"DEANONYMIZE_MAX_ROWS": 1})
        factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"DEANONYMIZE_MAX_ROWS": 2})
        for number, status in ((2, 200), (3, 422)):
            answer = client_of_researcher.post(
                api_path(course_key, "deanonymize/preview"), {"ids": [key] * number}, content_type=JSON
            )
            assert answer.status_code == status

    def test_more_bytes_than_are_read(self, course_key, client_of_researcher):
        answer = client_of_researcher.post(
            api_path(course_key, "deanonymize/preview"), b"", content_type=JSON, CONTENT_LENGTH=str(50_000_001)
        )
        assert (answer.status_code, answer.json()["error_code"]) == (413, "body_too_large")

    def test_file_and_ids_at_once(self, course_key, client_of_researcher, key):
        answer = client_of_researcher.post(api_path(course_key, "deanonymize/preview"), {"file": survey(key), "ids": [key]})
        assert answer.json()["error_code"] == "invalid_parameter"

    def test_plain_form_is_refused(self, course_key, client_of_researcher):
        answer = client_of_researcher.post(
            api_path(course_key, "deanonymize/preview"), "ids=x", content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_code == 415

    def test_asking_often_is_refused(self, course_key, client_of_researcher, settings, key):
        settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "DEANONYMIZE_THROTTLE": "3/hour"}
        path = api_path(course_key, "deanonymize/preview")
        codes = [client_of_researcher.post(path, {"ids": [key]}, content_type=JSON).status_code for _ in range(4)]
        assert codes == [200, 200, 200, 429]

    def test_csrf_is_checked_for_forms(self, course_key, researcher, sign_in, key):
        client = sign_in(researcher, enforce_csrf_checks=True)
        answer = client.post(api_path(course_key, "deanonymize/"), {"file": survey(key), "purpose": WHY})
        assert (answer.status_code, answer.json()["error_code"]) == (403, "csrf_failed")


class TestRecord:
    def test_each_resolution_is_recorded_and_nothing_of_the_file_is(self, course_key, client_of_researcher, researcher, key):
        for call, body in (("preview", {}), ("", {"purpose": WHY})):
            answer = client_of_researcher.post(api_path(course_key, f"deanonymize/{call}"), {"file": survey(key), **body})
            assert answer.status_code == 200
            if answer.streaming:
                content_of(answer)
        previewed, resolved = AuditRecord.objects.order_by("id")
        assert (previewed.action, previewed.rows, previewed.username) == ("previewed", 2, researcher.username)
        assert previewed.detail == "matched 1, retired 0, not_in_course 0, unknown 1"
        assert (resolved.action, resolved.rows, resolved.columns) == ("deanonymized", 2, ["username"])
