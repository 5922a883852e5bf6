"""Learners whose data is hard to show, to store or to count; they are in both demo courses."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from .people import Person

LONG_GOALS = ("I have been meaning to learn this for years, and every time something came in between. " * 100)[:8000]
UNBROKEN = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 12
ZALGO = "Z̸̡̛a̷̢͝l̵͚̈g̶̱̓o̴͙͝ ̷̞́t̸̰̕e̵͔̾x̴̣̚t̶̻͋"
FORMULA = "=cmd|' /C calc'!A0"


def enrolled(today: date) -> list[Person]:
    """Awkward learners who are enrolled, in a fixed order."""
    return [
        Person("no_profile", "no.profile@example.com", None),
        _person("empty_goals", "Emma Empty", goals=""),
        _person("null_everything", "", year_of_birth=None, gender=None, country=None, level_of_education=None),
        _person("long_goals", "Lorenzo Long", goals=LONG_GOALS, year_of_birth=today.year - 31),
        _person("long_word", "Wilhelmine Wort", goals=UNBROKEN, country="DE"),
        _person(
            "line_breaks",
            "Linda\nBreak",
            goals="First:\r\n- a line\n- another\n\n\tand a tab",
            mailing_address="1 Main Street\r\nApartment 2\r\nSpringfield",
            country="US",
        ),
        _person("quotes", 'Patrick "Paddy" O\'Neill', goals='He said, "well, yes"; then: \'no\', "" and ,,', country="IE"),
        _person("emoji", "Zoë 🧑‍🚀 Astro", goals="🚀 to the moon 🌕, with my family 👨‍👩‍👧‍👦 and 🏳️‍🌈", city="🏝️", country="NZ"),
        _person(
            "formula", FORMULA, goals=FORMULA, city='=HYPERLINK("http://example.com/?"&A1,"click")', mailing_address="@SUM(1+1)"
        ),
        _person("formula_plus", "+4412345678", goals="+1+1", city="-2+3", location="\t=1+1", mailing_address="\r=1+1"),
        _person("markup", "<script>alert('name')</script>", goals="<img src=x onerror=alert('goals')> &amp; <b>bold</b>"),
        _person("template", "${7*7} {{ 7*7 }}", goals="%s %(name)s {0} \\u0041 \\n"),
        _person("name_twice_1", "Maria García", country="ES", gender="f", year_of_birth=today.year - 25),
        _person("name_twice_2", "Maria García", country="ES", gender="f", year_of_birth=today.year - 25),
        _person("name_twice_3", "Maria García ", country="MX"),
        _person("meta_not_json", "Jason Broken", meta="{'city': 'Nowhere', ", city="Lisboa", country="PT"),
        _person("meta_a_list", "Lisa List", meta='["city", "Nowhere"]', city="Oslo", country="NO"),
        _person("meta_null", "Nils Null", meta="null", city="Malmö", country="SE"),
        _person("meta_city", "Mette By", meta=json.dumps({"city": "København"}), city="Aarhus", country="DK"),
        _person("meta_city_empty", "Eve Empty", meta='{"city": ""}', city="Αθήνα", country="GR"),
        _person("meta_city_number", "Nora Number", meta='{"city": 5, "old_names": [["A", "", "2020"]]}', country="IS"),
        _person(
            "right_to_left", "محمد بن عبد الله الأنصاري", goals="أتعلم Python و R، ثم ‪SQL‬ (2026).", city="مراكش", country="MA"
        ),
        _person("hebrew_mixed", "שרה Smith-לוי", goals='ללמוד "machine learning" ב-2026!', city="ירושלים", country="IL"),
        _person("override", "Safe \u202egnp.exe", goals="\ufeffstarts with a byte order mark\u200b\u200b", country="US"),
        # As JSON lets a learner write it: half of an emoji.
        _person("combining", ZALGO, goals="e\u0301 is not \u00e9, but looks it", meta='{"city": "half \\ud83d"}'),
        _person("oldest", "Otto Older", year_of_birth=1900, gender="m", country="AT"),
        _person("from_the_future", "Futura Later", year_of_birth=today.year + 4, gender="f"),
        _person("old_codes", "Olga Outdated", level_of_education="p_oth", gender="x", country="BY"),
        _person("kosovo", "Arta Krasniqi", country="XK", city="Prishtinë"),
        _person("verified_expired", "Viola Expired", mode="verified", verification="expired"),
        _person("verified_denied", "Viktor Denied", mode="verified", verification="denied"),
        _person("verified_approved", "Vera Approved", mode="verified", verification="approved"),
        _person("verified_many", "Vivian Many", mode="verified", verification="many"),
        _person("verified_last_expired", "Valentin Retouched", mode="verified", verification="last_touched_expired"),
        _person("verified_no_expiry", "Vincent Unlimited", mode="verified", verification="attempt_without_expiry"),
        _person("professional", "Petra Professional", mode="professional", verification="sso"),
        _person("credit", "Karl Credit", mode="credit", verification="approved"),
        _person("two_anonymous_ids", "Anonyma Twice", extra=frozenset({"two_anonymous_ids"})),
        _person("not_activated", "Ina Inactive", account={"is_active": False}),
        _person("UPPER_and_lower", "Case Sensitive", email="Case.Sensitive+tag@Example.COM"),
        _person("in_two_teams", "Tamara Teams", extra=frozenset({"two_teams"})),
        _person("no_cohort", "Norbert None", extra=frozenset({"no_cohort", "no_team"})),
    ]


def left(today: date) -> list[Person]:
    """Awkward people who have left."""
    retired = "retired__user_0123456789abcdef0123456789abcdef01234567"
    return [
        _person("left_at_once", "Lea Gone", country="FI", year_of_birth=today.year - 40),
        _person("left_verified", "Ludwig Gone", mode="verified", verification="approved"),
        Person("left_no_profile", "left.no.profile@example.com", None),
        _person(retired, "", email=f"{retired}@retired.invalid", account={"is_active": False}),
    ]


def _person(
    username: str,
    name: str,
    *,
    email: str = "",
    mode: str = "audit",
    verification: str = "",
    account: dict[str, Any] | None = None,
    extra: frozenset[str] = frozenset(),
    **profile: Any,
) -> Person:
    return Person(
        username=username,
        email=email or f"{username.replace('_', '.')}@example.com",
        profile={"name": name, **profile},
        mode=mode,
        verification=verification,
        account=account or {},
        extra=extra,
    )
