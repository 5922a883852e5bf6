"""The panel Anonymized IDs."""

from __future__ import annotations

import csv
import re

import pytest
from playwright.sync_api import expect

from .accessibility import assert_accessible
from .chromium import NARROW, WIDE
from .demo import SMALL
from .panels import open_tab, read_csv, ready


def download(page, saved):
    open_tab(page, "Anonymized IDs")
    return saved(page, page.get_by_role("button", name="Get Student Anonymized IDs CSV").click)


def write_csv(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


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
    open_tab(page, "Anonymized IDs")
    page.get_by_role("button", name="Get Student Anonymized IDs CSV").click()
    path = saved(page, ready(page, "anonymized-ids").click)
    assert len(read_csv(path)) == demo.ever_enrolled(SMALL) + 1


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_files_go_there_and_back_and_prove_themselves(window, demo, saved, tmp_path, failing_calls, size):
    page = window("researcher", viewport=size)
    page.goto(demo.own_page(SMALL))
    _header, *ids = read_csv(download(page, saved))
    survey = tmp_path / "survey.csv"
    rows = [["anon_id", "answer"], *([row[2], "yes; indeed"] for row in ids[:40]), ["f" * 32, "?"]]
    write_csv(survey, rows)

    page.locator("#learner-data-deanonymize-file").set_input_files(survey)
    counts = page.locator("#learner-data-deanonymize-counts dd")
    expect(counts.first).to_have_text("41")
    assert counts.all_inner_texts()[:3] == ["41", "40", "0"]
    page.get_by_label("Why are names needed?").fill("Return the grades of the external grader")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    named = saved(page, page.get_by_role("button", name="Download deanonymized file").click)
    assert named.name == "survey_deanonymized.csv"
    back = read_csv(named)
    assert [row[:2] for row in back] == rows
    usernames = [row[2] for row in back[1:-1]]
    assert set(usernames) <= {name for (name,) in demo.sql("SELECT username FROM auth_user")} | {"retired"}

    grades = tmp_path / "grades.csv"
    known = [row for row in back[1:-1] if row[2] != "retired"]
    write_csv(grades, [["username", "score"], *([row[2], "5"] for row in known)])
    page.locator("#learner-data-pseudonymize-file").set_input_files(grades)
    shared = saved(page, page.get_by_role("button", name="Download pseudonymized file").click)
    assert read_csv(shared)[1:] == [[row[0], "5"] for row in known]

    said = page.locator("#learner-data-verify [data-message]")
    told = {shared: "unchanged. File pseudonymized", named: "unchanged. File deanonymized", grades: "not made"}
    for path, sentence in told.items():
        page.locator("#learner-data-verify-file").set_input_files(path)
        expect(said).to_contain_text(sentence)
