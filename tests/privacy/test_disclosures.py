"""Which files held a learner's data: what the audit knows, told for one account at a time."""

from __future__ import annotations

import csv
import io
import json
import os
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Max
from django.utils import timezone
from freezegun import freeze_time

from learner_data_plugin import api
from learner_data_plugin.data import Actor, AuditAction, Selection
from learner_data_plugin.models import AuditRecord, Disclosure, DisclosurePart, ReportFile
from learner_data_plugin.privacy import disclosures, erasure, retention
from learner_data_plugin.reports import building
from learner_data_plugin.reports.disclosures import LEARNERS_IN_PART, Disclosed, record_file
from tests.erasing import erase

from .. import factories
from ..reading import build, start_run

FILES = int(os.environ.get("EXAMPLES", "100"))
WHY = "Return the grades of the external grader"


@pytest.fixture
def researcher(course_key):
    return factories.make_team_member("data_researcher", course_key)


@pytest.fixture
def by(researcher):
    return Actor(researcher.pk, researcher.username, "192.0.2.1")


def held_by(user, *course_keys):
    """What is told of the files that held a learner's data."""
    held = disclosures.held_in(user.pk, course_keys or disclosures.courses_of(user.pk))
    return disclosures.describe(held.numbers)


def enter_file(course_key, users, by, *, expected=1):
    """Enter a file that holds these learners, whose index is made for so many; returns its number."""
    disclosed = Disclosed(expected)
    disclosed.add([user.pk for user in users])
    record_file(AuditAction.DEANONYMIZED, course_key, io.BytesIO(), disclosed, by=by, rows=len(users), columns=["username"])
    return Disclosure.objects.latest("pk").pk


def kinds(user):
    return [disclosure.what for disclosure in held_by(user)]


class TestWhatIsTold:
    def test_report_is_told_to_those_who_were_in_it(self, course_key, researcher):
        inside = factories.make_learner(course_key)
        left = factories.make_learner(course_key, is_active=False)
        file = factories.make_report(course_key, researcher)
        [told] = held_by(inside)
        assert (told.what, told.course_key, told.file_name) == ("profile", course_key, file.name)
        assert (told.columns, told.role, told.made_by) == (tuple(file.columns), "data_researcher", researcher.username)
        assert (told.purpose, told.downloads) == ("", 0)
        assert kinds(left) == []

    def test_selection_holds_those_selected(self, course_key, researcher, by):
        chosen, other = (factories.make_learner(course_key, mode=mode) for mode in ("verified", "audit"))
        selection = Selection(enrollment_mode="verified", search="user").stored()
        api.request_report(course_key, "profile", selection=selection, by=by)
        assert (kinds(chosen), kinds(other)) == (["profile"], [])
        assert Disclosure.objects.get().selection == {"enrollment_mode": "verified", "search": True}

    def test_downloads_are_counted(self, course_key, researcher, by):
        learner = factories.make_learner(course_key)
        file = factories.make_report(course_key, researcher)
        for _time in range(3):
            api.open_report(course_key, file.name, by=by)[1].close()
        assert held_by(learner)[0].downloads == 3

    def test_downloads_are_counted_of_each_file_that_had_the_same_name(self, course_key, researcher, by):
        """One in the place of another that was deleted, and one of another course whose name is written alike."""
        first, second = factories.make_course("B_C", org="A"), factories.make_course("C", org="A_B")
        learner = factories.make_learner(first)
        factories.enroll(learner, second)
        for course_key in (first, second):
            factories.give_role(researcher, "instructor", course_key)
        with freeze_time("2026-05-04 12:00", tick=False):
            made = [(first, 3), (first, 1), (second, 0), (first, 0), (second, 2)]
            for course_key, downloads in made:
                file = factories.make_report(course_key, researcher)
                for _time in range(downloads):
                    api.open_report(course_key, file.name, by=by)[1].close()
                api.delete_report(course_key, file.name, user=researcher, by=by)
        told = held_by(learner)
        assert len({one.file_name for one in told}) == 1
        assert [(one.course_key, one.downloads) for one in told] == made[::-1]

    def test_downloads_of_a_file_whose_making_is_not_kept_any_more_are_nobodys(self, course_key, researcher, by):
        first, second = factories.make_course("B_C", org="A"), factories.make_course("C", org="A_B")
        learner = factories.make_learner(first)
        factories.enroll(learner, second)
        factories.configure_site("A_B", LEARNER_DATA_PLUGIN={"AUDIT_RETENTION_DAYS": 10})
        for course_key in (first, second):
            factories.give_role(researcher, "instructor", course_key)
        with freeze_time("2026-05-04 12:00", tick=False):
            file, other = (factories.make_report(course_key, researcher) for course_key in (first, second))
            assert file.name == other.name
        with freeze_time("2026-05-06 12:00"):
            api.open_report(second, other.name, by=by)[1].close()
            factories.make_report(second, researcher)
        retention.remove_expired(now=datetime(2026, 5, 15, 12, tzinfo=UTC))
        assert AuditRecord.objects.filter(course_id=second, action="downloaded").count() == 1
        assert [(one.course_key, one.downloads) for one in held_by(learner)] == [(second, 0), (first, 0)]

    def test_moment_is_that_of_making_it(self, course_key, researcher):
        learner = factories.make_learner(course_key)
        with freeze_time("2026-05-04 12:00", tick=False):
            factories.make_report(course_key, researcher)
        assert held_by(learner)[0].created == datetime(2026, 5, 4, 12, tzinfo=UTC)

    def test_anonymized_ids_are_told_to_everyone_who_ever_enrolled(self, course_key, by):
        learners = [factories.make_learner(course_key, is_active=active) for active in (True, False)]
        api.open_anonymized_ids(course_key, by=by).close()
        assert [kinds(learner) for learner in learners] == [["anonymized_ids"]] * 2
        assert held_by(learners[0])[0].downloads == 1

    def test_resolutions_are_told_with_their_purpose(self, course_key, by):
        asked, other = factories.make_learner(course_key), factories.make_learner(course_key)
        key = factories.anonymous_id(asked, course_key)
        options = {"columns": ["username", "email"], "purpose": WHY, "approval": "IRB 12"}
        api.deanonymize(course_key, [key], **options, by=by).content.close()
        [told] = held_by(asked)
        assert (told.what, told.columns, told.purpose, told.approval) == ("deanonymized", ("username", "email"), WHY, "IRB 12")
        assert (told.role, told.downloads, kinds(other)) == ("data_researcher", 1, [])

    def test_preview_hands_out_nothing(self, course_key, by):
        asked = factories.make_learner(course_key)
        api.preview_deanonymization(course_key, [factories.anonymous_id(asked, course_key)], by=by)
        assert kinds(asked) == []

    def test_pseudonymized_file_is_told_to_those_in_it(self, course_key, by):
        asked, other = factories.make_learner(course_key), factories.make_learner(course_key)
        file = io.BytesIO(f"username,n\n{asked.username},1\n".encode())
        api.pseudonymize(course_key, file, by=by).content.close()
        assert (kinds(asked), kinds(other)) == (["pseudonymized"], [])

    def test_newest_comes_first(self, course_key, researcher, by):
        learner = factories.make_learner(course_key)
        factories.make_report(course_key, researcher)
        api.open_anonymized_ids(course_key, by=by).close()
        assert kinds(learner) == ["anonymized_ids", "profile"]

    def test_other_courses_are_not_looked_into(self, course_key, researcher):
        learner = factories.make_learner(course_key)
        elsewhere = factories.make_course()
        factories.make_report(elsewhere, factories.make_team_member("staff", elsewhere))
        assert held_by(learner, elsewhere) == []

    def test_all_courses_of_a_learner_are_looked_into_also_those_that_were_left(self, course_key, researcher):
        learner, other = factories.make_learner(course_key, is_active=False), factories.make_learner(course_key)
        elsewhere, third = factories.make_course(), factories.make_course()
        for course in (elsewhere, third):
            factories.enroll(learner, course)
            factories.make_report(course, factories.make_team_member("staff", course))
        factories.make_report(course_key, researcher)
        assert [told.course_key for told in held_by(learner)] == [third, elsewhere]
        assert [told.course_key for told in held_by(other)] == [course_key]

    def test_retired_learners_in_a_file_are_told_nothing(self, course_key, by):
        """Whoever asked got no more than that the account is retired."""
        gone, other = (factories.make_learner(course_key) for _ in range(2))
        keys = [factories.anonymous_id(user, course_key) for user in (gone, other)]
        factories.retire(gone)
        api.deanonymize(course_key, keys, purpose=WHY, by=by).content.close()
        assert (kinds(gone), kinds(other)) == ([], ["deanonymized"])


@pytest.mark.fuzz
def test_agrees_with_the_audit_for_random_files(course_key, by):
    """Files of random learners, from none to more than one part of an index holds."""
    chance = Random(14)
    enrolled = factories.make_learners(course_key, 200)
    everyone = [*enrolled, *range(10**6, 10**6 + 3 * LEARNERS_IN_PART)]
    files = {}
    for number in range(FILES):
        number_inside = chance.choice([0, 1, 5, 50, 190] if number % 50 else [LEARNERS_IN_PART * 3])
        inside = set(chance.sample(everyone if number % 50 == 0 else enrolled, number_inside))
        disclosed = Disclosed(len(inside))
        disclosed.add(sorted(inside))
        content = io.BytesIO(b"%d" % number)
        record_file(AuditAction.DEANONYMIZED, course_key, content, disclosed, by=by, rows=len(inside), columns=["username"])
        files[AuditRecord.objects.aggregate(newest=Max("pk"))["newest"]] = inside
    for user_id in chance.sample(enrolled, 8) + chance.sample(everyone, 8):
        expected = sorted((number for number, inside in files.items() if user_id in inside), reverse=True)
        assert list(disclosures.held_in(user_id, [course_key]).numbers) == expected
    assert DisclosurePart.objects.filter(part__gt=0).exists()


class TestHowLong:
    def test_longer_than_the_file(self, course_key, researcher):
        learner = factories.make_learner(course_key)
        file = factories.make_report(course_key, researcher)
        ReportFile.objects.update(created=timezone.now() - timedelta(days=91))
        retention.remove_expired()
        assert not ReportFile.objects.exists()
        assert held_by(learner)[0].file_name == file.name

    def test_as_long_as_the_audit(self, course_key, researcher):
        learner = factories.make_learner(course_key)
        factories.make_report(course_key, researcher)
        retention.remove_expired(now=timezone.now() + timedelta(days=731))
        assert kinds(learner) == []
        assert not DisclosurePart.objects.exists()

    def test_until_the_learner_is_erased(self, course_key, researcher, by):
        learner, other = factories.make_learner(course_key), factories.make_learner(course_key)
        factories.make_report(course_key, researcher)
        api.open_anonymized_ids(course_key, by=by).close()
        erase(learner)
        assert kinds(learner) == []
        assert kinds(other) == ["anonymized_ids", "profile"]

    def test_until_the_account_is_deleted_with_its_enrollments(self, course_key, researcher):
        gone, other = factories.make_learner(course_key), factories.make_learner(course_key)
        factories.make_report(course_key, researcher)
        user_id = gone.pk
        gone.delete()
        erasure.erase_pending()
        assert disclosures.held_in(user_id, [course_key]).numbers == ()
        assert kinds(other) == ["profile"]

    def test_erasing_one_learner_takes_no_other_out_whatever_part_of_an_index_they_are_in(self, course_key, by):
        """Files that hold more have more parts: an account has another place in each."""
        learners = [factories.make_learner(course_key) for _ in range(12)]
        for expected in (1, 2_000, 3_000, 5_000):
            enter_file(course_key, learners, by, expected=expected)
        gone, *others = learners
        erase(gone)
        erasure.add(others.pop().pk, everywhere=True)
        erasure.erase_pending()
        assert [len(disclosures.held_in(user.pk, [course_key]).numbers) for user in learners] == [0, *[4] * 10, 0]

    def test_what_was_handed_out_after_a_change_of_the_sites_key_can_be_forgotten(self, course_key, by, settings):
        learner = factories.make_learner(course_key)
        enter_file(course_key, [learner], by)
        before = settings.SECRET_KEY
        settings.SECRET_KEY = "another"
        enter_file(course_key, [learner], by)
        assert disclosures.held_in(learner.pk, [course_key]).unsearchable == 1
        for everywhere in (False, True):
            erasure.add(learner.pk, everywhere=everywhere)
            erasure.erase_pending()
            assert disclosures.held_in(learner.pk, [course_key]).numbers == ()
        settings.SECRET_KEY = before
        assert len(disclosures.held_in(learner.pk, [course_key]).numbers) == 1

    def test_also_where_the_account_was_erased_while_the_file_was_made(self, course_key, researcher):
        """The disclosure is entered after the erasure has looked at those of the course."""
        learner = factories.make_learner(course_key)

        def on_progress(_done, _total):
            erase(learner)

        run = start_run(course_key)
        building.build_report(run, on_progress=on_progress)
        erasure.erase_pending()
        assert kinds(learner) == []

    def test_after_a_change_of_the_sites_key_it_is_said_that_nothing_is_known(self, course_key, researcher, settings):
        learner = factories.make_learner(course_key)
        factories.make_report(course_key, researcher)
        settings.SECRET_KEY = "another"
        held = disclosures.held_in(learner.pk, [course_key])
        assert (held.numbers, held.unsearchable) == ((), 1)
        assert disclosures.held_in(learner.pk, [factories.make_course()]).unsearchable == 0


@pytest.mark.parametrize("is_deleted", [False, True])
def test_many_files_are_gone_through_some_at_a_time(is_deleted, course_key, by, monkeypatch):
    monkeypatch.setattr(disclosures, "_PARTS_AT_ONCE", 2)
    learner, other = factories.make_learner(course_key), factories.make_learner(course_key)
    made = [enter_file(course_key, [learner, other], by, expected=1 + 1_000 * (number % 3)) for number in range(5)]
    for user in (learner, other):
        assert disclosures.held_in(user.pk, [course_key]).numbers == tuple(made[::-1])
    erasure.add(learner.pk, everywhere=is_deleted)
    erasure.erase_pending()
    assert disclosures.held_in(learner.pk, [course_key]).numbers == ()
    assert disclosures.held_in(other.pk, [course_key]).numbers == tuple(made[::-1])


def test_index_does_not_name_anybody(course_key, by):
    """Two files of the same learner have nothing in common, and no account number stands in them."""
    learner = factories.make_learner(course_key)
    for _time in range(2):
        api.open_anonymized_ids(course_key, by=by).close()
    first, second = (bytes(part.digests) for part in DisclosurePart.objects.order_by("id"))
    assert len(first) == len(second) == 4
    assert first != second
    assert first not in (learner.pk.to_bytes(4, "big"), learner.pk.to_bytes(4, "little"))


def test_a_failed_report_discloses_nothing(course_key, settings):
    learner = factories.make_learner(course_key)
    settings.GRADES_DOWNLOAD = {"STORAGE_TYPE": "localfs", "BUCKET": "x", "ROOT_PATH": "/dev/null/nowhere"}
    with pytest.raises(Exception, match="could not be stored"):
        build(course_key)
    assert kinds(learner) == []


class TestCommand:
    def run(self, *arguments):
        output, errors = io.StringIO(), io.StringIO()
        call_command("learner_data_disclosures", *arguments, stdout=output, stderr=errors)
        return output.getvalue(), errors.getvalue()

    @pytest.fixture
    def learner(self, course_key, by):
        learner = factories.make_learner(course_key)
        key = factories.anonymous_id(learner, course_key)
        api.deanonymize(course_key, [key], columns=["username", "email"], purpose=WHY, by=by).content.close()
        return learner

    def test_json(self, learner, course_key, researcher):
        [told] = json.loads(self.run(learner.username)[0])
        assert (told["course_key"], told["what"], told["made_by"]) == (str(course_key), "deanonymized", researcher.username)
        assert (told["columns"], told["role"], told["purpose"]) == (["username", "email"], "data_researcher", WHY)
        assert (told["downloads"], told["created"][:4]) == (1, str(timezone.now().year))

    def test_csv(self, learner, course_key):
        [told] = csv.DictReader(self.run(learner.username, "--format", "csv")[0].splitlines())
        assert (told["course_key"], told["columns"], told["downloads"]) == (str(course_key), "username email", "1")

    def test_says_what_it_cannot_know(self, learner, settings):
        settings.SECRET_KEY = "another"
        output, errors = self.run(learner.username)
        assert json.loads(output) == []
        assert "1 files" in errors

    def test_needs_an_account(self, db):
        with pytest.raises(CommandError, match="nobody"):
            self.run("nobody")
