"""The panel Reports: from the button to the opened file."""

from __future__ import annotations

import re

import openpyxl
import pytest
from playwright.sync_api import expect

from .demo import LARGE, SMALL
from .panels import read_csv, ready, request

COLUMNS = [
    *("id", "username", "name", "email", "language", "location", "year_of_birth", "gender", "level_of_education"),
    *("mailing_address", "goals", "enrollment_mode", "verification_status", "cohort", "team", "city", "country"),
]
WATCH_PROGRESS = """() => {
    window.stillTheSamePage = true;
    window.seen = [];
    new MutationObserver(() => {
        const bar = document.querySelector('#learner-data-tasks progress[value]');
        if (bar && window.seen.at(-1) !== bar.value) { window.seen.push(bar.value); }
    }).observe(document.getElementById('learner-data-tasks'), {subtree: true, childList: true, attributes: true});
}"""


@pytest.mark.parametrize("place", ["own_page", "dashboard"])
def test_a_csv_is_generated_watched_and_downloaded(page, demo, saved, place):
    page.goto(getattr(demo, place)(LARGE))
    page.evaluate(WATCH_PROGRESS)
    expect(page.locator("#learner-data-files-empty")).to_be_visible()
    request(page)
    expect(page.locator("#learner-data-reports [data-message]")).to_contain_text("is being generated")
    expect(page.locator("#learner-data-tasks")).to_contain_text("of 1,000 rows")
    ready(page)
    expect(page.get_by_role("status").filter(has_text="Your file is ready")).to_be_visible()
    seen = page.evaluate("window.seen")
    assert len(seen) >= 3, "It moved at least twice."
    assert seen == sorted(seen)
    [row] = page.locator("#learner-data-files [data-file]").all()
    expect(row).to_contain_text("instructor")
    expect(row).to_contain_text("1,000")
    assert page.evaluate("window.stillTheSamePage")
    expect(page.locator("#learner-data-tasks-empty")).to_be_visible()

    path = saved(page, row.get_by_role("link").click)
    assert re.fullmatch(r"DemoX_Large_2026_student_profile_info_\d{4}-\d\d-\d\d-\d{4}\.csv", path.name)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    heads, *rows = read_csv(path)
    assert heads == [column for column in COLUMNS if column != "team"]
    assert [row[1] for row in rows] == demo.usernames(LARGE)


def test_a_workbook_is_opened(page, demo, saved):
    page.goto(demo.own_page(SMALL))
    request(page, "xlsx")
    path = saved(page, ready(page).click)
    sheet = openpyxl.load_workbook(path).active
    heads, *rows = sheet.iter_rows(values_only=True)
    assert list(heads) == COLUMNS
    assert [row[1] for row in rows] == demo.usernames(SMALL)
    assert sheet.freeze_panes == "A2"


def test_a_file_is_deleted_only_after_a_yes(page, demo):
    page.goto(demo.own_page(SMALL))
    request(page)
    ready(page)
    page.reload()
    files = page.locator("#learner-data-files [data-file]")
    expect(files).to_have_count(1)
    delete = files.get_by_role("button", name="Delete")
    delete.click()
    page.get_by_role("button", name="Keep file").click()
    delete.click()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(files).to_have_count(1)
    delete.click()
    page.get_by_role("button", name="Delete file").click()
    expect(page.locator("#learner-data-files-message")).to_contain_text("was deleted")
    expect(files).to_have_count(0)
    expect(page.locator("#learner-data-files-empty")).to_be_visible()
    assert not demo.sql("SELECT 1 FROM learner_data_plugin_reportfile WHERE withdrawn IS NULL")


def test_files_of_others_are_deleted_by_admins_alone(window, demo):
    admin, staff = window(), window("staff")
    admin.goto(demo.own_page(SMALL))
    request(admin)
    ready(admin)
    staff.goto(demo.own_page(SMALL))
    expect(staff.locator("#learner-data-files [data-file]")).to_have_count(1)
    expect(staff.get_by_role("button", name="Delete")).to_have_count(0)


def test_many_files_are_shown_page_by_page(page, demo):
    page.goto(demo.own_page(SMALL))
    request(page)
    ready(page)
    newest = page.locator("#learner-data-files [data-file]").get_attribute("data-file")
    demo.add_old_files(11)
    page.reload()
    files = page.locator("#learner-data-files [data-file]")
    expect(files).to_have_count(10)
    expect(files.first).to_have_attribute("data-file", newest)
    page.get_by_role("button", name="Older").click()
    expect(files).to_have_count(2)
    expect(files.last).to_have_attribute("data-file", f"copy11_{newest}")
    expect(page.locator("#learner-data-files")).to_contain_text("Page 2 of 2")
    page.get_by_role("button", name="Newer").click()
    expect(files).to_have_count(10)


def test_a_reload_and_a_second_tab_go_on_watching(page, demo):
    other = page.context.new_page()
    other.goto(demo.own_page(LARGE))
    expect(other.locator("#learner-data-tasks-empty")).to_be_visible()
    page.goto(demo.own_page(LARGE))
    request(page)
    expect(other.locator("#learner-data-tasks [data-task-id]")).to_have_count(1)
    with demo.worker_stopped():
        page.reload()
        expect(page.locator("#learner-data-tasks [data-task-id]")).to_have_count(1)
    for tab in (page, other):
        expect(tab.locator("#learner-data-tasks-message")).to_contain_text("Your file is ready", timeout=30_000)
        expect(tab.locator("#learner-data-files [data-file]")).to_have_count(1)


def test_a_second_request_joins_the_first(page, window, demo):
    page.goto(demo.own_page(LARGE))
    request(page)
    expect(page.locator("#learner-data-tasks [data-task-id]")).to_have_count(1)
    colleague = window("staff")
    with demo.worker_stopped():
        colleague.goto(demo.own_page(LARGE))
        request(colleague)
        expect(colleague.locator("#learner-data-reports [data-message]")).to_contain_text("already being generated")
    ready(page)
    ready(colleague)
    expect(colleague.locator("#learner-data-files [data-file]")).to_have_count(1)


def test_times_are_the_readers_own(window, demo):
    page = window(timezone_id="Asia/Kathmandu")
    page.goto(demo.own_page(SMALL))
    request(page)
    ready(page)
    time = page.locator("#learner-data-files time")
    told = page.evaluate(
        "(iso) => new Intl.DateTimeFormat('en', {dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Kathmandu'})"
        ".format(new Date(iso))",
        time.get_attribute("datetime"),
    )
    assert re.sub(r"\s", " ", time.inner_text()) == re.sub(r"\s", " ", told)
