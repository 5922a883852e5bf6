"""The panel Anonymized IDs."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .demo import SMALL
from .panels import read_csv, ready


def download(page, saved):
    return saved(page, page.get_by_role("button", name="Get Student Anonymized IDs CSV").click)


def test_the_file_is_named_after_the_course_and_the_same_twice(page, demo, saved):
    page.goto(demo.own_page(SMALL))
    first = download(page, saved)
    # Browsers do not save names with colons.
    assert first.name == f"{SMALL}-anon-id.csv".replace(":", "_")
    expect(page.locator("#learner-data-anonymized-ids > [data-message]")).to_contain_text(f"{SMALL}-anon-id.csv")
    heads, *rows = lines = read_csv(first)
    assert len(heads) == 3
    assert len(rows) == demo.ever_enrolled(SMALL)
    assert all(re.fullmatch(r"\d+", row[0]) and re.fullmatch(r"[0-9a-f]{32}", row[1]) for row in rows)
    assert len({row[2] for row in rows}) == len(rows)
    stored = dict(
        demo.sql(
            "SELECT CAST(user_id AS TEXT), anonymous_user_id FROM student_anonymoususerid WHERE course_id = ? "
            "GROUP BY user_id HAVING COUNT(*) = 1",
            SMALL,
        )
    )
    assert all(stored.get(row[0], row[2]) == row[2] for row in rows)
    assert read_csv(download(page, saved)) == lines


def test_a_course_too_large_for_that_gets_a_report(page, demo, saved, failing_calls):
    demo.set_site_values(ANONYMIZED_IDS_ON_PAGE=10)
    page.goto(demo.own_page(SMALL))
    page.get_by_role("button", name="Get Student Anonymized IDs CSV").click()
    path = saved(page, ready(page, "anonymized-ids").click)
    assert len(read_csv(path)) == demo.ever_enrolled(SMALL) + 1
