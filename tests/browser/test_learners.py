"""The panel Learners: the table, and taking along exactly what it shows."""

from __future__ import annotations

import openpyxl
from playwright.sync_api import expect

from .demo import LARGE, SMALL
from .panels import column_of_table, list_learners, read_csv, ready, shown_table


def without_guard(cell):
    """A cell of a CSV without the apostrophe that keeps it from being a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in tuple("=+-@\t\r") else cell


def shown(page):
    return page.locator("#learner-data-table [role=status]")


def hide_column(page, name):
    page.locator("#learner-data-column-choice").get_by_label(name, exact=True).uncheck()


def test_everyone_is_listed_in_the_order_of_usernames(page, demo):
    page.goto(demo.own_page(SMALL))
    rows = list_learners(page)
    expect(rows).to_have_count(150)
    assert column_of_table(page, "username") == demo.usernames(SMALL)
    expect(shown(page)).to_have_text("Learners shown: 150 of 150")


def test_a_click_sorts_and_another_one_turns_the_order(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    head = page.get_by_role("columnheader", name="Year of birth")
    sort = head.get_by_role("button")
    sort.click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(sort).to_be_focused()
    years = column_of_table(page, "year_of_birth")
    told = [int(year) for year in years if year]
    assert told == sorted(told)
    assert years[: len(told)] == [str(year) for year in told], "Empty cells come last."
    sort.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    assert [year for year in column_of_table(page, "year_of_birth") if year] == [str(year) for year in reversed(told)]


def test_searching_and_filtering_narrow_the_table(page, demo):
    page.goto(demo.own_page(SMALL))
    rows = list_learners(page)
    search = page.get_by_label("Search by username, name or email")
    search.press_sequentially("INSTRUCTOR@")
    expect(rows).to_have_count(1)
    assert column_of_table(page, "username") == ["instructor"]
    search.fill("nobody has this name")
    expect(page.get_by_text("No learner fits this search")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(rows).to_have_count(150)
    expect(search).to_be_focused()
    for key in ("enrollment_mode", "cohort", "team"):
        choice = page.locator(f"#learner-data-filter-{key}")
        wanted = choice.locator("option").nth(1).inner_text()
        choice.select_option(wanted)
        values = set(column_of_table(page, key))
        assert values == {wanted}
        choice.select_option("")
    expect(rows).to_have_count(150)


def test_the_choice_of_columns_is_remembered_for_the_person(page, window, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    page.locator("#learner-data-column-choice summary").click()
    hide_column(page, "Email")
    hide_column(page, "Goals")
    expect(page.locator(".ld-learners th")).to_have_count(15)
    page.reload()
    list_learners(page)
    heads = shown_table(page)[0]
    assert len(heads) == 15
    assert not {"email", "goals"} & set(heads)
    page.locator("#learner-data-column-choice summary").click()
    page.get_by_role("button", name="Show all columns").click()
    expect(page.locator(".ld-learners th")).to_have_count(17)


def test_a_shortened_value_is_opened_by_keyboard(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    longest = max(column_of_table(page, "goals"), key=len)
    assert len(longest) > 1_000
    cell = page.locator(".ld-long", has_text=longest[:60].strip()).first
    assert cell.evaluate("(button) => button.scrollWidth > button.clientWidth"), "It is shortened."
    cell.focus()
    page.keyboard.press("Enter")
    expect(cell).to_have_attribute("aria-expanded", "true")
    assert cell.evaluate("(button) => button.scrollWidth <= button.clientWidth")
    assert cell.text_content() == longest
    page.keyboard.press("Space")
    expect(cell).to_have_attribute("aria-expanded", "false")


def test_what_is_seen_is_what_is_exported(page, demo, saved):
    page.goto(demo.own_page(SMALL))
    rows = list_learners(page)
    page.locator("#learner-data-column-choice summary").click()
    hide_column(page, "Email")
    hide_column(page, "Location")
    page.locator("#learner-data-filter-enrollment_mode").select_option("audit")
    page.get_by_label("Search by username, name or email").fill("an")
    sort = page.get_by_role("columnheader", name="Name", exact=True).get_by_role("button")
    sort.click()
    sort.click()
    assert 2 < rows.count() < 110
    seen = shown_table(page)

    page.get_by_role("button", name="Export this view as CSV").click()
    exported = read_csv(saved(page, ready(page, "learners").click))
    assert [[without_guard(cell) for cell in line] for line in exported] == seen

    page.get_by_role("button", name="Export this view as XLSX").click()
    link = page.locator("#learner-data-learners > [data-message]").get_by_role("link", name=".xlsx")
    expect(link).to_be_visible(timeout=30_000)
    sheet = openpyxl.load_workbook(saved(page, link.click)).active
    lines = [["" if cell is None else str(cell) for cell in line] for line in sheet.iter_rows(values_only=True)]
    assert [line[1] for line in lines] == [line[1] for line in seen]
    assert lines[0] == seen[0]


def test_what_is_seen_is_what_is_copied(page, demo):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    page.get_by_label("Search by username, name or email").fill("instructor")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#learner-data-learners > [data-message]")).to_contain_text("The table was copied")
    lines = [line.split("\t") for line in page.evaluate("navigator.clipboard.readText()").splitlines()]
    assert lines == shown_table(page)


def test_the_table_is_printed_alone(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    page.evaluate("window.print = () => {}")
    page.get_by_role("button", name="Print").click()
    page.emulate_media(media="print")
    sheet = page.locator(".learner-data-sheet")
    expect(sheet).to_be_visible()
    expect(page.locator("#learner-data-reports")).to_be_hidden()
    assert sheet.locator("tbody tr").count() == 150
    assert sheet.evaluate("(sheet) => sheet.scrollWidth <= document.documentElement.clientWidth")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(sheet).to_have_count(0)


def test_a_large_course_has_no_table_and_says_why(page, demo):
    page.goto(demo.own_page(LARGE))
    expect(page.locator("#learner-data-too-many")).to_contain_text("fewer than 200")
    expect(page.locator("#learner-data-learners")).to_contain_text("1,000 people are enrolled right now.")
    expect(page.get_by_role("button", name="List enrolled students' profile information")).to_have_count(0)


def test_the_table_answers_while_somebody_types(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    milliseconds = page.evaluate(
        """() => {
            const search = document.getElementById('learner-data-search');
            const started = performance.now();
            ['a', 'an', 'ana', ''].forEach((text) => {
                search.value = text;
                search.dispatchEvent(new Event('input'));
                document.body.getBoundingClientRect();
            });
            return (performance.now() - started) / 4;
        }"""
    )
    assert milliseconds < 200
