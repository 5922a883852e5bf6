"""The panel Reports: from the button to the opened file."""

from __future__ import annotations

import re

import openpyxl
import pytest
from playwright.sync_api import expect

from .demo import LARGE, SMALL
from .panels import open_tab, read_csv, ready, request

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
    request(page)
    message = page.locator("#learner-data-reports [data-message]").first
    expect(message).to_contain_text("is being generated")
    expect(page.locator("#learner-data-tasks")).to_contain_text("of 1,000 rows")
    ready(page)
    expect(page.get_by_role("status").filter(has_text="Your file is ready")).to_be_visible()
    seen = page.evaluate("window.seen")
    assert len(seen) >= 3, "It moved at least twice."
    assert seen == sorted(seen)
    row = page.locator("#learner-data-files [data-file]")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("instructor")
    expect(row).to_contain_text("1,000 rows")
    expect(row.locator(".ld-file-title")).to_have_text("Profile information")
    assert page.evaluate("window.stillTheSamePage")
    expect(page.locator("#learner-data-tasks-empty")).to_be_visible()

    path = saved(page, row.locator("[data-download]").click)
    assert re.fullmatch(r"DemoX_Large_2026_student_profile_info_\d{4}-\d\d-\d\d-\d{4}\.csv", path.name)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    heads, *rows = read_csv(path)
    assert heads == [column for column in COLUMNS if column != "team"]
    assert [row[1] for row in rows] == demo.usernames(LARGE)


def test_it_downloads_by_itself_unless_somebody_does_not_want_that(page, demo):
    page.goto(demo.own_page(SMALL))
    with page.expect_download(timeout=30_000) as download:
        request(page)
    assert download.value.suggested_filename.endswith(".csv")
    setting = page.get_by_label("Download a report that I request here as soon as it is ready")
    setting.uncheck()
    page.reload()
    expect(setting).not_to_be_checked()
    downloads = []
    page.on("download", lambda download: downloads.append(download))
    request(page)
    ready(page)
    page.wait_for_timeout(500)
    assert downloads == []


def test_a_report_is_customized(page, demo, saved):
    page.goto(demo.own_page(LARGE))
    open_tab(page, "Reports")
    form = page.locator("#learner-data-create")
    form.locator("[name=format]").select_option("csv")
    form.get_by_text("Customize report…").click()
    form.locator("#learner-data-create-activity").select_option("never")
    form.locator("#learner-data-create-enrollment_mode").select_option("audit")
    for name in ("Language", "Goals", "Mailing address"):
        form.get_by_label(name, exact=True).uncheck()
    path = saved(page, form.get_by_role("button", name="Create report").click)
    heads, *rows = read_csv(path)
    assert heads == [column for column in COLUMNS if column not in ("language", "goals", "mailing_address", "team")]
    assert rows
    assert {row[heads.index("enrollment_mode")] for row in rows} == {"audit"}
    file = page.locator("#learner-data-files [data-file]")
    for words in ("Audit", "Never started", "13 columns"):
        expect(file).to_contain_text(words)
    form.locator("[name=report]").select_option("engagement_weekly")
    expect(form.get_by_text("Customize report…")).to_be_hidden()
    expect(form.get_by_label("Last day of the week")).to_be_visible()


def test_a_report_is_cancelled_where_it_was_asked_for(page, demo):
    page.goto(demo.own_page(LARGE))
    request(page)
    message = page.locator("#learner-data-reports [data-message]").first
    bar = page.locator("#learner-data-reports [data-message] + .ld-job").first
    expect(bar.locator("progress")).to_be_visible()
    bar.get_by_role("button", name="Cancel Profile information (CSV)").click()
    expect(message).to_contain_text("The report was canceled", timeout=20_000)
    expect(bar).to_have_count(0)
    expect(page.locator("#learner-data-tasks-empty")).to_be_visible()
    assert demo.sql("SELECT failure FROM learner_data_plugin_reportrun") == [("cancelled",)]
    request(page)
    ready(page)


def test_another_format_is_made_after_the_first(page, demo):
    page.goto(demo.own_page(LARGE))
    request(page)
    expect(page.locator("#learner-data-tasks [data-task-id]")).to_have_count(1)
    request(page, "xlsx")
    expect(page.locator("#learner-data-tasks")).to_contain_text("Waiting for the report before it.")
    files = page.locator("#learner-data-files [data-file]")
    expect(files).to_have_count(2, timeout=60_000)
    expect(files.first).to_contain_text("XLSX")


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
    open_tab(staff, "Reports")
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
    open_tab(other, "Reports")
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
        expect(colleague.locator("#learner-data-reports [data-message]").first).to_contain_text("already being generated")
    for tab in (page, colleague):
        ready(tab)
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
