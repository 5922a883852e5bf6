"""The plugin's rows against the platform's own answers, for thousands of random learners, cell by cell.

Where the two differ on purpose stands in docs/reference/differences.rst; everything else is equal, order included.
"""

from __future__ import annotations

import csv
import html
import io
import json
import os
from typing import Any

import pytest
from common.djangoapps.student.models import (
    AnonymousUserId,
    CourseEnrollment,
    UserProfile,
    anonymous_id_for_user,
)
from django.db import transaction
from lms.djangoapps.instructor_analytics.basic import enrolled_students_features
from lms.djangoapps.instructor_task.models import ReportStore
from lms.djangoapps.verify_student.services import IDVerificationService
from openedx.core.djangoapps.course_groups.cohorts import is_course_cohorted, set_course_cohorted
from openedx.core.djangoapps.course_groups.models import CourseCohortsSettings

from learner_data_plugin.columns import catalogue, verification
from learner_data_plugin.data import Selection
from learner_data_plugin.learners import anonymous_ids, queries
from learner_data_plugin.platform import api as platform_api

from .. import factories
from ..reading import as_table, batch_of
from ..rest_api.paths import api_path
from . import random_learners

SEEDS = [int(seed) for seed in os.environ.get("SEEDS", "1 2 3").split()]
EXTRA = ("first_name", "last_name", "is_staff", "date_joined", "last_login", "external_user_key", "meta.city", "meta.other")
COLUMNS = (*catalogue.GUIDE_COLUMNS, *EXTRA)


@pytest.fixture(params=SEEDS)
def made(request: pytest.FixtureRequest, db: Any) -> random_learners.Class:
    return random_learners.make_class(request.param)


def our_rows(course_key: Any, batch_size: int = 500) -> list[dict[str, Any]]:
    """The plugin's rows, each a dictionary by column."""
    chosen = [catalogue.get_column(key) for key in COLUMNS]
    rows = as_table(
        queries.read_learners(
            course_key, columns=chosen, selection=Selection(), batch_size=batch_size
        )
    )
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def platform_rows(course_key: Any) -> list[dict[str, Any]]:
    """The platform's rows, in which a value that is not there is ``""``, as the guide has it, and not ``None``."""
    rows = enrolled_students_features(course_key, list(COLUMNS))
    absent = _absent_values(course_key)
    return [
        {key: "" if value is None or (value == "None" and (row["id"], key) in absent) else value for key, value in row.items()}
        for row in rows
    ]


def _absent_values(course_key: Any) -> set[tuple[str, str]]:
    """User id and column of what is NULL in the database: the platform's row has the word None there."""
    absent = set()
    for enrollment in CourseEnrollment.objects.filter(course_id=course_key).select_related("user__profile"):
        owners = {"last_login": enrollment.user} | dict.fromkeys(
            ("year_of_birth", "gender", "level_of_education", "mailing_address", "goals", "city"), enrollment.user.profile
        )
        absent |= {(str(enrollment.user_id), key) for key, owner in owners.items() if getattr(owner, key) is None}
    return absent


def mend_profiles(made: random_learners.Class) -> None:
    """Give an empty profile, or an empty meta, to those over whom the platform's report breaks."""
    missing = [user_id for user_id, meta in made.broken.items() if meta is None]
    UserProfile.objects.bulk_create(UserProfile(user_id=user_id) for user_id in missing)
    UserProfile.objects.filter(user_id__in=set(made.broken) - set(missing)).update(meta="")


def test_every_cell_is_the_platforms(made):
    with pytest.raises(Exception):  # noqa: B017, PT011  (which one depends on who comes first)
        enrolled_students_features(made.course_key, list(COLUMNS))
    ours = our_rows(made.course_key)

    mend_profiles(made)
    theirs = platform_rows(made.course_key)

    assert [str(row["id"]) for row in ours] == [row["id"] for row in theirs]
    assert len(ours) > 900
    differing = []
    for our, their in zip(ours, theirs, strict=True):
        for key in COLUMNS:
            teams = made.teams.get(our["id"], set()) if key == "team" else set()
            if len(teams) > 1:
                assert {our[key], their[key]} <= teams
            elif str(our[key]) != str(their[key]):
                meta = made.broken.get(our["id"], "not broken")
                differing.append((our["id"], key, our[key], their[key], meta))
    assert differing == []


def test_the_size_of_batches_changes_nothing(made):
    assert our_rows(made.course_key, batch_size=7) == our_rows(made.course_key, batch_size=100_000)


def test_verification_is_the_platforms_for_every_track(made):
    user_ids = list(CourseEnrollment.objects.filter(course_id=made.course_key).values_list("user_id", flat=True))
    users = factories.User.objects.in_bulk(user_ids)
    enrollments = CourseEnrollment.objects.filter(course_id=made.course_key)
    enrollments.update(mode="verified")  # a track for which everyone is asked
    verified = set(verification.verified_users(enrollments))
    assert 100 < len(verified) < len(user_ids) - 100
    assert verified == {pk for pk in user_ids if IDVerificationService.user_is_verified(users[pk])}
    for mode in random_learners.MODES:
        some = made.random.sample(user_ids, 50)
        theirs = [
            IDVerificationService.verification_status_for_user(users[pk], mode, users[pk].pk in verified) for pk in some
        ]
        CourseEnrollment.objects.filter(course_id=made.course_key, user_id__in=some).update(mode=mode)
        assert verification.statuses(batch_of(made.course_key, *some)) == theirs


def test_anonymized_ids_are_the_platforms(made):
    random_learners.make_anonymous_ids(made)
    ever_enrolled = CourseEnrollment.objects.filter(course_id=made.course_key).order_by("user_id")
    user_ids = list(ever_enrolled.values_list("user_id", flat=True))
    stored_before = AnonymousUserId.objects.count()

    def platforms() -> list[tuple[int, str, str]]:
        users = factories.User.objects.in_bulk(user_ids)
        return [
            (pk, anonymous_id_for_user(users[pk], None), anonymous_id_for_user(users[pk], made.course_key))
            for pk in user_ids
        ]

    with transaction.atomic():  # what the platform would answer and store, if we were not there
        theirs = platforms()
        platform_stored = AnonymousUserId.objects.count()
        transaction.set_rollback(True)
    assert AnonymousUserId.objects.count() == stored_before
    ours = as_table(anonymous_ids.read_anonymous_ids(made.course_key, batch_size=300))

    assert ours == theirs
    assert AnonymousUserId.objects.count() == platform_stored > stored_before
    assert platforms() == ours


@pytest.mark.parametrize("teams", [False, True])
@pytest.mark.parametrize("cohorts", [None, False, True])
def test_cohort_and_team_columns_are_there_when_the_platforms_are(cohorts, teams, db, sign_in):
    course_key = factories.make_course(teams=teams)
    if cohorts is None:
        CourseCohortsSettings.objects.filter(course_id=course_key).delete()
    else:
        set_course_cohorted(course_key, cohorts)
    factories.make_learner(course_key)
    client = sign_in(factories.make_user(is_staff=True))

    theirs = client.post(f"/courses/{course_key}/instructor/api/get_students_features").json()["queried_features"]
    ours = [column["key"] for column in client.get(api_path(course_key, "learners/")).json()["columns"]]

    assert is_course_cohorted(course_key) is platform_api.has_cohorts(course_key) is bool(cohorts)
    assert {"cohort", "team"} & set(theirs) == {"cohort", "team"} & set(ours)
    # Ours are the guide's; the platform withholds the year of birth and adds when people joined.
    assert set(ours) - set(theirs) == {"year_of_birth", "verification_status"} - set(theirs)


def test_files_hold_what_the_platforms_file_holds(made, sign_in, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "COLUMNS": list(COLUMNS)}
    client = sign_in(factories.make_team_member("data_researcher", made.course_key))
    answer = client.post(api_path(made.course_key, "reports/"), {"report": "profile"}, content_type="application/json")
    assert answer.status_code == 202, answer.content
    [file] = client.get(api_path(made.course_key, "reports/")).json()["reports"]
    content = b"".join(client.get(file["url"]).streaming_content).decode()
    ours = list(csv.DictReader(io.StringIO(content, newline="")))

    mend_profiles(made)
    theirs = platform_rows(made.course_key)

    assert len(ours) == len(theirs)
    for our, their in zip(ours, theirs, strict=True):
        for key in set(COLUMNS) - {"team"}:
            written = str(their[key]).encode("utf-8", "replace").decode()
            guarded = "'" + written
            assert our[key] in (written, guarded), (key, our[key], written)
            assert (our[key] == guarded) is (written[:1] in tuple("=+-@")), (key, our[key], written)


def test_table_its_pages_and_the_page_hold_what_the_platforms_rows_hold(made, sign_in, settings):
    """What JSON cannot hold, halves of characters, is a question mark in it as in the files."""
    chosen = {"COLUMNS": list(COLUMNS), "MAX_LEARNERS_ON_PAGE": 10**6}
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, **chosen}
    client = sign_in(factories.make_team_member("data_researcher", made.course_key))
    table = client.get(api_path(made.course_key, "learners/")).json()["learners"]
    first = client.get(api_path(made.course_key, "learners/?page=1&page_size=200")).json()
    numbers = range(2, first["num_pages"] + 1)
    pages = [client.get(api_path(made.course_key, f"learners/?page={number}&page_size=200")).json() for number in numbers]
    paged = [learner for page in (first, *pages) for learner in page["learners"]]

    mend_profiles(made)
    theirs = platform_rows(made.course_key)

    assert paged == table
    assert [str(row["id"]) for row in table] == [row["id"] for row in theirs]
    for our, their in zip(table, theirs, strict=True):
        for key in set(COLUMNS) - {"team", "date_joined", "last_login"}:
            assert str(our[key]) == str(their[key]).encode("utf-8", "replace").decode(), key
    text = html.unescape(client.get(f"/learner_data/courses/{made.course_key}/").content.decode())
    cohorts = {row["cohort"] for row in theirs if row["cohort"].isalnum()}
    assert cohorts
    for name in cohorts:
        assert name in text or json.dumps(name)[1:-1] in text


def test_platform_makes_no_file_where_ours_writes_a_question_mark(db):
    store = ReportStore.from_config("GRADES_DOWNLOAD")
    with pytest.raises(UnicodeEncodeError):
        store.store_rows(factories.make_course(), "a.csv", [["\ud800"]])
