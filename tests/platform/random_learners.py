"""Thousands of learners in every situation that the reports can meet, from a seed."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

from common.djangoapps.student.models import AnonymousUserId, CourseEnrollment, UserProfile
from lms.djangoapps.program_enrollments.models import ProgramEnrollment
from lms.djangoapps.teams.models import CourseTeam, CourseTeamMembership
from opaque_keys.edx.keys import CourseKey
from openedx.core.djangoapps.course_groups.models import CohortMembership, CourseUserGroup

from .. import factories

UNREADABLE_META = ("{", "no JSON", "[1]", "[]", "null", '"x"', "5", "NaN", "true", f'{{"city": {"9" * 5000}}}')
READABLE_META = (
    "",
    "{}",
    ' { "city" : "Spaced" } ',
    *(json.dumps({"city": city, "other": 1}) for city in ("Lima", "", None, 5, 0, 1.5, True, False, ["a"], {"b": 1}, "=1+1")),
    '{"c\\u0069ty": "Escaped"}',
    '{"city": "first", "city": "second"}',
    '{"city": NaN}',
    '{"city": "\\ud800"}',
    '{"other": "city"}',
    '{"other": null, "nested": {"city": "inside"}}',
)
PROFILES = ("missing", *UNREADABLE_META, *READABLE_META)
COHORTS = ("none", "here", "elsewhere", "both")
TEAMS = ("none", "here", "elsewhere", "both", "two team-sets")
MODES = (
    "audit", "verified", "honor", "professional", "no-id-professional", "masters", "credit", "executive-education",
    "paid-executive-education", "paid-bootcamp", "unpaid-bootcamp", "no such track",
)  # fmt: skip
STATUSES = {
    "photo": ("created", "ready", "submitted", "must_retry", "approved", "denied"),
    "sso": ("created", "ready", "submitted", "must_retry", "approved", "denied"),
    "manual": ("created", "ready", "submitted", "must_retry", "approved", "denied"),
    "attempt": ("created", "pending", "approved", "denied"),
}
EXPIRIES = (None, -400, -0.01, 0.01, 300)
"""Days from now; None is no expiry of its own."""

TEXTS = (
    "", "None", "Ada", "ada", "Åse", "O'Neil, \"Jr\"", "two\nlines", "=1+1", "-5", "@x", " blank ", "نور", "学", "🎓",
    "x" * 3000,
)  # fmt: skip


@dataclass
class Class:
    """A course full of random learners."""

    course_key: CourseKey
    other_key: CourseKey
    random: Random
    broken: dict[int, str | None] = field(default_factory=dict)
    """Users over whom the platform's whole report breaks, and their meta; None for one without profile."""

    teams: dict[int, set[str]] = field(default_factory=dict)
    """Users in teams of this course, and the names of these teams."""


def make_class(seed: int) -> Class:
    """Fill a new course, and in part another one, with learners: two at least for each profile, cohort and team together."""
    here = factories.make_course(cohorts=True, teams=True)
    made = Class(here, factories.make_course(cohorts=True, teams=True), Random(seed))
    situations = list(itertools.product(PROFILES, COHORTS, TEAMS)) * 2
    made.random.shuffle(situations)
    users = _make_users(made, len(situations))
    _make_profiles(made, users, [profile for profile, _cohort, _team in situations])
    _enroll(made, users)
    _group(made, users, [cohort for _profile, cohort, _team in situations])
    _team(made, users, [team for _profile, _cohort, team in situations])
    _verify(made, users)
    _make_keys(made, users)
    return made


def make_anonymous_ids(made: Class) -> None:
    """Store none, one or several anonymized IDs for each, here, for the site and for the other course."""
    rows = []
    for user_id in CourseEnrollment.objects.filter(course_id=made.course_key).values_list("user_id", flat=True):
        for course_key in (None, made.course_key, made.other_key):
            for _number in range(made.random.choice((0, 0, 1, 2, 3))):
                rows.append(AnonymousUserId(user_id=user_id, course_id=course_key, anonymous_user_id=_uuid(made)))
    made.random.shuffle(rows)
    AnonymousUserId.objects.bulk_create(rows)


def _make_users(made: Class, number: int) -> list[Any]:
    # Names that sort differently by byte, by letter and by number.
    prefixes = [made.random.choice(("a", "A", "b", "Z", "z", "é", "_", "1", "学")) for _number in range(number)]
    names = [f"{prefix}{made.random.getrandbits(32):x}.{place}" for place, prefix in enumerate(prefixes)]
    factories.User.objects.bulk_create(
        factories.User(
            username=name,
            email=f"{place}@{made.course_key.course}.example.com".lower(),
            password="!",
            first_name=made.random.choice(TEXTS)[:30],
            last_name=made.random.choice(TEXTS)[:30],
            is_staff=made.random.random() < 0.02,
            is_active=made.random.random() < 0.9,
            date_joined=factories.days(-made.random.random() * 2000),
            last_login=made.random.choice((None, factories.days(-made.random.random()))),
        )
        for place, name in enumerate(names)
    )
    users = {user.username: user for user in factories.User.objects.filter(username__in=names)}
    return [users[name] for name in names]


def _make_profiles(made: Class, users: list[Any], kinds: list[str]) -> None:
    profiles = []
    choose = made.random.choice
    for user, kind in zip(users, kinds, strict=True):
        if kind == "missing":
            made.broken[user.pk] = None
            continue
        if kind in UNREADABLE_META:
            made.broken[user.pk] = kind
        profiles.append(
            UserProfile(
                user=user,
                name=choose(TEXTS)[:255],
                meta=kind,
                language=choose(TEXTS)[:255],
                location=choose(TEXTS)[:255],
                year_of_birth=choose((None, 0, 1900, 1990, 2030)),
                gender=choose((None, "", "m", "f", "o", "x")),
                level_of_education=choose((None, "", "p", "m", "hs", "p_se", "none", "other", "zz")),
                mailing_address=choose((None, *TEXTS)),
                city=choose((None, *TEXTS)),
                country=choose((None, "", "US", "ES", "ZZ", "us")),
                goals=choose((None, *TEXTS)),
            )
        )
    UserProfile.objects.bulk_create(profiles)


def _enroll(made: Class, users: list[Any]) -> None:
    rows = []
    for place, user in enumerate(users):
        mode = MODES[place % len(MODES)] if made.random.random() < 0.5 else "verified"
        is_active = made.random.random() < 0.9
        rows.append(CourseEnrollment(user=user, course_id=made.course_key, mode=mode, is_active=is_active))
        if made.random.random() < 0.3:
            rows.append(CourseEnrollment(user=user, course_id=made.other_key, mode=made.random.choice(MODES)))
    CourseEnrollment.objects.bulk_create(rows)


def _group(made: Class, users: list[Any], kinds: list[str]) -> None:
    cohorts = {
        key: [factories.make_cohort(key, name) for name in ("first", "ädle", "=SUM(1)")]
        for key in (made.course_key, made.other_key)
    }
    members, memberships = [], []
    for user, kind in zip(users, kinds, strict=True):
        for key, kinds_there in ((made.course_key, ("here", "both")), (made.other_key, ("elsewhere", "both"))):
            if kind in kinds_there:
                cohort = made.random.choice(cohorts[key])
                members.append(CourseUserGroup.users.through(courseusergroup=cohort, user=user))
                memberships.append(CohortMembership(course_user_group=cohort, user=user, course_id=key))
    made.random.shuffle(members)
    CourseUserGroup.users.through.objects.bulk_create(members)
    CohortMembership.objects.bulk_create(memberships)


def _team(made: Class, users: list[Any], kinds: list[str]) -> None:
    teams: dict[tuple[CourseKey, str], list[CourseTeam]] = {
        (key, team_set): [factories.make_team(key, f"{team_set} {number}", team_set=team_set) for number in range(4)]
        for key in (made.course_key, made.other_key)
        for team_set in factories.TEAM_SETS
    }
    first, second = factories.TEAM_SETS
    memberships = []
    for user, kind in zip(users, kinds, strict=True):
        where = {
            "none": [],
            "here": [(made.course_key, made.random.choice((first, second)))],
            "elsewhere": [(made.other_key, first)],
            "both": [(made.course_key, first), (made.other_key, first)],
            "two team-sets": [(made.course_key, first), (made.course_key, second)],
        }[kind]
        for key, team_set in where:
            team = made.random.choice(teams[key, team_set])
            memberships.append(CourseTeamMembership(user=user, team=team, last_activity_at=factories.days(-1)))
            if key == made.course_key:
                made.teams.setdefault(user.pk, set()).add(team.name)
    made.random.shuffle(memberships)
    CourseTeamMembership.objects.bulk_create(memberships)


def _verify(made: Class, users: list[Any]) -> None:
    singles = [
        (kind, status, expiry, created)
        for kind, statuses in STATUSES.items()
        for status in statuses
        for expiry in EXPIRIES
        for created in (-1, -364.9, -365.1, -800)
    ]
    made.random.shuffle(singles)
    rows: dict[str, list[tuple[Any, dict[str, Any]]]] = {kind: [] for kind in STATUSES}
    moments = [factories.days(-number) for number in (0.5, 1, 2)]  # few, so that there are ties
    for place, user in enumerate(users):
        if place < len(singles):
            chosen = [singles[place]]
        else:
            chosen = [made.random.choice(singles) for _number in range(made.random.choice((0, 1, 2, 2, 3, 4, 6)))]
        for kind, status, expiry, created in chosen:
            if made.random.random() < 0.5:
                status = "approved"
            expiry_field = "expiration_datetime" if kind == "attempt" else "expiration_date"
            model = factories.VERIFICATION_KINDS[kind]
            row = model(user=user, name="", status=status, **{expiry_field: None if expiry is None else factories.days(expiry)})
            rows[kind].append((row, {"created_at": factories.days(created), "updated_at": made.random.choice(moments)}))
    for kind, pairs in rows.items():
        model = factories.VERIFICATION_KINDS[kind]
        first_free = (model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
        for pk, (row, _times) in enumerate(pairs, first_free):
            row.pk = pk
        model.objects.bulk_create(row for row, _times in pairs)
        for row, times in pairs:  # the models fill these fields themselves when rows are made
            vars(row).update(times)
        model.objects.bulk_update([row for row, _times in pairs], ["created_at", "updated_at"], batch_size=200)


def _make_keys(made: Class, users: list[Any]) -> None:
    rows = []
    for user in users:
        for _number in range(made.random.choice((0, 0, 0, 1, 2))):
            rows.append(
                ProgramEnrollment(
                    user=user,
                    external_user_key=made.random.choice((None, f"key-{made.random.getrandbits(32)}")),
                    program_uuid=_uuid(made),
                    curriculum_uuid=_uuid(made),
                    status=made.random.choice(("enrolled", "pending", "suspended", "canceled", "ended")),
                )
            )
    ProgramEnrollment.objects.bulk_create(rows)


def _uuid(made: Class) -> str:
    return f"{made.random.getrandbits(128):032x}"
